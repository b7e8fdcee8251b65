// What schedules have in common, whatever their loops are.
#ifndef BMC_CODEGEN_HALIDE_SCHEDULE_PARTS_H
#define BMC_CODEGEN_HALIDE_SCHEDULE_PARTS_H

#include "codegen/halide/Lower.h"

namespace bmc::codegen {

/// Of loops whose extent may be no multiple of the factor: sizes may be smaller than a vector, and results may be
/// written in place, so that nothing is computed twice or beside the end.
constexpr Halide::TailStrategy guarded = Halide::TailStrategy::GuardWithIf;

/// All definitions of a function: the first one, then its updates.
std::vector<Halide::Stage> definitionsOf(Halide::Func function);

/// Whether an update runs over all of the function's innermost axis: its first argument there is the axis itself.
bool updatesInnermostAxis(const Halide::Func &function, int update = 0);

/// Computes partial sums that were folded together as one short vector.
void foldLanes(Halide::Func folded);

/// The outermost axis that has several indices; those around it are the tasks' loops.
size_t taskAxis(const OutputLoops &loops);

/// Makes tasks of fixed numbers of rows, whoever runs them, if the schedule wants some.
void splitIntoTasks(bm::ScheduleAttr schedule, const OutputLoops &loops, Halide::Stage stage);

} // namespace bmc::codegen

#endif
