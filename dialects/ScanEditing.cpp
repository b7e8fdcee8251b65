// Changes to a loop's operands and results. See the header.
#include "dialects/ScanEditing.h"

using namespace mlir;

namespace bmc::bm {

static BlockArgument addOperand(RewriterBase &rewriter, ScanOp scan, Value operand, MutableOperandRange operands,
                                Block::BlockArgListType arguments, unsigned place, Type type) {
  for (auto [known, argument] : llvm::zip_equal(operands, arguments))
    if (known.get() == operand)
      return argument;
  BlockArgument argument;
  rewriter.modifyOpInPlace(scan, [&] {
    operands.append(operand);
    argument = scan.getBody().insertArgument(place, type, operand.getLoc());
  });
  return argument;
}

BlockArgument addSequence(RewriterBase &rewriter, ScanOp scan, Value sequence) {
  return addOperand(rewriter, scan, sequence, scan.getSequencesMutable(), scan.getSlices(),
                    1 + scan.getSequences().size(), ScanOp::sliceType(sequence.getType()));
}

BlockArgument addConstant(RewriterBase &rewriter, ScanOp scan, Value constant) {
  return addOperand(rewriter, scan, constant, scan.getConstantsMutable(), scan.getConstantArguments(),
                    scan.getBody().getNumArguments(), constant.getType());
}

static Value operandOf(Value value, Block::BlockArgListType arguments, OperandRange operands) {
  for (auto [argument, operand] : llvm::zip_equal(arguments, operands))
    if (argument == value)
      return operand;
  return {};
}

Value sequenceOf(ScanOp scan, Value argument) { return operandOf(argument, scan.getSlices(), scan.getSequences()); }

Value constantOf(ScanOp scan, Value argument) {
  return operandOf(argument, scan.getConstantArguments(), scan.getConstants());
}

Value stackedOf(ScanOp scan, Value inBody) {
  if (Value sequence = sequenceOf(scan, inBody))
    return sequence;
  for (auto [output, stacked] : llvm::zip_equal(scan.getStepOutputs(), scan.getStacked()))
    if (output == inBody)
      return stacked;
  return {};
}

ScanOp replaceResults(RewriterBase &rewriter, ScanOp scan, const llvm::BitVector &kept, ValueRange newOutputs) {
  Block &body = scan.getBody().front();
  Operation *yield = body.getTerminator();
  unsigned carries = scan.getInits().size();
  SmallVector<Value> inits, yielded, replaced;
  SmallVector<Type> outputTypes;
  for (auto [number, value] : llvm::enumerate(yield->getOperands())) {
    if (!kept[number])
      continue;
    yielded.push_back(value);
    replaced.push_back(scan.getResult(number));
    if (number < carries)
      inits.push_back(scan.getInits()[number]);
    else
      outputTypes.push_back(value.getType());
  }
  for (Value output : newOutputs) {
    yielded.push_back(output);
    outputTypes.push_back(output.getType());
  }

  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(scan);
  auto result = ScanOp::create(rewriter, scan.getLoc(), scan.getLengthDim(), scan.getReverse(), scan.getSequences(),
                               inits, scan.getConstants(), outputTypes);
  rewriter.modifyOpInPlace(yield, [&] { yield->setOperands(yielded); });
  auto ops = llvm::map_to_vector(body.without_terminator(), [](Operation &op) { return &op; });
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty())
      rewriter.eraseOp(op);
  rewriter.eraseBlock(&result.getBody().front());
  rewriter.inlineRegionBefore(scan.getBody(), result.getBody(), result.getBody().begin());
  unsigned firstCarry = 1 + scan.getSequences().size();
  llvm::BitVector gone(body.getNumArguments());
  for (unsigned carry = 0; carry < carries; ++carry)
    if (!kept[carry])
      gone.set(firstCarry + carry);
  rewriter.modifyOpInPlace(result, [&] { body.eraseArguments(gone); });
  for (auto [old, value] : llvm::zip_first(replaced, result.getResults()))
    rewriter.replaceAllUsesWith(old, value);
  rewriter.eraseOp(scan);
  return result;
}

} // namespace bmc::bm
