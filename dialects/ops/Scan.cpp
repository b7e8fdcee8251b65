// The loop with carried state: text form, checks, reference evaluation.
#include "dialects/Ops.h"
#include "dialects/ops/RegionText.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Scan.cpp.inc"

// Parts ---------------------------------------------------------------------------------------------------------------

SymbolicDim ScanOp::getLengthDim() { return *SymbolicDim::parse(std::string_view(getLength())); }

BlockArgument ScanOp::getIndex() { return getBody().getArgument(0); }
Block::BlockArgListType ScanOp::getSlices() { return getBody().getArguments().slice(1, getSequences().size()); }
Block::BlockArgListType ScanOp::getCarries() {
  return getBody().getArguments().slice(1 + getSequences().size(), getInits().size());
}
Block::BlockArgListType ScanOp::getConstantArguments() {
  return getBody().getArguments().take_back(getConstants().size());
}

OperandRange ScanOp::getNextCarries() {
  return getBody().front().getTerminator()->getOperands().take_front(getInits().size());
}
OperandRange ScanOp::getStepOutputs() {
  return getBody().front().getTerminator()->getOperands().drop_front(getInits().size());
}

ResultRange ScanOp::getFinals() { return getResults().take_front(getInits().size()); }
ResultRange ScanOp::getStacked() { return getResults().drop_front(getInits().size()); }

RankedTensorType ScanOp::sliceType(Type sequence) {
  return tensorType(ArrayRef(shapeOf(sequence)).drop_front(), cast<RankedTensorType>(sequence).getElementType());
}

RankedTensorType ScanOp::stackedType(const SymbolicDim &length, Type output) {
  Shape shape = shapeOf(output);
  shape.insert(shape.begin(), length);
  return tensorType(shape, cast<RankedTensorType>(output).getElementType());
}

// The types of the region's arguments.
static SmallVector<Type> argumentTypes(MLIRContext *context, TypeRange sequences, TypeRange inits,
                                       TypeRange constants) {
  SmallVector<Type> types = {RankedTensorType::get({}, IntegerType::get(context, 64))};
  for (Type sequence : sequences)
    types.push_back(ScanOp::sliceType(sequence));
  llvm::append_range(types, inits);
  llvm::append_range(types, constants);
  return types;
}

void ScanOp::build(OpBuilder &builder, OperationState &state, const SymbolicDim &length, bool reverse,
                   ValueRange sequences, ValueRange inits, ValueRange constants, TypeRange stepOutputs) {
  state.addOperands(sequences);
  state.addOperands(inits);
  state.addOperands(constants);
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.length = builder.getStringAttr(length.text());
  if (reverse)
    properties.reverse = builder.getUnitAttr();
  properties.operandSegmentSizes = {int32_t(sequences.size()), int32_t(inits.size()), int32_t(constants.size())};
  state.addTypes(inits.getTypes());
  for (Type output : stepOutputs)
    state.addTypes(stackedType(length, output));
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types =
      argumentTypes(builder.getContext(), sequences.getTypes(), inits.getTypes(), constants.getTypes());
  Region *body = state.addRegion();
  builder.createBlock(body, body->end(), types, SmallVector<Location>(types.size(), state.location));
}

// Text ----------------------------------------------------------------------------------------------------------------

// scan = "bm.scan" index "in" string ["reverse"] ["sequences" group] ["carry" group] ["constants" group]
//        "->" "(" types ")" ["attributes" dictionary] region

// A group is left out where it is empty.
static ParseResult parseOptionalGroup(OpAsmParser &parser, StringRef keyword, RegionOperands &group) {
  return succeeded(parser.parseOptionalKeyword(keyword)) ? parseRegionOperands(parser, group) : ParseResult(success());
}

ParseResult ScanOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::Argument index;
  StringAttr length;
  RegionOperands sequences, inits, constants;
  SMLoc place = parser.getCurrentLocation();
  if (parser.parseArgument(index) || parser.parseKeyword("in") || parser.parseAttribute(length))
    return failure();
  Properties &properties = result.getOrAddProperties<Properties>();
  properties.length = length;
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    properties.reverse = parser.getBuilder().getUnitAttr();
  if (parseOptionalGroup(parser, "sequences", sequences) || parseOptionalGroup(parser, "carry", inits) ||
      parseOptionalGroup(parser, "constants", constants) || parseResultTypes(parser, result) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  for (Type sequence : sequences.types)
    if (cast<RankedTensorType>(sequence).getRank() == 0)
      return parser.emitError(place) << "a sequence needs an axis to run along, got " << describe(sequence);

  SmallVector<OpAsmParser::Argument> arguments = {index};
  SmallVector<int32_t> segments;
  for (RegionOperands *group : {&sequences, &inits, &constants}) {
    if (group->resolve(parser, result))
      return failure();
    llvm::append_range(arguments, group->arguments);
    segments.push_back(group->operands.size());
  }
  llvm::copy(segments, properties.operandSegmentSizes.begin());
  for (auto [argument, type] :
       llvm::zip_equal(arguments, argumentTypes(parser.getContext(), sequences.types, inits.types, constants.types)))
    argument.type = type;
  return parser.parseRegion(*result.addRegion(), arguments);
}

void ScanOp::print(OpAsmPrinter &printer) {
  auto group = [&](StringRef keyword, Block::BlockArgListType arguments, OperandRange operands) {
    if (operands.empty())
      return;
    printer << " " << keyword;
    printRegionOperands(printer, arguments, operands);
  };
  printer << " " << getIndex() << " in " << getLengthAttr();
  if (getReverse())
    printer << " reverse";
  group("sequences", getSlices(), getSequences());
  group("carry", getCarries(), getInits());
  group("constants", getConstantArguments(), getConstants());
  printer << " -> (" << getResultTypes() << ")";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                           {getLengthAttrName(), getReverseAttrName(), getOperandSegmentSizeAttr()});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

// Checks --------------------------------------------------------------------------------------------------------------

LogicalResult ScanOp::verify() {
  std::optional<SymbolicDim> length = SymbolicDim::parse(std::string_view(getLength()));
  if (!length) // C1
    return emitOpError() << "'" << getLength() << "' is not a polynomial in dimension names";
  if (length->constant() && *length->constant() < 0) // C1
    return emitOpError() << "cannot run " << length->text() << " times";
  for (Value sequence : getSequences()) // C2
    if (Shape shape = shapeOf(sequence.getType()); shape.empty() || shape[0] != *length)
      return emitOpError() << "of length " << length->text() << " cannot run along axis 0 of "
                           << describe(sequence.getType());
  SmallVector<Type> expected =
      argumentTypes(getContext(), getSequences().getTypes(), getInits().getTypes(), getConstants().getTypes());
  if (TypeRange(getBody().getArgumentTypes()) != TypeRange(expected)) // C3
    return emitOpError() << "arguments " << describe(TypeRange(getBody().getArgumentTypes())) << " differ from "
                         << describe(TypeRange(expected)) << ", which follow from the operands";

  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield)
    return emitOpError() << "must end in bm.yield";
  size_t carries = getInits().size();
  TypeRange yielded = yield.getOperandTypes(), inits = getInits().getTypes();
  if (yielded.size() < carries || yielded.take_front(carries) != inits) // C4
    return emitOpError() << "yields " << describe(yielded) << ", which does not begin with the carried types "
                         << describe(inits);
  SmallVector<Type> results(inits);
  for (Type output : yielded.drop_front(carries))
    results.push_back(stackedType(*length, output));
  if (TypeRange(getResultTypes()) != TypeRange(results)) // C4, C5
    return emitOpError() << "results " << describe(getResultTypes()) << " differ from " << describe(TypeRange(results))
                         << ", which follow from what is yielded";
  return success();
}

// Reference evaluation ------------------------------------------------------------------------------------------------

// Slice `index` of a tensor along axis 0.
template <class T> static ReferenceTensor<T> sliceAt(const ReferenceTensor<T> &sequence, int64_t index) {
  ReferenceTensor<T> slice(ArrayRef(sequence.shape).drop_front(), sequence.isReal);
  withElementType(sequence, [&]<class E>(E) {
    auto begin = sequence.template elements<E>().begin() + index * slice.size();
    slice.template elements<E>().assign(begin, begin + slice.size());
  });
  return slice;
}

template <class T> static void storeAt(ReferenceTensor<T> &stacked, int64_t index, const ReferenceTensor<T> &output) {
  withElementType(output, [&]<class E>(E) {
    llvm::copy(output.template elements<E>(), stacked.template elements<E>().begin() + index * output.size());
  });
}

template <class T>
FailureOr<ReferenceTensors<T>> ScanOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols,
                                                  ReferenceBody<T> body) {
  std::optional<int64_t> length = getLengthDim().evaluate(symbols);
  if (!length || *length < 0)
    return emitError() << getLength() << " steps cannot be run here";
  size_t sequences = getSequences().size(), carries = getInits().size();
  ReferenceTensors<T> results(operands.slice(sequences, carries));
  for (Value stacked : getStacked())
    results.push_back(zerosOfType<T>(stacked.getType(), symbols));
  for (int64_t step = 0; step < *length; ++step) {
    int64_t index = getReverse() ? *length - 1 - step : step;
    ReferenceTensors<T> arguments = {ReferenceTensor<T>({}, /*isReal=*/false)};
    arguments[0].integers[0] = index;
    for (const ReferenceTensor<T> &sequence : operands.take_front(sequences))
      arguments.push_back(sliceAt(sequence, index));
    arguments.append(results.begin(), results.begin() + carries);
    llvm::append_range(arguments, operands.drop_front(sequences + carries));
    FailureOr<ReferenceTensors<T>> yielded = body(arguments);
    if (failed(yielded))
      return failure();
    std::copy(yielded->begin(), yielded->begin() + carries, results.begin());
    for (size_t output = carries; output < yielded->size(); ++output)
      storeAt(results[output], index, (*yielded)[output]);
  }
  return results;
}
