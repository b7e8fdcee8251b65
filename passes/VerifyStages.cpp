// What the stages `fused` and `plan` promise to the next ones, checked at their ends.
#include "passes/MemoryPlan.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

static LogicalResult verifyFused(Block &body) {
  for (Operation &op : body.without_terminator()) {
    if (!isa<KernelOp, ConstantOp, ScanOp>(op) && !isView(&op))
      return op.emitError() << "'" << op.getName() << "' is in no kernel, but fusion is over";
    if (auto scan = dyn_cast<ScanOp>(op); scan && failed(verifyFused(scan.getBody().front())))
      return failure();
  }
  return success();
}

LogicalResult verifyFused(func::FuncOp function) { return verifyFused(function.getBody().front()); }

static LogicalResult verifyBuffers(Operation *op, ArrayAttr buffers, size_t slots) {
  size_t results = op->getNumResults();
  if (!buffers || buffers.size() != results)
    return op->emitOpError() << "needs a buffer for each of its " << results << " results";
  for (auto buffer : buffers.getAsRange<BufferAttr>())
    if (buffer.getKind() == BufferKind::Arena && size_t(buffer.getIndex()) >= slots)
      return op->emitOpError() << "has a result in slot " << buffer.getIndex() << " of an arena of " << slots;
  return success();
}

static LogicalResult verifyKernel(KernelOp kernel, size_t slots) {
  size_t results = kernel.getOutputs().size();
  if (!kernel.getScheduleAttr())
    return kernel.emitOpError() << "has no schedule, but the plan is made";
  if (!kernel.getInPlaceAttr() || kernel.getInPlaceAttr().size() != int64_t(results))
    return kernel.emitOpError() << "needs an in-place entry for each of its " << results << " results";
  return verifyBuffers(kernel, kernel.getBuffersAttr(), slots);
}

// The results of a function, and what a step of a loop yields.
static LogicalResult verifyResults(Block &body) {
  Operation *terminator = body.getTerminator();
  for (auto [number, value] : llvm::enumerate(terminator->getOperands()))
    if (!isa_and_nonnull<KernelOp, ScanOp>(storageOf(value).getDefiningOp()))
      return terminator->emitError() << "result " << number << " is not written by a kernel";
  return success();
}

LogicalResult verifyPlanned(func::FuncOp function) {
  auto arena = function->getAttrOfType<ArrayAttr>("bm.arena");
  if (!arena)
    return function.emitError() << "has no arena, but the plan is made";
  auto verify = [&](Operation *op) -> LogicalResult {
    if (auto kernel = dyn_cast<KernelOp>(op))
      return verifyKernel(kernel, arena.size());
    auto scan = dyn_cast<ScanOp>(op);
    if (!scan)
      return success();
    return failed(verifyBuffers(scan, scan.getBuffersAttr(), arena.size())) ? failure()
                                                                            : verifyResults(scan.getBody().front());
  };
  WalkResult ops = function.walk([&](Operation *op) { return WalkResult(verify(op)); });
  return ops.wasInterrupted() ? failure() : verifyResults(function.getBody().front());
}

} // namespace bmc
