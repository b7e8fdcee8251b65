// What a device's `#bm.schedule` says, done literally: one function a kind. Tails are guarded. See the header.
#include "codegen/halide/gpu/DeviceSchedules.h"

using namespace bmc::bm;
using Halide::Func;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

namespace bmc::codegen {

namespace {
class DeviceScheduler {
public:
  DeviceScheduler(ScheduleAttr schedule, llvm::ArrayRef<Anchor> anchors, OutputLoops loops)
      : anchors(anchors), loops(std::move(loops)), threads(int(schedule.getThreads())) {}

  void elements();

private:
  std::vector<Stage> outputStages() const;
  Var fuse(Stage &stage, llvm::ArrayRef<Var> axes) const;

  llvm::ArrayRef<Anchor> anchors;
  OutputLoops loops;
  int threads; // of a block
};
} // namespace

void applyDeviceSchedule(ScheduleAttr schedule, llvm::ArrayRef<Anchor> anchors, OutputLoops loops) {
  DeviceScheduler scheduler(schedule, anchors, std::move(loops));
  scheduler.elements();
}

// All definitions of the output. Where results are written in place the first one leaves everything as it is, and no
// code comes of it; but if it were not the device's Halide would want the results on the host.
std::vector<Stage> DeviceScheduler::outputStages() const {
  Func output = loops.output;
  std::vector<Stage> stages{output};
  for (int update = 0; update < output.num_update_definitions(); ++update)
    stages.push_back(output.update(update));
  return stages;
}

// One loop over all elements of these axes.
Var DeviceScheduler::fuse(Stage &stage, llvm::ArrayRef<Var> axes) const {
  Var fused = axes.back();
  for (size_t axis = axes.size() - 1; axis-- > 0;) {
    Var wider("elements" + std::to_string(axis));
    stage.fuse(fused, axes[axis], wider);
    fused = wider;
  }
  return fused;
}

// A thread computes one element, with all that is summed up for it.
void DeviceScheduler::elements() {
  Var block("block"), thread("thread");
  for (Stage stage : outputStages()) {
    Var element = fuse(stage, loops.axes);
    stage.split(element, block, thread, threads, TailStrategy::GuardWithIf).gpu_blocks(block).gpu_threads(thread);
  }
  for (const Anchor &anchor : anchors)
    for (Func part : {anchor.result, anchor.lanes, anchor.foldedLanes})
      if (part.defined())
        part.compute_at(loops.output, thread).store_in(Halide::MemoryType::Stack);
}

} // namespace bmc::codegen
