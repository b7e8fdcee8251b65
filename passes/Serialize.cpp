// Takes the threads out of all schedules, for programs that have none.
#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {
#define GEN_PASS_DEF_SERIALIZE
#include "passes/Passes.h.inc"

namespace {
struct Serialize : impl::SerializeBase<Serialize> {
  void runOnOperation() override {
    getOperation().walk([&](KernelOp kernel) {
      ScheduleAttr given = kernel.getScheduleAttr();
      if (given && given.getParallel())
        kernel.setScheduleAttr(ScheduleAttr::get(&getContext(), given.getKind(), given.getVector(), given.getUnroll(),
                                                 given.getTile(), given.getFewRowsTile(), given.getPartial(),
                                                 /*parallel=*/0, /*parallelColumns=*/0, /*parallelFrom=*/0,
                                                 given.getLanes(), given.getFlat(), given.getThreads()));
    });
  }
};
} // namespace
} // namespace bmc
