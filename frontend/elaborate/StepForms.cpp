// The preparations that are named like functions: see StepForms.h.
#include "StepForms.h"

#include <algorithm>

namespace bmc::frontend {

const std::vector<StepForm> &stepForms() {
  static const std::vector<StepForm> forms = {
      {"normalise", "bmc_step_normalise", {}, "", true},
      {"minmax", "bmc_step_minmax", {}, "", true},
      {"log", "bmc_step_log", {}, "exp"},
      {"log1p", "bmc_step_log1p", {}, "expm1"},
      {"exp", "bmc_step_exp", {}, "log"},
      {"sqrt", "bmc_step_sqrt", {}, "mul"},
      {"abs", "bmc_step_abs", {}},
      {"square", "bmc_step_square", {}, "sqrt"},
      {"clip", "bmc_step_clip", {"low", "high"}},
  };
  return forms;
}

const StepForm *findStep(std::string_view name) {
  auto form = std::find_if(stepForms().begin(), stepForms().end(), [&](auto &f) { return f.name == name; });
  return form == stepForms().end() ? nullptr : &*form;
}

static const StepForm *formOf(const PreparationStep &step) {
  auto form = std::find_if(stepForms().begin(), stepForms().end(), [&](auto &f) { return f.symbol == step.symbol; });
  return form == stepForms().end() ? nullptr : &*form;
}

std::string inverseOf(const PreparationStep &step) {
  const StepForm *form = formOf(step);
  return form ? std::string(form->inverse) : "";
}

bool isLine(const PreparationStep &step) {
  const StepForm *form = formOf(step);
  return form ? form->isLine : step.symbol == scaleStep;
}

} // namespace bmc::frontend
