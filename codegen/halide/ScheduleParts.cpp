// See the header.
#include "codegen/halide/ScheduleParts.h"

using namespace bmc::bm;
using Halide::Func;
using Halide::Stage;
using Halide::Var;

namespace bmc::codegen {

std::vector<Stage> definitionsOf(Func function) {
  std::vector<Stage> stages{function};
  for (int update = 0; update < function.num_update_definitions(); ++update)
    stages.push_back(function.update(update));
  return stages;
}

bool updatesInnermostAxis(const Func &function, int update) {
  const auto *position = function.update_args(update)[0].as<Halide::Internal::Variable>();
  return position && position->name == function.args()[0].name();
}

void foldLanes(Func folded) { folded.bound_extent(folded.args()[0], foldedLaneCount).vectorize(folded.args()[0]); }

size_t taskAxis(const OutputLoops &loops) {
  const auto *outermost = llvm::find_if(loops.shape, [](const SymbolicDim &dim) { return dim != 1; });
  return outermost == loops.shape.end() ? 0 : outermost - loops.shape.begin();
}

void splitIntoTasks(ScheduleAttr schedule, const OutputLoops &loops, Stage stage) {
  if (schedule.getParallel() <= 0 || loops.axes.empty())
    return;
  Var axis = loops.axes[taskAxis(loops)], task("task");
  stage.split(axis, task, axis, int(schedule.getParallel()), guarded).parallel(task);
  if (loops.rows)
    stage.partition(task, Halide::Partition::Never);
}

} // namespace bmc::codegen
