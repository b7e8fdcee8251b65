// Reverse mode on straight-line ops. See the header.
#include "dialects/ReverseMode.h"
#include "dialects/Ops.h"
#include "dialects/ProgramError.h"

using namespace mlir;

namespace bmc::bm {

bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

ValueSet valuesThatDependOn(ValueRange values, ArrayRef<Operation *> ops) {
  ValueSet active(values.begin(), values.end());
  for (Operation *op : ops)
    if (llvm::any_of(op->getOperands(), [&](Value operand) { return active.contains(operand); }))
      for (Value result : op->getResults())
        if (isFloat(result))
          active.insert(result);
  return active;
}

void addCotangent(OpBuilder &builder, Location loc, Cotangents &cotangents, Value value, Value share) {
  Value &sum = cotangents[value];
  sum = sum ? AddOp::create(builder, loc, sum, share) : share;
}

// The cotangents of the op's operands. What reaches a value first, from its last reader, is the first summand.
static LogicalResult pushBackOne(OpBuilder &builder, Operation *op, const ValueSet &active, Cotangents &cotangents,
                                 std::optional<Location> asked) {
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
    if (asked)
      diagnostic.attachNote(*asked) << "the gradient is asked for here";
    return diagnostic;
  }
  SmallVector<Value> operands(op->getOperands());
  SmallVector<Value> shares = rule.vjp(builder, ofResults);
  if (shares.size() != operands.size())
    return failure();
  for (auto [operand, share] : llvm::zip_equal(operands, shares))
    if (share && active.contains(operand))
      addCotangent(builder, op->getLoc(), cotangents, operand, share);
  return success();
}

LogicalResult pushBack(OpBuilder &builder, ArrayRef<Operation *> ops, const ValueSet &active, Cotangents &cotangents,
                       std::optional<Location> asked) {
  for (Operation *op : llvm::reverse(ops))
    if (failed(pushBackOne(builder, op, active, cotangents, asked)))
      return failure();
  return success();
}

void eraseUnread(ArrayRef<Operation *> ops) {
  for (Operation *op : llvm::reverse(ops))
    if (isOpTriviallyDead(op))
      op->erase();
}

} // namespace bmc::bm
