// What the stages `fused` and `plan` promise to the next ones, checked at their ends.
#include "dialects/Ops.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

LogicalResult verifyFused(func::FuncOp function) {
  for (Operation &op : function.getBody().front().without_terminator())
    if (!isa<KernelOp, ConstantOp, ReshapeOp>(op))
      return op.emitError() << "'" << op.getName() << "' is in no kernel, but fusion is over";
  return success();
}

static LogicalResult verifyBuffers(KernelOp kernel, size_t slots) {
  size_t results = kernel.getOutputs().size();
  if (!kernel.getScheduleAttr())
    return kernel.emitOpError() << "has no schedule, but the plan is made";
  if (!kernel.getBuffersAttr() || kernel.getBuffersAttr().size() != results)
    return kernel.emitOpError() << "needs a buffer for each of its " << results << " results";
  if (!kernel.getInPlaceAttr() || kernel.getInPlaceAttr().size() != int64_t(results))
    return kernel.emitOpError() << "needs an in-place entry for each of its " << results << " results";
  for (auto buffer : kernel.getBuffersAttr().getAsRange<BufferAttr>())
    if (buffer.getKind() == BufferKind::Arena && size_t(buffer.getIndex()) >= slots)
      return kernel.emitOpError() << "has a result in slot " << buffer.getIndex() << " of an arena of " << slots;
  return success();
}

LogicalResult verifyPlanned(func::FuncOp function) {
  auto arena = function->getAttrOfType<ArrayAttr>("bm.arena");
  if (!arena)
    return function.emitError() << "has no arena, but the plan is made";
  for (auto kernel : function.getOps<KernelOp>())
    if (failed(verifyBuffers(kernel, arena.size())))
      return failure();
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [number, value] : llvm::enumerate(terminator->getOperands())) {
    while (auto reshape = value.getDefiningOp<ReshapeOp>())
      value = reshape.getX();
    if (!value.getDefiningOp<KernelOp>())
      return terminator->emitError() << "result " << number << " is not written by a kernel";
  }
  return success();
}

} // namespace bmc
