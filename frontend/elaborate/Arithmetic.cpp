// Operators and elementwise functions, on numbers at compile time and on tensors in the program.
//
// Numbers are weak: a number or an f64 scalar (a rate, the step) takes the element type of the tensor that it meets.
// Between two float scalars f64 wins: what a metric counts in f64 stays exact.
#include "Evaluator.h"

#include "dialects/Ops.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;

static RankedTensorType typeOf(mlir::Value value) { return llvm::cast<RankedTensorType>(value.getType()); }
static bool isNumber(const Object &object) { return object.is<Dim>() || object.is<double>(); }
static bool isTensor(const Object &object) { return object.is<Tensor>() || object.is<VariableRef>(); }

static std::optional<double> real(const Object &object) {
  if (auto number = object.get<double>())
    return *number;
  auto dim = object.get<Dim>();
  if (!dim || !dim->constant())
    return std::nullopt;
  return static_cast<double>(*dim->constant());
}

// Numbers as tensors ------------------------------------------------------------------------------------------------

mlir::Value Evaluator::constant(double value, mlir::Type elementType, Range range) {
  if (llvm::isa<mlir::IntegerType>(elementType) && value != std::floor(value))
    fail(range, fmt::format("{} is not an integer, as the tensor's elements are", value));
  return bm::splat(builder, location(range), value, RankedTensorType::get({}, elementType));
}

/// The numbers of a list in row-major order; false where it holds something else, or lists of different lengths.
static bool flatten(const Object &object, size_t depth, std::vector<int64_t> &shape, std::vector<double> &numbers) {
  auto list = object.get<ListObject>();
  if (!list) {
    auto number = real(object);
    numbers.push_back(number.value_or(0));
    return number && depth == shape.size();
  }
  int64_t length = list->elements->size();
  if (depth == shape.size() && numbers.empty())
    shape.push_back(length);
  if (depth >= shape.size() || shape[depth] != length)
    return false;
  return std::all_of(list->elements->begin(), list->elements->end(),
                     [&](const Object &element) { return flatten(element, depth + 1, shape, numbers); });
}

mlir::Value Evaluator::listTensor(const Object &list, mlir::Type elementType, Range range, const std::string &what) {
  std::vector<int64_t> shape;
  std::vector<double> numbers;
  if (!flatten(list, 0, shape, numbers) || numbers.empty())
    fail(range, fmt::format("{} must be a tensor or a list of numbers, found {}", what, describe(list)));
  std::vector<mlir::Attribute> values;
  for (double number : numbers) {
    if (!llvm::isa<mlir::FloatType>(elementType) && number != std::floor(number))
      fail(range, fmt::format("{} is not an integer, as the elements of {} are", number, what));
    values.push_back(llvm::isa<mlir::FloatType>(elementType)
                         ? mlir::Attribute(builder.getFloatAttr(elementType, number))
                         : mlir::Attribute(builder.getIntegerAttr(elementType, static_cast<int64_t>(number))));
  }
  auto elements = mlir::DenseElementsAttr::get(RankedTensorType::get(shape, elementType), values);
  return bm::ConstantOp::create(builder, location(range), elements);
}

mlir::Value Evaluator::size(const Dim &dim, mlir::Type elementType, Range range) {
  if (auto value = dim.constant())
    return constant(static_cast<double>(*value), elementType, range);
  auto type = RankedTensorType::get({}, elementType);
  return bm::SizeOp::create(builder, location(range), type, builder.getStringAttr(dim.text()));
}

mlir::Value Evaluator::tensor(const Object &object, Range range) {
  if (auto tensor = object.get<Tensor>())
    return tensor->value;
  if (auto variable = object.get<VariableRef>()) {
    auto it = emission ? emission->variables.find(variable->index) : std::map<unsigned, mlir::Value>::iterator();
    if (!emission || it == emission->variables.end())
      fail(range, "a parameter has no value here: the program is not running");
    return it->second;
  }
  return tensor(object, builder.getF64Type(), range);
}

mlir::Value Evaluator::tensor(const Object &object, mlir::Type elementType, Range range) {
  if (isTensor(object)) {
    mlir::Value value = tensor(object, range);
    bool isScalar = typeOf(value).getRank() == 0 && typeOf(value).getElementType().isF64();
    return isScalar ? cast(value, elementType, range) : value;
  }
  if (!emission)
    fail(range, "a tensor can only be computed in a function of the program");
  if (auto number = object.get<double>())
    return constant(*number, elementType, range);
  if (auto dim = object.get<Dim>())
    return size(*dim, elementType, range);
  if (auto truth = object.get<bool>())
    return constant(*truth, elementType, range);
  fail(range, fmt::format("expected a tensor or a number, found {}", describe(object)));
}

mlir::Value Evaluator::cast(mlir::Value value, mlir::Type elementType, Range range) {
  RankedTensorType type = typeOf(value);
  if (type.getElementType() == elementType)
    return value;
  return bm::CastOp::create(builder, location(range), type.clone(elementType), value);
}

// Shapes ------------------------------------------------------------------------------------------------------------

/// An axis of extent 1 that is repeated is dropped before: a reduction that kept its axis is then broadcast directly.
mlir::Value Evaluator::broadcast(mlir::Value value, llvm::ArrayRef<Dim> shape, Range range) {
  bm::Shape from = bm::shapeOf(value.getType());
  if (llvm::ArrayRef<Dim>(from) == shape)
    return value;
  auto type = bm::tensorType(shape, typeOf(value).getElementType());
  if (from.size() > shape.size())
    fail(range, fmt::format("{} does not broadcast to fewer dimensions", bm::describe(value.getType())));
  std::vector<int64_t> dimensions;
  std::vector<Dim> kept;
  for (size_t i = 0; i < from.size(); ++i) {
    size_t axis = shape.size() - from.size() + i;
    if (from[i] != shape[axis] && from[i] != Dim(1))
      fail(range, fmt::format("{} does not broadcast to {}: dimension {} is {} and {}", bm::describe(value.getType()),
                              bm::describe(type), i, from[i].text(), shape[axis].text()));
    if (from[i] != shape[axis])
      continue;
    dimensions.push_back(axis);
    kept.push_back(from[i]);
  }
  value = reshape(value, kept, range);
  return bm::BroadcastOp::create(builder, location(range), type, value, dimensions);
}

mlir::Value Evaluator::reshape(mlir::Value value, llvm::ArrayRef<Dim> shape, Range range) {
  auto type = bm::tensorType(shape, typeOf(value).getElementType());
  if (type == value.getType())
    return value;
  Dim from = bm::elementCount(bm::shapeOf(value.getType())), to = bm::elementCount(shape);
  if (from != to)
    fail(range, fmt::format("cannot reshape {} to {}: {} elements and {}", bm::describe(value.getType()),
                            bm::describe(type), from.text(), to.text()));
  if (auto before = value.getDefiningOp<bm::ReshapeOp>(); before && before.getX().getType() == type)
    return before.getX();
  return bm::ReshapeOp::create(builder, location(range), type, value);
}

/// Broadcasts like NumPy: aligned from the right, extents of 1 are repeated.
void Evaluator::toCommonShape(std::vector<mlir::Value> &values, Range range) {
  std::vector<Dim> common;
  for (mlir::Value value : values) {
    bm::Shape shape = bm::shapeOf(value.getType());
    while (common.size() < shape.size())
      common.insert(common.begin(), Dim(1));
    size_t offset = common.size() - shape.size();
    for (size_t i = 0; i < shape.size(); ++i) {
      Dim &target = common[offset + i];
      if (target == Dim(1))
        target = shape[i];
      else if (shape[i] != target && shape[i] != Dim(1))
        fail(range, fmt::format("the shapes {} and {} do not broadcast: {} against {} in dimension {}",
                                bm::describe(values[0].getType()), bm::describe(value.getType()), target.text(),
                                shape[i].text(), i));
    }
  }
  for (mlir::Value &value : values)
    value = broadcast(value, common, range);
}

// Elementwise ops ---------------------------------------------------------------------------------------------------

static std::optional<unsigned> operandCount(mlir::RegisteredOperationName op) {
  if (op.hasTrait<mlir::OpTrait::OneOperand>())
    return 1;
  if (op.hasTrait<mlir::OpTrait::NOperands<2>::Impl>())
    return 2;
  if (op.hasTrait<mlir::OpTrait::NOperands<3>::Impl>())
    return 3;
  return std::nullopt;
}

/// Makes an op by name, if its verifier accepts the operands. What that would say is not for the model's author.
mlir::Operation *Evaluator::create(const std::string &op, mlir::ValueRange operands, Range range) {
  mlir::ScopedDiagnosticHandler silent(&context, [](mlir::Diagnostic &) { return mlir::success(); });
  mlir::OperationState state(location(range), "bm." + op, operands, mlir::TypeRange{operands[0].getType()});
  mlir::Operation *result = builder.create(state);
  if (mlir::succeeded(mlir::verify(result)))
    return result;
  result->erase();
  fail(range, fmt::format("'{}' cannot take {}: its elements have the wrong type; cast(x, f32) converts", op,
                          bm::describe(operands[0].getType())));
}

/// A function of numbers, computed by the op's own reference evaluation: the dialect alone says what it means.
static std::optional<double> evaluateNumbers(mlir::MLIRContext &context, const std::string &op,
                                             const std::vector<double> &operands) {
  mlir::OpBuilder builder(&context);
  mlir::Block block;
  builder.setInsertionPointToEnd(&block);
  auto type = RankedTensorType::get({}, builder.getF64Type());
  auto loc = mlir::UnknownLoc::get(&context);
  std::vector<mlir::Value> values;
  std::vector<bm::ReferenceTensor<double>> tensors;
  for (double operand : operands) {
    values.push_back(bm::splat(builder, loc, operand, type));
    tensors.emplace_back(llvm::ArrayRef<int64_t>(), true).reals[0] = operand;
  }
  mlir::OperationState state(loc, "bm." + op, values, mlir::TypeRange{type});
  mlir::Operation *operation = builder.create(state);
  std::optional<double> result;
  if (auto reference = llvm::dyn_cast<bm::ReferenceOpInterface>(operation)) {
    auto results = reference.evaluateDouble(tensors, {});
    if (results.size() == 1 && results[0].reals.size() == 1)
      result = results[0].reals[0];
  }
  block.dropAllDefinedValueUses();
  block.clear();
  return result;
}

/// Whether the operands hold an f64 scalar and nothing but scalars of floats.
bool Evaluator::areScalarsWithDouble(const std::vector<Object> &operands, Range range) {
  bool hasDouble = false;
  for (const Object &operand : operands)
    if (isTensor(operand)) {
      RankedTensorType type = typeOf(tensor(operand, range));
      if (type.getRank() != 0 || !llvm::isa<mlir::FloatType>(type.getElementType()))
        return false;
      hasDouble |= type.getElementType().isF64();
    }
  return hasDouble;
}

/// The operands as tensors of one element type: that of the tensors which are not weak, else f64.
std::vector<mlir::Value> Evaluator::withCommonElement(const std::vector<Object> &operands, Range range) {
  mlir::Type elementType;
  bool areScalars = areScalarsWithDouble(operands, range);
  for (const Object &operand : operands)
    if (isTensor(operand) && !areScalars) {
      RankedTensorType type = typeOf(tensor(operand, range));
      bool isWeak = type.getRank() == 0 && type.getElementType().isF64();
      if (!isWeak && elementType && type.getElementType() != elementType)
        fail(range, fmt::format("the element types differ: {} and {}; cast(x, f32) converts",
                                bm::describe(RankedTensorType::get({}, elementType)), bm::describe(type)));
      if (!isWeak)
        elementType = type.getElementType();
    }
  if (!elementType)
    elementType = builder.getF64Type();
  std::vector<mlir::Value> values;
  for (const Object &operand : operands) {
    mlir::Value value = tensor(operand, elementType, range);
    values.push_back(areScalars ? cast(value, elementType, range) : value);
  }
  return values;
}

Object Evaluator::elementwise(const std::string &op, std::vector<Object> operands, Range range) {
  auto registered = *mlir::RegisteredOperationName::lookup("bm." + op, &context);
  auto count = operandCount(registered);
  if (count && *count != operands.size())
    fail(range, fmt::format("'{}' takes {} argument{}, found {}", op, *count, *count == 1 ? "" : "s", operands.size()));
  std::vector<double> numbers;
  for (const Object &operand : operands)
    if (auto number = real(operand))
      numbers.push_back(*number);
  if (numbers.size() == operands.size())
    if (auto value = evaluateNumbers(context, op, numbers)) {
      bool isInteger = std::all_of(operands.begin(), operands.end(), [](const Object &o) { return o.is<Dim>(); }) &&
                       *value == std::floor(*value) && std::abs(*value) < 1e15;
      return isInteger ? Object(Dim(static_cast<int64_t>(*value))) : Object(*value);
    }
  std::vector<mlir::Value> values = withCommonElement(operands, range);
  toCommonShape(values, range);
  return Object(create(op, values, range)->getResult(0));
}

// Operators ---------------------------------------------------------------------------------------------------------

static std::optional<Object> dimArithmetic(Operator op, const Dim &a, const Dim &b) {
  auto x = a.constant(), y = b.constant();
  switch (op) {
  case Operator::Add:
    return Object(a + b);
  case Operator::Sub:
    return Object(a - b);
  case Operator::Mul:
    return Object(a * b);
  case Operator::Div: {
    if (b == Dim(0))
      return std::nullopt;
    Dim quotient = a.floordiv(b);
    if (quotient * b == a)
      return Object(quotient); // exact, also for symbols: N*4/4
    if (x && y)
      return Object(static_cast<double>(*x) / static_cast<double>(*y));
    return std::nullopt;
  }
  case Operator::Mod: {
    if (b == Dim(0))
      return std::nullopt;
    Dim remainder = a - a.floordiv(b) * b;
    return Object(remainder);
  }
  case Operator::Eq:
  case Operator::Ne:
    // Symbols that differ in name may be equal when the program runs.
    if (a != b && !(a - b).isConstant())
      return std::nullopt;
    return Object((a == b) == (op == Operator::Eq));
  case Operator::Lt:
  case Operator::Le:
  case Operator::Gt:
  case Operator::Ge: {
    auto difference = (a - b).constant();
    if (!difference)
      return std::nullopt;
    int64_t d = *difference;
    return Object(op == Operator::Lt ? d < 0 : op == Operator::Le ? d <= 0 : op == Operator::Gt ? d > 0 : d >= 0);
  }
  case Operator::Pow: {
    if (!y || *y < 0 || *y > 62)
      return std::nullopt;
    Dim result(1);
    for (int64_t i = 0; i < *y; ++i)
      result = result * a;
    return Object(result);
  }
  default:
    return std::nullopt;
  }
}

static std::optional<Object> compareNumbers(Operator op, double a, double b) {
  switch (op) {
  case Operator::Eq:
    return Object(a == b);
  case Operator::Ne:
    return Object(a != b);
  case Operator::Lt:
    return Object(a < b);
  case Operator::Le:
    return Object(a <= b);
  case Operator::Gt:
    return Object(a > b);
  case Operator::Ge:
    return Object(a >= b);
  default:
    return std::nullopt;
  }
}

static const char *opName(Operator op) {
  switch (op) {
  case Operator::Add:
    return "add";
  case Operator::Sub:
    return "sub";
  case Operator::Mul:
    return "mul";
  case Operator::Div:
    return "div";
  case Operator::Mod:
    return "rem";
  case Operator::Pow:
    return "pow";
  case Operator::And:
    return "and";
  case Operator::Or:
    return "or";
  default:
    return nullptr;
  }
}

static std::optional<bm::ComparePredicate> predicate(Operator op) {
  switch (op) {
  case Operator::Eq:
    return bm::ComparePredicate::eq;
  case Operator::Ne:
    return bm::ComparePredicate::ne;
  case Operator::Lt:
    return bm::ComparePredicate::lt;
  case Operator::Le:
    return bm::ComparePredicate::le;
  case Operator::Gt:
    return bm::ComparePredicate::gt;
  case Operator::Ge:
    return bm::ComparePredicate::ge;
  default:
    return std::nullopt;
  }
}

Object Evaluator::unary(Operator op, const Object &operand, Range range) {
  if (op == Operator::Not)
    return isTensor(operand) ? elementwise("not", {operand}, range) : Object(!condition(operand, range));
  if (auto dim = operand.get<Dim>())
    return Object(Dim(0) - *dim);
  if (auto number = operand.get<double>())
    return Object(-*number);
  if (!isTensor(operand))
    fail(range, fmt::format("'-' cannot be applied to {}", describe(operand)));
  bool isInteger = llvm::isa<mlir::IntegerType>(typeOf(tensor(operand, range)).getElementType());
  return isInteger ? elementwise("sub", {Object(Dim(0)), operand}, range) : elementwise("neg", {operand}, range);
}

Object Evaluator::binary(Operator op, const Object &left, const Object &right, Range range) {
  bool isLogic = op == Operator::And || op == Operator::Or;
  if (isLogic && !isTensor(left) && !isTensor(right)) {
    bool a = condition(left, range), b = condition(right, range);
    return Object(op == Operator::And ? a && b : a || b);
  }
  if (op == Operator::Eq || op == Operator::Ne) {
    if (left.is<Absent>() || right.is<Absent>())
      return Object((left.is<Absent>() && right.is<Absent>()) == (op == Operator::Eq));
    if (left.is<std::string>() && right.is<std::string>())
      return Object((*left.get<std::string>() == *right.get<std::string>()) == (op == Operator::Eq));
    if (left.is<bool>() && right.is<bool>())
      return Object((*left.get<bool>() == *right.get<bool>()) == (op == Operator::Eq));
    // A number that `--set` can change may be anything, so the general case is compiled.
    for (const Object *side : {&left, &right})
      if (auto tensor = side->get<Tensor>(); tensor && tensor->isHyper && isNumber(side == &left ? right : left))
        return Object(op == Operator::Ne);
  }
  bool bothNumbers = isNumber(left) && isNumber(right);
  if (!bothNumbers && !(isTensor(left) || isTensor(right)))
    fail(range, fmt::format("'{}' cannot be applied to {} and {}", spelling(op), describe(left), describe(right)));
  for (const Object *side : {&left, &right})
    if (!isNumber(*side) && !isTensor(*side) && !side->is<bool>())
      fail(range, fmt::format("'{}' cannot be applied to {} and {}", spelling(op), describe(left), describe(right)));
  if (op == Operator::MatMul) {
    if (bothNumbers || !isTensor(left) || !isTensor(right))
      fail(range, "'@' needs two tensors");
    return Object(matmul(tensor(left, range), tensor(right, range), range));
  }
  if (left.is<Dim>() && right.is<Dim>()) {
    if (auto result = dimArithmetic(op, *left.get<Dim>(), *right.get<Dim>()))
      return *result;
    if (real(right) == 0.0 && (op == Operator::Div || op == Operator::Mod))
      fail(range, "division by zero");
    if (predicate(op) && trial)
      throw Stop();
    if (predicate(op))
      fail(range, fmt::format("whether {} {} {} is not known at compile time", left.get<Dim>()->text(), spelling(op),
                              right.get<Dim>()->text()));
  }
  auto a = real(left), b = real(right);
  if (a && b)
    if (auto truth = compareNumbers(op, *a, *b))
      return *truth;
  if (op == Operator::Pow && isTensor(left) && b == 2.0)
    return elementwise("mul", {left, left}, range);
  if (auto name = opName(op))
    return elementwise(name, {left, right}, range);
  // Comparisons have a result of another type.
  std::vector<mlir::Value> values = withCommonElement({left, right}, range);
  toCommonShape(values, range);
  return Object(mlir::Value(bm::CompareOp::create(builder, location(range), *predicate(op), values[0], values[1])));
}

// Matrix product ----------------------------------------------------------------------------------------------------

/// Like NumPy's: a vector on the left is a row, on the right a column; leading axes broadcast. A matrix on the right of
/// many rows is one product of all of them.
mlir::Value Evaluator::matmul(mlir::Value left, mlir::Value right, Range range) {
  auto leftType = typeOf(left), rightType = typeOf(right);
  bm::Shape a = bm::shapeOf(leftType), b = bm::shapeOf(rightType);
  auto sizesDiffer = [&](const Dim &inner, const Dim &other) {
    fail(range, fmt::format("the inner sizes of '@' differ: {} has {}, {} has {}", bm::describe(leftType), inner.text(),
                            bm::describe(rightType), other.text()));
  };
  if (a.empty() || b.empty())
    fail(range, fmt::format("'@' needs at least one dimension on both sides, found {} and {}", bm::describe(leftType),
                            bm::describe(rightType)));
  if (leftType.getElementType() != rightType.getElementType() || !llvm::isa<mlir::FloatType>(leftType.getElementType()))
    fail(range, fmt::format("'@' needs two tensors of the same float type, found {} and {}", bm::describe(leftType),
                            bm::describe(rightType)));
  bool vectorLeft = a.size() == 1, vectorRight = b.size() == 1;
  if (vectorLeft)
    a.insert(a.begin(), Dim(1));
  if (vectorRight)
    b.push_back(Dim(1));
  Dim inner = a.back(), otherInner = b[b.size() - 2];
  if (inner != otherInner)
    sizesDiffer(inner, otherInner);
  left = reshape(left, a, range);
  right = reshape(right, b, range);
  std::vector<Dim> result(a.begin(), a.end() - 1);
  if (b.size() == 2) {
    Dim rows = bm::elementCount(result);
    mlir::Value product =
        bm::MatmulOp::create(builder, location(range), reshape(left, {rows, inner}, range), right, false, false);
    result.push_back(b.back());
    left = reshape(product, result, range);
  } else {
    std::vector<Dim> batch;
    for (size_t i = 0; i < std::max(a.size(), b.size()) - 2; ++i) {
      size_t batchRank = std::max(a.size(), b.size()) - 2;
      auto extent = [&](const bm::Shape &s) {
        size_t skip = batchRank - (s.size() - 2);
        return i < skip ? Dim(1) : s[i - skip];
      };
      batch.push_back(extent(a) == Dim(1) ? extent(b) : extent(a));
    }
    auto full = [&](const bm::Shape &s) {
      std::vector<Dim> shape = batch;
      shape.insert(shape.end(), s.end() - 2, s.end());
      return shape;
    };
    mlir::Value l = broadcast(left, full(a), range), r = broadcast(right, full(b), range);
    left = bm::MatmulOp::create(builder, location(range), l, r, false, false);
    result = batch;
    result.push_back(a[a.size() - 2]);
    result.push_back(b.back());
  }
  if (vectorRight)
    result.pop_back();
  if (vectorLeft)
    result.erase(result.end() - (vectorRight ? 1 : 2));
  return reshape(left, result, range);
}

} // namespace bmc::frontend
