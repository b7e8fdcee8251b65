// Ops that hold a program together: constants, sizes, gradients, kernels, variables.
#include "dialects/Ops.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Program.cpp.inc"

// constant ------------------------------------------------------------------------------------------------------------

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

template <class T>
ReferenceResults<T> ConstantOp::evaluateAs(ArrayRef<ReferenceTensor<T>>, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  if (result.isReal) {
    for (auto [target, value] : llvm::zip_equal(result.reals, getValue().getValues<APFloat>()))
      target = T(value.convertToDouble());
  } else {
    bool isBool = getType().getElementType().isInteger(1);
    for (auto [target, value] : llvm::zip_equal(result.integers, getValue().getValues<APInt>()))
      target = isBool ? int64_t(value.getZExtValue()) : value.getSExtValue();
  }
  return {result};
}

// size ----------------------------------------------------------------------------------------------------------------

LogicalResult SizeOp::verify() {
  if (!SymbolicDim::parse(std::string_view(getExpression()))) // C1
    return emitOpError() << "'" << getExpression() << "' is not a polynomial in dimension names";
  if (getType().getRank() != 0) // C2
    return emitOpError() << "is a single number, got " << describe(getType());
  return success();
}

OpFoldResult SizeOp::fold(FoldAdaptor) {
  std::optional<int64_t> value = SymbolicDim::parse(std::string_view(getExpression()))->constant();
  if (!value)
    return {};
  Type elementType = getType().getElementType();
  if (auto floatType = dyn_cast<FloatType>(elementType))
    return DenseElementsAttr::get(getType(), FloatAttr::get(floatType, double(*value)).getValue());
  return DenseElementsAttr::get(getType(), IntegerAttr::get(elementType, wrapInteger(*value, elementType)).getValue());
}

template <class T> ReferenceResults<T> SizeOp::evaluateAs(ArrayRef<ReferenceTensor<T>>, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  std::optional<int64_t> value = SymbolicDim::parse(std::string_view(getExpression()))->evaluate(symbols);
  if (!value)
    llvm::report_fatal_error(llvm::Twine("the interpreter has no size for ") + getExpression());
  if (result.isReal)
    result.reals[0] = T(*value);
  else
    result.integers[0] = wrapInteger(*value, getType().getElementType());
  return {result};
}

// grad ----------------------------------------------------------------------------------------------------------------

void GradOp::build(OpBuilder &builder, OperationState &state, Value scalar, ValueRange values) {
  state.addOperands(scalar);
  state.addOperands(values);
  state.addTypes(values.getTypes());
}

LogicalResult GradOp::verify() {
  if (getScalar().getType().getRank() != 0) // C1
    return emitOpError() << "needs a scalar to differentiate, got " << describe(getScalar().getType());
  if (getValues().size() != getGradients().size()) // C2
    return emitOpError() << "has " << getValues().size() << " values but " << getGradients().size() << " gradients";
  for (auto [value, gradient] : llvm::zip(getValues(), getGradients()))
    if (value.getType() != gradient.getType()) // C2
      return emitOpError() << "gives a value " << describe(value.getType()) << " the gradient "
                           << describe(gradient.getType());
  return success();
}

// kernel --------------------------------------------------------------------------------------------------------------

// kernel = "bm.kernel" inputs "->" "(" types ")" ["schedule" attribute] ["in_place" integers] ["buffers" array]
//          ["attributes" dictionary] region

namespace {
struct KernelInputs {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
};
} // namespace

// inputs = "(" [ argument "=" operand ":" type { "," .. } ] ")"
static ParseResult parseKernelInputs(OpAsmParser &parser, KernelInputs &inputs) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&]() -> ParseResult {
    OpAsmParser::Argument &argument = inputs.arguments.emplace_back();
    if (parser.parseArgument(argument) || parser.parseEqual() || parser.parseOperand(inputs.operands.emplace_back()) ||
        parser.parseColonType(argument.type))
      return failure();
    inputs.types.push_back(argument.type);
    return success();
  });
}

template <class Attr>
static ParseResult parseOptionalClause(OpAsmParser &parser, StringAttr name, NamedAttrList &attributes) {
  if (failed(parser.parseOptionalKeyword(name.getValue())))
    return success();
  Attr attribute;
  if constexpr (std::is_same_v<Attr, DenseI64ArrayAttr>)
    attribute = dyn_cast_or_null<DenseI64ArrayAttr>(DenseI64ArrayAttr::parse(parser, {}));
  else if (parser.parseAttribute(attribute))
    return failure();
  if (!attribute)
    return failure();
  attributes.set(name, attribute);
  return success();
}

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) {
  KernelInputs inputs;
  SMLoc place = parser.getCurrentLocation();
  auto parseResultType = [&] { return parser.parseType(result.types.emplace_back()); };
  if (parseKernelInputs(parser, inputs) || parser.parseArrow() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseResultType) ||
      parseOptionalClause<ScheduleAttr>(parser, getScheduleAttrName(result.name), result.attributes) ||
      parseOptionalClause<DenseI64ArrayAttr>(parser, getInPlaceAttrName(result.name), result.attributes) ||
      parseOptionalClause<ArrayAttr>(parser, getBuffersAttrName(result.name), result.attributes) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.resolveOperands(inputs.operands, inputs.types, place, result.operands))
    return failure();
  return parser.parseRegion(*result.addRegion(), inputs.arguments);
}

void KernelOp::print(OpAsmPrinter &printer) {
  printer << " (";
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getInputs()), printer, [&](auto pair) {
    auto [argument, input] = pair;
    printer << argument << " = " << input << " : " << input.getType();
  });
  printer << ") -> (" << getResultTypes() << ")";
  if (getScheduleAttr())
    printer << " schedule " << getScheduleAttr();
  if (DenseI64ArrayAttr inPlace = getInPlaceAttr()) {
    printer << " in_place ";
    inPlace.print(printer);
  }
  if (getBuffersAttr())
    printer << " buffers " << getBuffersAttr();
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                           {getScheduleAttrName(), getInPlaceAttrName(), getBuffersAttrName()});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

static LogicalResult verifyTypes(KernelOp op, const char *what, TypeRange types, const char *expectedWhat,
                                 TypeRange expected) {
  if (types == expected)
    return success();
  return op.emitOpError() << what << " " << describe(types) << " differ from " << expectedWhat << " "
                          << describe(expected);
}

LogicalResult KernelOp::verify() {
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield)
    return emitOpError() << "must end in bm.yield";
  if (failed(verifyTypes(*this, "arguments", getBody().getArgumentTypes(), "inputs", getInputs().getTypes()))) // C1
    return failure();
  if (failed(verifyTypes(*this, "yielded values", yield.getOperandTypes(), "results", getOutputs().getTypes()))) // C2
    return failure();
  for (auto [number, output] : llvm::enumerate(getOutputs())) { // C3
    Shape loops = shapeOf(getOutputs()[0].getType()), shape = shapeOf(output.getType());
    Shape before = shapeOf(getOutputs()[number ? number - 1 : 0].getType());
    bool isOfRows = before == loops && !shape.empty() && shape.size() < loops.size() &&
                    ArrayRef(loops).take_front(shape.size()) == ArrayRef(shape);
    if (shape != before && !isOfRows)
      return emitOpError() << "results have different shapes: " << describe(getOutputs()[0].getType()) << " and "
                           << describe(output.getType());
  }
  return success();
}

template <class T>
FailureOr<ReferenceTensors<T>> KernelOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &,
                                                    ReferenceBody<T> body) {
  return body(operands);
}

// variable ------------------------------------------------------------------------------------------------------------

LogicalResult VariableOp::verify() {
  if (!llvm::is_contained({"parameter", "buffer", "state", "metric", "packed"}, getRole())) // C1
    return emitOpError() << "role must be parameter, buffer, state, metric or packed, not '" << getRole() << "'";
  if (!cast<RankedTensorType>(getType()).hasStaticShape()) // C2
    return emitOpError() << "needs a static shape, got " << describe(getType());
  if (getTrainable() && getRole() != "parameter") // C3
    return emitOpError() << "only a parameter is trainable, not a " << getRole();
  return success();
}
