// The preparations of a column that are named like functions: what the runtime calls them, and how they are undone.
#pragma once

#include "DataBlock.h"

namespace bmc::frontend {

/// A column that is computed with a number.
inline constexpr const char *scaleStep = "bmc_step_scale";

/// A preparation with numbers behind its column: `clip(x, 0, 1)`. `inverse` is the op that undoes a function; `mul` of
/// its value with itself.
struct StepForm {
  std::string_view name, symbol;
  std::vector<std::string_view> parameters;
  std::string_view inverse = "";
  bool isLine = false; // shifted and scaled
};

const std::vector<StepForm> &stepForms();
/// Null: there is none of that name.
const StepForm *findStep(std::string_view name);

} // namespace bmc::frontend
