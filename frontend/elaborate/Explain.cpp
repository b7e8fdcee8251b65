// What explains a prediction, for `PROGRAM explain`: the gradient of a chosen output with respect to the inputs.
//
//     func @explain(variables, inputs, scale: f64, choice: i32[N], a shadow for each integer input)
//         -> (a gradient for each input, score: f32[N])
//
// `choice` names one of the values that the outputs have for each row; `score` is that value. The network sees
// `scale * x` in the place of a float input x, and its gradient is that with respect to `scale * x`: the mean over
// scales from 0 to 1 times x are the integrated gradients from zero (Sundararajan, Taly and Yan 2017). An integer input
// acts through the floats that are made of it, such as the rows of an embedding. These are scaled instead, by `scale`
// plus the element of the shadow, zeros in the input's shape, that they are made of. So the gradient with respect to
// the shadow is the product of these floats and their gradients, summed up for each element of the input.
#include "Program.h"

#include "dialects/Ops.h"
#include "mlir/IR/IRMapping.h"

#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

namespace {

bool isFloat(Value value) { return llvm::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(value.getType())); }

/// Lets the integer inputs' influence be scaled.
class Shadows {
public:
  Shadows(Evaluator &evaluator, Value scale, Range range) : e(evaluator), scale(scale), range(range) {}

  void add(Value input, Value shadow) { shadowOf[input] = {shadow, input}; }
  /// Scales the floats that the ops of the block make of the inputs.
  void scaleIn(mlir::Block &block);
  /// Whether there were such for an input.
  bool isScaled(Value input) const { return scaled.contains(input); }

private:
  Value follow(mlir::Operation &op, Value operand);
  void scaleResult(mlir::Operation &op, Value operand);

  Evaluator &e;
  Value scale;
  Range range;
  struct Shadow {
    Value value, input; // that it is the shadow of
  };
  llvm::DenseMap<Value, Shadow> shadowOf;
  llvm::DenseSet<Value> scaled;
};

} // namespace

void Shadows::scaleIn(mlir::Block &block) {
  std::vector<mlir::Operation *> ops;
  for (mlir::Operation &op : block)
    ops.push_back(&op);
  for (mlir::Operation *op : ops) {
    auto operand = llvm::find_if(op->getOperands(), [&](Value value) { return shadowOf.count(value); });
    if (operand == op->getOperands().end() || op->getNumRegions() > 0 || op->getNumResults() != 1)
      continue;
    e.builder.setInsertionPointAfter(op);
    if (isFloat(op->getResult(0)))
      scaleResult(*op, *operand);
    else if (Value shadow = follow(*op, *operand))
      shadowOf[op->getResult(0)] = {shadow, shadowOf.at(*operand).input};
  }
  e.builder.setInsertionPointToEnd(&block);
}

/// The shadow of integers that are made of others: where an op only moves elements the shadow is moved alike. What
/// compares integers, or computes others of several, is taken as given.
Value Shadows::follow(mlir::Operation &op, Value operand) {
  auto fusible = llvm::dyn_cast<bm::FusibleOpInterface>(op);
  auto type = llvm::cast<RankedTensorType>(op.getResult(0).getType());
  if (!fusible || type.getElementType().isInteger(1))
    return {};
  Value shadow = shadowOf.at(operand).value;
  bm::AccessPattern pattern = fusible.getAccessPattern();
  if (pattern == bm::AccessPattern::Pointwise)
    return bm::shapeOf(type) == bm::shapeOf(operand.getType()) ? shadow : Value();
  if ((pattern != bm::AccessPattern::View && pattern != bm::AccessPattern::IndexMap) || op.getNumOperands() != 1)
    return {};
  mlir::IRMapping mapping;
  mapping.map(operand, shadow);
  mlir::Operation *moved = e.builder.clone(op, mapping);
  auto element = llvm::cast<RankedTensorType>(shadow.getType()).getElementType();
  moved->getResult(0).setType(bm::tensorType(bm::shapeOf(type), element));
  return moved->getResult(0);
}

/// The result's leading axes are the integers' own: a row of an embedding, a one-hot row, a number for each of them.
void Shadows::scaleResult(mlir::Operation &op, Value operand) {
  Value result = op.getResult(0);
  bm::Shape shape = bm::shapeOf(result.getType()), leading = bm::shapeOf(operand.getType());
  if (leading.size() > shape.size() || !std::equal(leading.begin(), leading.end(), shape.begin()))
    return;
  scaled.insert(shadowOf.at(operand).input);
  leading.resize(shape.size(), bm::SymbolicDim(1));
  auto element = llvm::cast<RankedTensorType>(result.getType()).getElementType();
  Value shadow =
      e.broadcast(e.reshape(e.cast(shadowOf.at(operand).value, element, range), leading, range), shape, range);
  Object factor =
      e.elementwise("add", {Object(e.broadcast(e.cast(scale, element, range), shape, range)), Object(shadow)}, range);
  Value product = e.tensor(e.elementwise("mul", {Object(result), factor}, range), range);
  result.replaceAllUsesExcept(product, product.getDefiningOp());
}

/// A value for each row: that of all outputs' values whose number is its choice.
static Value chosenScores(Evaluator &e, const std::vector<Value> &outputs, Value choice, Range range) {
  bm::SymbolicDim rows = bm::shapeOf(choice.getType())[0];
  auto element = llvm::cast<RankedTensorType>(outputs.front().getType()).getElementType();
  std::vector<Value> flat;
  int64_t width = 0;
  for (Value output : outputs) {
    bm::Shape shape = bm::shapeOf(output.getType());
    auto values = bm::elementCount(llvm::ArrayRef(shape).drop_front()).constant();
    if (shape.empty() || shape[0] != rows || !values || !isFloat(output))
      e.fail(range,
             fmt::format("what the network gives must be floats, as many for each row, to be explained; found {}",
                         bm::describe(output.getType())));
    flat.push_back(e.reshape(e.cast(output, element, range), {rows, bm::SymbolicDim(*values)}, range));
    width += *values;
  }
  mlir::Location loc = e.location(range);
  Value scores = flat.size() == 1 ? flat[0] : Value(bm::ConcatenateOp::create(e.builder, loc, flat, 1));
  auto type = bm::tensorType({rows, bm::SymbolicDim(width)}, element);
  Value mask = bm::OneHotOp::create(e.builder, loc, type, choice);
  Value chosen = e.tensor(e.elementwise("mul", {Object(scores), Object(mask)}, range), range);
  return bm::ReduceSumOp::create(e.builder, loc, chosen, llvm::ArrayRef<int64_t>{1});
}

Value Program::addGiven(Body &body, const std::string &name, RankedTensorType type) {
  unsigned number = body.function.getNumArguments();
  (void)body.function.insertArgument(number, type, role("given", name), body.function.getLoc());
  return body.function.getArgument(number);
}

void Program::emitExplain() {
  Body body;
  begin(body, "explain", Variables, inputs);
  Range range = predictorRange();
  mlir::Block &block = body.function.getBody().front();
  Value scale = addGiven(body, "scale", RankedTensorType::get({}, e.builder.getF64Type()));
  Value choice = addGiven(body, "choice", bm::tensorType({bm::shapeOf(inputs[0].type)[0]}, e.builder.getI32Type()));
  Shadows shadows(e, scale, range);
  std::vector<Value> explained;
  for (const Input &input : inputs) {
    Value &value = body.inputs[input.name];
    if (isFloat(value)) {
      Value factor = e.broadcast(e.cast(scale, input.type.getElementType(), range), bm::shapeOf(input.type), range);
      value = e.tensor(e.elementwise("mul", {Object(value), Object(factor)}, range), range);
      explained.push_back(value);
    } else {
      auto type = bm::tensorType(bm::shapeOf(input.type), predictionType.getElementType());
      explained.push_back(addGiven(body, "shadow." + input.name, type));
      shadows.add(value, explained.back());
    }
  }
  Object prediction = forward(body);
  shadows.scaleIn(block);
  for (const Input &input : inputs)
    if (Value value = body.inputs[input.name]; !isFloat(value) && !shadows.isScaled(value))
      e.fail(input.range,
             fmt::format("the input '{}' cannot be explained: no embedding, one_hot or cast to floats reads it",
                         input.name));
  std::vector<Value> outputs;
  if (auto list = prediction.get<ListObject>())
    for (const Object &output : *list->elements)
      outputs.push_back(e.tensor(output, range));
  else
    outputs.push_back(e.tensor(prediction, range));
  Value scores = chosenScores(e, outputs, choice, range);
  Value sum = bm::ReduceSumOp::create(e.builder, e.location(range), scores, llvm::ArrayRef<int64_t>{0});
  auto op = bm::GradOp::create(e.builder, e.location(range), sum, explained);
  for (auto [input, gradient] : llvm::zip_equal(inputs, op.getGradients()))
    result(body, gradient, role("gradient", input.name));
  result(body, scores, role("output", "score"));
  finish(body, true);
}

} // namespace bmc::frontend
