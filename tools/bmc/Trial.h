// Schedules of one kernel, compiled and measured in turns. They run in a child process: one that crashes, or does not
// end, ends the child and is left out of the next.
#ifndef BMC_TOOLS_BMC_TRIAL_H
#define BMC_TOOLS_BMC_TRIAL_H

#include "dialects/Ops.h"
#include "tools/bmc/Compilation.h"

namespace bmc {

enum class TrialState : int32_t {
  Unmeasured,  ///< there was no time
  Measured,    ///< and the results are those of the first schedule, bit for bit
  NotCompiled, ///< Halide refuses it
  Differs,     ///< the results are others
  Failed       ///< it crashed, or took too long
};

struct TrialResult {
  TrialState state = TrialState::Unmeasured;
  double minimum = 0, median = 0; ///< seconds
};

/// How a kernel is measured.
struct TrialOptions {
  int64_t open;   ///< what extents are that are open at compile time
  double seconds; ///< for measuring, compilation not counted
};

/// The results, one for each schedule. What all are compared with is the first.
std::vector<TrialResult> measureSchedules(Compilation &compilation, bm::KernelOp kernel,
                                          llvm::ArrayRef<bm::ScheduleAttr> schedules, const TrialOptions &options);

/// Whether a kernel can be measured by itself: its sizes are those of its operands.
bool canBeMeasured(bm::KernelOp kernel);

} // namespace bmc

#endif
