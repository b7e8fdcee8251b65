// Recomputation: text form, checks, gradient rules, reference evaluation.
#include "dialects/Ops.h"
#include "dialects/ReverseMode.h"
#include "dialects/ops/RegionText.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Checkpoint.cpp.inc"

// checkpoint ----------------------------------------------------------------------------------------------------------

// checkpoint = "bm.checkpoint" group "->" "(" types ")" ["attributes" dictionary] region
ParseResult CheckpointOp::parse(OpAsmParser &parser, OperationState &result) {
  RegionOperands inputs;
  if (parseRegionOperands(parser, inputs) || parseResultTypes(parser, result) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes) || inputs.resolve(parser, result))
    return failure();
  for (auto [argument, type] : llvm::zip_equal(inputs.arguments, inputs.types))
    argument.type = type;
  return parser.parseRegion(*result.addRegion(), inputs.arguments);
}

void CheckpointOp::print(OpAsmPrinter &printer) {
  printer << " ";
  printRegionOperands(printer, getBody().getArguments(), getInputs());
  printer << " -> (" << getResultTypes() << ")";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult CheckpointOp::verify() {
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield)
    return emitOpError() << "must end in bm.yield";
  if (TypeRange(getBody().getArgumentTypes()) != TypeRange(getInputs().getTypes())) // C1
    return emitOpError() << "arguments " << describe(TypeRange(getBody().getArgumentTypes())) << " differ from inputs "
                         << describe(TypeRange(getInputs().getTypes()));
  if (TypeRange(yield.getOperandTypes()) != TypeRange(getOutputs().getTypes())) // C2
    return emitOpError() << "yielded values " << describe(TypeRange(yield.getOperandTypes())) << " differ from results "
                         << describe(TypeRange(getOutputs().getTypes()));
  return success();
}

// The region is computed again, when the cotangents are known, and differentiated there.
SmallVector<Value> CheckpointOp::vjp(OpBuilder &builder, ValueRange ofResults) {
  SmallVector<Value> awaited = llvm::filter_to_vector(ofResults, [](Value value) { return value != nullptr; });
  SmallVector<Value> inputs;
  for (Value input : getInputs())
    inputs.push_back(AfterOp::create(builder, getLoc(), input, awaited));
  IRMapping again;
  again.map(getBody().getArguments(), inputs);
  SmallVector<Operation *> ops;
  for (Operation &op : getBody().front().without_terminator())
    ops.push_back(builder.clone(op, again));

  Cotangents cotangents;
  for (auto [cotangent, yielded] : llvm::zip_equal(ofResults, getBody().front().getTerminator()->getOperands()))
    if (cotangent)
      addCotangent(builder, getLoc(), cotangents, again.lookup(yielded), cotangent);
  if (failed(pushBack(builder, ops, valuesThatDependOn(llvm::filter_to_vector(inputs, isFloat), ops), cotangents)))
    return {};
  SmallVector<Value> result = llvm::map_to_vector(inputs, [&](Value input) { return cotangents.lookup(input); });
  eraseUnread(ops);
  return result;
}

template <class T>
FailureOr<ReferenceTensors<T>> CheckpointOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &,
                                                        ReferenceBody<T> body) {
  return body(operands);
}

// after ---------------------------------------------------------------------------------------------------------------

SmallVector<Value> AfterOp::vjp(OpBuilder &, ValueRange cotangents) {
  SmallVector<Value> result(getNumOperands());
  result[0] = cotangents[0];
  return result;
}

template <class T>
ReferenceResults<T> AfterOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &) {
  return {operands[0]};
}
