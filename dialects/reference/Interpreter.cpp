// Evaluates functions op by op. See the header.
#include "dialects/reference/Interpreter.h"
#include "dialects/Ops.h"

using namespace mlir;

namespace bmc::bm {

template <class T>
ReferenceResults<T> evaluateOp(Operation *op, ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto reference = cast<ReferenceOpInterface>(op);
  if constexpr (std::is_same_v<T, float>)
    return reference.evaluateSingle(operands, symbols);
  else if constexpr (std::is_same_v<T, double>)
    return reference.evaluateDouble(operands, symbols);
  else
    return reference.evaluateQuad(operands, symbols);
}

template <class T>
static FailureOr<ReferenceTensors<T>> evaluateRegion(ReferenceRegionOpInterface op,
                                                     ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols,
                                                     ReferenceBody<T> body) {
  if constexpr (std::is_same_v<T, float>)
    return op.evaluateSingle(operands, symbols, body);
  else if constexpr (std::is_same_v<T, double>)
    return op.evaluateDouble(operands, symbols, body);
  else
    return op.evaluateQuad(operands, symbols, body);
}

static std::string describeShape(ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (auto [axis, extent] : llvm::enumerate(shape))
    text += (axis ? ", " : "") + std::to_string(extent);
  return text + "]";
}

// Binds the symbols that stand alone in an argument's type, then checks all its dimensions.
template <class T>
static LogicalResult bindSymbols(func::FuncOp function, ArrayRef<ReferenceTensor<T>> arguments, SymbolValues &symbols) {
  TypeRange types = function.getArgumentTypes();
  if (arguments.size() != types.size())
    return function.emitError() << "takes " << types.size() << " arguments, got " << arguments.size();
  auto mismatch = [&](size_t number) {
    return function.emitError() << "argument " << number << " is " << describe(types[number]) << ", got the shape "
                                << describeShape(arguments[number].shape);
  };
  for (auto [number, type] : llvm::enumerate(types)) {
    Shape shape = shapeOf(type);
    if (shape.size() != arguments[number].shape.size() ||
        arguments[number].isReal != isa<FloatType>(cast<RankedTensorType>(type).getElementType()))
      return mismatch(number);
    for (auto [dim, extent] : llvm::zip_equal(shape, arguments[number].shape))
      if (std::optional<std::string> symbol = dim.singleSymbol())
        symbols.try_emplace(*symbol, extent);
  }
  for (auto [number, type] : llvm::enumerate(types))
    for (auto [dim, extent] : llvm::zip_equal(shapeOf(type), arguments[number].shape))
      if (dim.evaluate(symbols) != extent)
        return mismatch(number);
  return success();
}

namespace {
// Evaluates the ops of one function. A block's values live in `values` while it is evaluated.
template <class T> class Evaluator {
public:
  explicit Evaluator(SymbolValues symbols) : symbols(std::move(symbols)) {}

  // The operands of the block's terminator.
  FailureOr<ReferenceTensors<T>> block(Block &block, ArrayRef<ReferenceTensor<T>> arguments) {
    bind(block.getArguments(), arguments);
    for (Operation &op : block.without_terminator())
      if (failed(evaluate(&op)))
        return failure();
    return operandsOf(block.getTerminator());
  }

private:
  LogicalResult evaluate(Operation *op) {
    ReferenceTensors<T> operands = operandsOf(op);
    if (failed(checkSizes(op)))
      return failure();
    if (isa<ReferenceOpInterface>(op)) {
      bind(op->getResults(), evaluateOp<T>(op, operands, symbols));
      return success();
    }
    FailureOr<ReferenceTensors<T>> results = failure();
    if (auto region = dyn_cast<ReferenceRegionOpInterface>(op))
      results = evaluateRegion<T>(region, operands, symbols, [&](ArrayRef<ReferenceTensor<T>> arguments) {
        return block(op->getRegion(0).front(), arguments);
      });
    else if (auto call = dyn_cast<func::CallOp>(op))
      results = callee(call, operands);
    else
      op->emitError() << "the interpreter cannot evaluate this op";
    if (failed(results))
      return failure();
    bind(op->getResults(), *results);
    return success();
  }

  FailureOr<ReferenceTensors<T>> callee(func::CallOp call, ArrayRef<ReferenceTensor<T>> operands) {
    auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr());
    if (!function)
      return call.emitError() << "calls an unknown function '" << call.getCallee() << "'";
    return evaluateFunction<T>(function, operands);
  }

  // Every size that the op's evaluation asks for has a value.
  LogicalResult checkSizes(Operation *op) {
    if (auto size = dyn_cast<SizeOp>(op))
      if (!SymbolicDim::parse(std::string_view(size.getExpression()))->evaluate(symbols))
        return op->emitError() << size.getExpression() << " has no value here";
    for (Type type : op->getResultTypes())
      for (const SymbolicDim &dim : shapeOf(type))
        if (std::optional<int64_t> extent = dim.evaluate(symbols); !extent || *extent < 0)
          return op->emitError() << "dimension " << dim.text() << " of " << describe(type) << " has no size here";
    return success();
  }

  ReferenceTensors<T> operandsOf(Operation *op) {
    ReferenceTensors<T> operands;
    for (Value operand : op->getOperands())
      operands.push_back(values.at(operand));
    return operands;
  }

  void bind(ValueRange range, ArrayRef<ReferenceTensor<T>> tensors) {
    for (auto [value, tensor] : llvm::zip_equal(range, tensors))
      values[value] = tensor;
  }

  SymbolValues symbols;
  DenseMap<Value, ReferenceTensor<T>> values;
};
} // namespace

template <class T>
FailureOr<ReferenceTensors<T>> evaluateFunction(func::FuncOp function, ArrayRef<ReferenceTensor<T>> arguments,
                                                SymbolValues symbols) {
  if (function.isExternal())
    return function.emitError() << "has no body to evaluate";
  if (failed(bindSymbols(function, arguments, symbols)))
    return failure();
  return Evaluator<T>(std::move(symbols)).block(function.getBody().front(), arguments);
}

#define BMC_INSTANTIATE(T)                                                                                             \
  template ReferenceResults<T> evaluateOp(Operation *, ArrayRef<ReferenceTensor<T>>, const SymbolValues &);            \
  template FailureOr<ReferenceTensors<T>> evaluateFunction(func::FuncOp, ArrayRef<ReferenceTensor<T>>, SymbolValues);
BMC_INSTANTIATE(float)
BMC_INSTANTIATE(double)
BMC_INSTANTIATE(Quad)
#undef BMC_INSTANTIATE

} // namespace bmc::bm
