// A kernel as a scheduled Halide pipeline.
#ifndef BMC_CODEGEN_HALIDE_LOWER_H
#define BMC_CODEGEN_HALIDE_LOWER_H

#include "codegen/halide/Algorithm.h"

namespace bmc::codegen {

struct LoweredKernel {
  std::vector<Halide::Func> outputs; // the results as a tuple, and those that are values of rows as another
  std::vector<Halide::Argument> arguments;
};

/// Builds the algorithm from the kernel's ops and schedules it, as its attribute says or plainly. Diagnoses what has no
/// algorithm; throws Halide::Error where Halide does not agree.
mlir::FailureOr<LoweredKernel> lowerKernel(bm::KernelOp kernel, bool isPlain);

/// The loops that store the results.
struct OutputLoops {
  Halide::Func output;
  Halide::Stage stage;                             // the definition that stores
  std::vector<Halide::Var> axes;                   // outermost first; one for a flat loop
  bm::Shape shape;                                 // of the results; for a flat loop the number of elements
  std::optional<Halide::Func> rows = std::nullopt; // stores values of the rows, in the same loops
  size_t rowAxes = 0;                              // how many of the axes make a row
  int stageNumber = 0;                             // of the stage in its Func
};

/// Applies a schedule attribute literally; a null one, or `plain`, only places the algorithm's anchors.
void applySchedule(const Algorithm &algorithm, OutputLoops loops);

} // namespace bmc::codegen

#endif
