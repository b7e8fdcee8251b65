// Replaces each bm.grad by the ops that compute its gradients: reverse mode, op by op through
// DifferentiableOpInterface. No op is named here. Grads are replaced in program order, so a gradient of a gradient sees
// the ops of the first.
#include "dialects/Ops.h"
#include "dialects/ProgramError.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_DIFFERENTIATE
#include "passes/Passes.h.inc"

using ValueSet = llvm::DenseSet<Value>;
using Cotangents = llvm::DenseMap<Value, Value>;

static LogicalResult differentiate(GradOp grad);
static ValueSet valuesThatDependOn(ValueRange values, Operation *end);
static LogicalResult pushBack(OpBuilder &builder, Operation *op, const ValueSet &active, Cotangents &cotangents,
                              GradOp grad);

namespace {
struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    SmallVector<GradOp> grads;
    getOperation().walk([&](GradOp grad) { grads.push_back(grad); });
    for (GradOp grad : grads)
      if (failed(differentiate(grad)))
        return signalPassFailure();
  }
};
} // namespace

// Everything that is built stands before the grad: there all values that gradients can depend on are known.
static LogicalResult differentiate(GradOp grad) {
  OpBuilder builder(grad);
  ValueSet active = valuesThatDependOn(grad.getValues(), grad);
  Cotangents cotangents;
  auto scalarType = cast<RankedTensorType>(grad.getScalar().getType());
  if (active.contains(grad.getScalar()))
    cotangents[grad.getScalar()] = splat(builder, grad.getLoc(), 1.0, scalarType);

  SmallVector<Operation *> opsBefore;
  for (Operation &op : llvm::make_range(grad->getBlock()->begin(), grad->getIterator()))
    opsBefore.push_back(&op);
  for (Operation *op : llvm::reverse(opsBefore))
    if (failed(pushBack(builder, op, active, cotangents, grad)))
      return failure();

  for (auto [value, gradient] : llvm::zip_equal(grad.getValues(), grad.getGradients())) {
    Value found = cotangents.lookup(value);
    if (!found)
      found = splat(builder, grad.getLoc(), 0.0, cast<RankedTensorType>(value.getType()));
    gradient.replaceAllUsesWith(found);
  }
  grad.erase();
  return success();
}

static bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

// The values and all float results before `end` that are computed from them through floats: a gradient does not flow
// through integers and conditions.
static ValueSet valuesThatDependOn(ValueRange values, Operation *end) {
  ValueSet active(values.begin(), values.end());
  for (Operation &op : llvm::make_range(end->getBlock()->begin(), end->getIterator()))
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return active.contains(operand); }))
      for (Value result : op.getResults())
        if (isFloat(result))
          active.insert(result);
  return active;
}

// Adds the op's share to the cotangents of its operands. What reaches a value first, from its last reader, is the first
// summand.
static LogicalResult pushBack(OpBuilder &builder, Operation *op, const ValueSet &active, Cotangents &cotangents,
                              GradOp grad) {
  SmallVector<Value> ofResults;
  for (Value result : op->getResults())
    ofResults.push_back(cotangents.lookup(result));
  if (llvm::none_of(ofResults, [](Value cotangent) { return cotangent != nullptr; }))
    return success(); // the scalar does not depend on this op
  if (llvm::none_of(op->getOperands(), [&](Value operand) { return active.contains(operand); }))
    return success(); // this op computes one of the values from others that nobody asks for

  auto rule = dyn_cast<DifferentiableOpInterface>(op);
  if (!rule) {
    InFlightDiagnostic diagnostic = emitProgramError(op) << "'" << op->getName().stripDialect()
                                                         << "' has no gradient, but the loss depends on it";
    diagnostic.attachNote(grad.getLoc()) << "the gradient is asked for here";
    return diagnostic;
  }
  for (auto [operand, share] : llvm::zip_equal(op->getOperands(), rule.vjp(builder, ofResults))) {
    if (!share || !active.contains(operand))
      continue;
    Value &sum = cotangents[operand];
    sum = sum ? AddOp::create(builder, op->getLoc(), sum, share) : share;
  }
  return success();
}

} // namespace bmc
