// Replaces each bm.grad by the ops that compute its gradients (dialects/ReverseMode.h). Grads are replaced in program
// order, so a gradient of a gradient sees the ops of the first.
#include "dialects/Ops.h"
#include "dialects/ReverseMode.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_DIFFERENTIATE
#include "passes/Passes.h.inc"

static LogicalResult differentiate(GradOp grad);
static void inlineCheckpoint(CheckpointOp checkpoint);

namespace {
struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    SmallVector<GradOp> grads;
    getOperation().walk([&](GradOp grad) { grads.push_back(grad); });
    for (GradOp grad : grads)
      if (failed(differentiate(grad)))
        return signalPassFailure();
    getOperation().walk(inlineCheckpoint);
  }
};
} // namespace

// Everything that is built stands before the grad: there all values that gradients can depend on are known.
static LogicalResult differentiate(GradOp grad) {
  OpBuilder builder(grad);
  SmallVector<Operation *> ops;
  for (Operation &op : llvm::make_range(grad->getBlock()->begin(), grad->getIterator()))
    ops.push_back(&op);
  SmallVector<Value> values(grad.getValues()); // as they are now: an op may be replaced by one that gives more results
  ValueSet active = valuesThatDependOn(values, ops);
  Cotangents cotangents;
  if (active.contains(grad.getScalar()))
    cotangents[grad.getScalar()] =
        splat(builder, grad.getLoc(), 1.0, cast<RankedTensorType>(grad.getScalar().getType()));
  if (failed(pushBack(builder, ops, active, cotangents, grad.getLoc())))
    return failure();

  for (auto [value, gradient] : llvm::zip_equal(values, grad.getGradients())) {
    Value found = cotangents.lookup(value);
    if (!found)
      found = splat(builder, grad.getLoc(), 0.0, cast<RankedTensorType>(value.getType()));
    gradient.replaceAllUsesWith(found);
  }
  grad.erase();
  eraseUnread(ops);
  return success();
}

// Where no gradient asks any more, what a checkpoint computes is computed in its place.
static void inlineCheckpoint(CheckpointOp checkpoint) {
  Block &body = checkpoint.getBody().front();
  IRRewriter rewriter(checkpoint);
  Operation *yield = body.getTerminator();
  rewriter.inlineBlockBefore(&body, checkpoint, checkpoint.getInputs());
  rewriter.replaceOp(checkpoint, yield->getOperands());
  rewriter.eraseOp(yield);
}

} // namespace bmc
