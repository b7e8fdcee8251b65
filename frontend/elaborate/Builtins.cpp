// The primitives that are no elementwise ops: one table, each with its parameters.
#include "Evaluator.h"

#include "Bodies.h"
#include "Einsum.h"
#include "dialects/Ops.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {
namespace {

using mlir::RankedTensorType;
using mlir::Value;
using Arguments = std::vector<const Bound *>;

RankedTensorType typeOf(Value value) { return llvm::cast<RankedTensorType>(value.getType()); }

Value tensorOf(Evaluator &e, const Bound *argument) { return e.tensor(argument->object, argument->range); }

/// An axis, counted from the end if negative.
int64_t axisOf(Evaluator &e, const Object &object, Range range, int64_t rank) {
  int64_t axis = e.integer(object, range, "an axis");
  if (axis < -rank || axis >= rank)
    e.fail(range, fmt::format("axis {} does not exist: the tensor has {} dimensions", axis, rank));
  return axis < 0 ? axis + rank : axis;
}

/// `axes = 1`, `axes = [0, 2]`, `axes = 1..`; all axes if absent. Sorted.
std::vector<int64_t> axesOf(Evaluator &e, const Bound *argument, int64_t rank) {
  std::vector<int64_t> axes;
  if (!argument) {
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back(i);
    return axes;
  }
  if (auto range = argument->object.get<RangeObject>()) {
    int64_t low = e.integer(Object(range->low), argument->range, "an axis");
    int64_t high = range->high ? e.integer(Object(*range->high), argument->range, "an axis") : rank;
    for (int64_t i = std::max<int64_t>(low, 0); i < std::min(high, rank); ++i)
      axes.push_back(i);
  } else if (auto list = argument->object.get<ListObject>()) {
    for (const Object &element : *list->elements)
      axes.push_back(axisOf(e, element, argument->range, rank));
  } else {
    axes.push_back(axisOf(e, argument->object, argument->range, rank));
  }
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end())
    e.fail(argument->range, "an axis is named twice");
  return axes;
}

bool flag(Evaluator &e, const Bound *argument) { return argument && e.condition(argument->object, argument->range); }

enum class Reduction { Sum, Max };

Value reduce(Evaluator &e, Reduction kind, Value x, const std::vector<int64_t> &axes, bool keep, Range range) {
  bm::Shape shape = bm::shapeOf(x.getType());
  Value result = axes.empty()             ? x
                 : kind == Reduction::Sum ? Value(bm::ReduceSumOp::create(e.builder, e.location(range), x, axes))
                                          : Value(bm::ReduceMaxOp::create(e.builder, e.location(range), x, axes));
  if (!keep)
    return result;
  for (int64_t axis : axes)
    shape[axis] = Dim(1);
  return e.reshape(result, shape, range);
}

Object sum(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  return Object(reduce(e, Reduction::Sum, x, axesOf(e, a[1], typeOf(x).getRank()), flag(e, a[2]), call.range));
}

Object mean(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  if (!llvm::isa<mlir::FloatType>(typeOf(x).getElementType()))
    e.fail(a[0]->range,
           fmt::format("the mean needs floats, found {}; cast(x, f32) converts", bm::describe(x.getType())));
  auto axes = axesOf(e, a[1], typeOf(x).getRank());
  Dim count(1);
  bm::Shape shape = bm::shapeOf(x.getType());
  for (int64_t axis : axes)
    count = count * shape[axis];
  Value total = reduce(e, Reduction::Sum, x, axes, flag(e, a[2]), call.range);
  return e.binary(Operator::Div, Object(total), Object(count), call.range);
}

/// The greater of two, or the greatest along axes.
Object extremum(Evaluator &e, Call &call, Arguments &a, const char *op) {
  bool ofTwo = a[1] != nullptr;
  if (ofTwo)
    return e.elementwise(op, {a[0]->object, a[1]->object}, call.range);
  Value x = tensorOf(e, a[0]);
  auto axes = axesOf(e, a[2], typeOf(x).getRank());
  if (std::string_view(op) == "max")
    return Object(reduce(e, Reduction::Max, x, axes, flag(e, a[3]), call.range));
  // Of integers -1 - x is exact; -x of the least one is not.
  bool isInteger = llvm::isa<mlir::IntegerType>(typeOf(x).getElementType());
  auto opposite = [&](Value value) {
    return isInteger ? e.elementwise("sub", {Object(Dim(-1)), Object(value)}, call.range)
                     : e.elementwise("neg", {Object(value)}, call.range);
  };
  Value greatest = reduce(e, Reduction::Max, e.tensor(opposite(x), call.range), axes, flag(e, a[3]), call.range);
  return opposite(greatest);
}
Object max(Evaluator &e, Call &call, Arguments &a) { return extremum(e, call, a, "max"); }
Object min(Evaluator &e, Call &call, Arguments &a) { return extremum(e, call, a, "min"); }

Object argmax(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  int64_t axis = axisOf(e, a[1] ? a[1]->object : Object(Dim(-1)), call.range, typeOf(x).getRank());
  return Object(Value(bm::ArgmaxOp::create(e.builder, e.location(call.range), x, axis)));
}

Object transpose(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  int64_t rank = typeOf(x).getRank();
  std::vector<int64_t> permutation;
  for (int64_t i = 0; i < rank; ++i)
    permutation.push_back(i);
  if (!a[1]) {
    if (rank < 2)
      e.fail(a[0]->range, fmt::format("transpose needs at least two dimensions, found {}", bm::describe(x.getType())));
    std::swap(permutation[rank - 1], permutation[rank - 2]);
  } else {
    auto list = a[1]->object.get<ListObject>();
    std::vector<int64_t> given;
    if (list)
      for (const Object &element : *list->elements)
        given.push_back(axisOf(e, element, a[1]->range, rank));
    std::vector<int64_t> sorted = given;
    std::sort(sorted.begin(), sorted.end());
    if (sorted != permutation)
      e.fail(a[1]->range, fmt::format("the axes must be a list of each of the {} axes once", rank));
    permutation = given;
  }
  return Object(Value(bm::TransposeOp::create(e.builder, e.location(call.range), x, permutation)));
}

Object reshape(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  Dim known(1);
  std::vector<Dim> shape;
  std::optional<size_t> free;
  auto list = a[1]->object.get<ListObject>();
  if (!list)
    e.fail(a[1]->range, fmt::format("expected a list of dimensions, found {}", e.describe(a[1]->object)));
  e.checkRank(list->elements->size(), a[1]->range);
  for (const Object &element : *list->elements) {
    Dim dim = e.dimension(element, a[1]->range, "a dimension of a shape");
    if (dim == Dim(-1) && !free)
      free = shape.size();
    else if (dim.constant() && *dim.constant() < 0)
      e.fail(a[1]->range,
             fmt::format("a dimension cannot be negative, found {}; one -1 takes what is left", dim.text()));
    else
      known = known * dim;
    shape.push_back(dim);
  }
  if (free)
    shape[*free] = bm::elementCount(bm::shapeOf(x.getType())).floordiv(known);
  return Object(e.reshape(x, shape, call.range));
}

/// A new axis of extent 1.
Object expand(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  bm::Shape shape = bm::shapeOf(x.getType());
  shape.insert(shape.begin() + axisOf(e, a[1]->object, a[1]->range, shape.size() + 1), Dim(1));
  return Object(e.reshape(x, shape, call.range));
}

std::vector<Value> tensorsOf(Evaluator &e, const Bound *argument) {
  std::vector<Value> values;
  if (auto list = argument->object.get<ListObject>())
    for (const Object &element : *list->elements)
      values.push_back(e.tensor(element, argument->range));
  if (values.empty())
    e.fail(argument->range, fmt::format("expected a list of tensors, found {}", e.describe(argument->object)));
  return values;
}

Value join(Evaluator &e, const std::vector<Value> &values, int64_t axis, Range range) {
  bm::Shape first = bm::shapeOf(values[0].getType());
  for (Value value : values) {
    bm::Shape shape = bm::shapeOf(value.getType());
    bool same = shape.size() == first.size() && typeOf(value).getElementType() == typeOf(values[0]).getElementType();
    for (size_t i = 0; same && i < shape.size(); ++i)
      same = static_cast<int64_t>(i) == axis || shape[i] == first[i];
    if (!same)
      e.fail(range, fmt::format("{} and {} cannot be joined along axis {}: all other dimensions must be equal",
                                bm::describe(values[0].getType()), bm::describe(value.getType()), axis));
  }
  return bm::ConcatenateOp::create(e.builder, e.location(range), values, axis);
}

Object concatenate(Evaluator &e, Call &call, Arguments &a) {
  auto values = tensorsOf(e, a[0]);
  int64_t axis = axisOf(e, a[1] ? a[1]->object : Object(Dim(0)), call.range, typeOf(values[0]).getRank());
  return Object(join(e, values, axis, call.range));
}

/// Of a list of tensors, or of the steps that a scan yielded, which are stacked along axis 0.
Object stack(Evaluator &e, Call &call, Arguments &a) {
  if (a[0]->object.is<Tensor>() || a[0]->object.is<VariableRef>()) {
    Value x = tensorOf(e, a[0]);
    int64_t rank = typeOf(x).getRank();
    int64_t axis = axisOf(e, a[1] ? a[1]->object : Object(Dim(0)), call.range, rank);
    std::vector<int64_t> permutation;
    for (int64_t i = 1; i < rank; ++i)
      permutation.push_back(i);
    permutation.insert(permutation.begin() + axis, 0);
    return axis == 0 ? Object(x)
                     : Object(Value(bm::TransposeOp::create(e.builder, e.location(call.range), x, permutation)));
  }
  auto values = tensorsOf(e, a[0]);
  int64_t axis = axisOf(e, a[1] ? a[1]->object : Object(Dim(0)), call.range, typeOf(values[0]).getRank() + 1);
  for (Value &value : values) {
    bm::Shape shape = bm::shapeOf(value.getType());
    shape.insert(shape.begin() + std::min<size_t>(axis, shape.size()), Dim(1));
    value = e.reshape(value, shape, call.range);
  }
  return Object(join(e, values, axis, call.range));
}

Object split(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  int64_t parts = e.integer(a[1]->object, a[1]->range, "the number of parts");
  int64_t axis = axisOf(e, a[2] ? a[2]->object : Object(Dim(-1)), call.range, typeOf(x).getRank());
  auto extent = bm::shapeOf(x.getType())[axis].constant();
  if (!extent || parts < 1 || *extent % parts != 0)
    e.fail(call.range,
           fmt::format("cannot split dimension {} of {} into {} equal parts", axis, bm::describe(x.getType()), parts));
  auto elements = std::make_shared<std::vector<Object>>();
  for (int64_t i = 0; i < parts; ++i)
    elements->push_back(Object(e.slice(x, axis, Dim(i * (*extent / parts)), Dim(*extent / parts), call.range)));
  return Object(ListObject{elements, true});
}

std::vector<int64_t> integers(Evaluator &e, const Bound *argument, int64_t count, const char *what) {
  std::vector<int64_t> result;
  if (auto list = argument->object.get<ListObject>())
    for (const Object &element : *list->elements)
      result.push_back(e.integer(element, argument->range, what));
  if (static_cast<int64_t>(result.size()) != count)
    e.fail(argument->range, fmt::format("expected a list of {} numbers", count));
  if (std::any_of(result.begin(), result.end(), [](int64_t i) { return i < 0; }))
    e.fail(argument->range, fmt::format("{} cannot be negative", what));
  return result;
}

Object pad(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]);
  bm::Shape shape = bm::shapeOf(x.getType());
  auto low = integers(e, a[1], shape.size(), "the padding"), high = integers(e, a[2], shape.size(), "the padding");
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] = shape[i] + Dim(low[i]) + Dim(high[i]);
  mlir::Type element = typeOf(x).getElementType();
  Value value = a[3] ? e.tensor(a[3]->object, element, a[3]->range) : e.constant(0, element, call.range);
  std::vector<int64_t> strides(shape.size(), 1);
  return Object(Value(
      bm::PadOp::create(e.builder, e.location(call.range), bm::tensorType(shape, element), x, value, low, strides)));
}

Value indicesOf(Evaluator &e, const Bound *argument) {
  Value indices = tensorOf(e, argument);
  if (!typeOf(indices).getElementType().isInteger(32) && !typeOf(indices).getElementType().isInteger(64))
    e.fail(argument->range, fmt::format("an index must be of integers, found {}", bm::describe(indices.getType())));
  return indices;
}

Object take(Evaluator &e, Call &call, Arguments &a) {
  Value x = tensorOf(e, a[0]), indices = indicesOf(e, a[1]);
  int64_t axis = axisOf(e, a[2] ? a[2]->object : Object(Dim(0)), call.range, typeOf(x).getRank());
  return Object(Value(bm::GatherOp::create(e.builder, e.location(call.range), x, indices, axis)));
}

Object scatterAdd(Evaluator &e, Call &call, Arguments &a) {
  Value updates = tensorOf(e, a[0]), indices = indicesOf(e, a[1]);
  bm::Shape shape = bm::shapeOf(updates.getType()), indexShape = bm::shapeOf(indices.getType());
  if (shape.size() < indexShape.size() || !std::equal(indexShape.begin(), indexShape.end(), shape.begin()))
    e.fail(call.range, fmt::format("the updates need the dimensions of the indices first, {}, found {}",
                                   bm::describe(indices.getType()), bm::describe(updates.getType())));
  shape.erase(shape.begin(), shape.begin() + indexShape.size());
  shape.insert(shape.begin(), e.dimension(a[2]->object, a[2]->range, "the size"));
  auto type = bm::tensorType(shape, typeOf(updates).getElementType());
  return Object(Value(bm::ScatterAddOp::create(e.builder, e.location(call.range), type, updates, indices, 0)));
}

mlir::Type elementOf(Evaluator &e, const Bound *argument, mlir::Type otherwise) {
  if (!argument)
    return otherwise;
  auto type = argument->object.get<mlir::Type>();
  if (!type)
    e.fail(argument->range,
           fmt::format("expected an element type such as f32, found {}", e.describe(argument->object)));
  return *type;
}

mlir::Type numberTypeOf(Evaluator &e, const Bound *argument, mlir::Type otherwise) {
  mlir::Type type = elementOf(e, argument, otherwise);
  if (type.isInteger(1))
    e.fail(argument->range, "expected an element type of numbers such as f32, found bool");
  return type;
}

Object oneHot(Evaluator &e, Call &call, Arguments &a) {
  Value indices = indicesOf(e, a[0]);
  bm::Shape shape = bm::shapeOf(indices.getType());
  shape.push_back(e.dimension(a[1]->object, a[1]->range, "the number of classes"));
  auto type = bm::tensorType(shape, numberTypeOf(e, a[2], e.builder.getF32Type()));
  return Object(Value(bm::OneHotOp::create(e.builder, e.location(call.range), type, indices)));
}

Object iota(Evaluator &e, Call &call, Arguments &a) {
  auto shape = e.shapeArgument(a[0]->object, a[0]->range);
  int64_t axis = axisOf(e, a[1] ? a[1]->object : Object(Dim(-1)), call.range, shape.size());
  auto type = bm::tensorType(shape, numberTypeOf(e, a[2], e.builder.getI32Type()));
  return Object(Value(bm::IotaOp::create(e.builder, e.location(call.range), type, axis)));
}

/// The shape that was given, or that of the parameter whose initial value is computed.
std::vector<Dim> shapeOrInitialised(Evaluator &e, Call &call, const Bound *argument, const char *needed) {
  if (argument)
    return e.shapeArgument(argument->object, argument->range);
  if (!e.initialised)
    e.fail(call.range, needed);
  bm::Shape shape = bm::shapeOf(e.initialised);
  return {shape.begin(), shape.end()};
}

Object uniform(Evaluator &e, Call &call, Arguments &a) {
  auto shape = shapeOrInitialised(e, call, a[2], "uniform needs a shape here: uniform(low, high, [N, 3])");
  mlir::Type element = e.initialised ? e.initialised.getElementType() : e.builder.getF32Type();
  Object bits = Object(Value(bm::RandomUniformOp::create(e.builder, e.location(call.range),
                                                         bm::tensorType(shape, element), e.randomKey(call.range))));
  Object low = a[0] ? a[0]->object : Object(Dim(0)), high = a[1] ? a[1]->object : Object(Dim(1));
  Object scaled = e.binary(Operator::Mul, bits, e.binary(Operator::Sub, high, low, call.range), call.range);
  return e.binary(Operator::Add, scaled, low, call.range);
}

Object cast(Evaluator &e, Call &call, Arguments &a) {
  return Object(e.cast(tensorOf(e, a[0]), elementOf(e, a[1], {}), call.range));
}

Object select(Evaluator &e, Call &call, Arguments &a) {
  if (auto known = a[0]->object.get<bool>())
    return *known ? a[1]->object : a[2]->object;
  mlir::Type element = e.builder.getF64Type();
  for (const Bound *side : {a[1], a[2]})
    if (side->object.is<Tensor>() || side->object.is<VariableRef>())
      if (auto type = typeOf(tensorOf(e, side)); type.getRank() > 0 || !type.getElementType().isF64())
        element = type.getElementType();
  std::vector<Value> values = {tensorOf(e, a[0]), e.tensor(a[1]->object, element, a[1]->range),
                               e.tensor(a[2]->object, element, a[2]->range)};
  if (!typeOf(values[0]).getElementType().isInteger(1))
    e.fail(a[0]->range,
           fmt::format("the condition of select must be bool, found {}", bm::describe(values[0].getType())));
  if (typeOf(values[1]).getElementType() != typeOf(values[2]).getElementType())
    e.fail(call.range, fmt::format("the element types differ: {} and {}", bm::describe(values[1].getType()),
                                   bm::describe(values[2].getType())));
  e.toCommonShape(values, call.range);
  return Object(Value(
      bm::SelectOp::create(e.builder, e.location(call.range), values[1].getType(), values[0], values[1], values[2])));
}

Object full(Evaluator &e, Call &call, Arguments &a) {
  mlir::Type element = elementOf(e, a[2], e.builder.getF32Type());
  Value value = e.tensor(a[1]->object, element, a[1]->range);
  return Object(e.broadcast(value, e.shapeArgument(a[0]->object, a[0]->range), call.range));
}
Object filled(Evaluator &e, Call &call, Arguments &a, double number) {
  mlir::Type element = elementOf(e, a[1], e.initialised ? e.initialised.getElementType() : e.builder.getF32Type());
  auto shape = shapeOrInitialised(e, call, a[0], "zeros and ones need a shape here: zeros([N, 3])");
  return Object(e.broadcast(e.constant(number, element, call.range), shape, call.range));
}
Object zeros(Evaluator &e, Call &call, Arguments &a) { return filled(e, call, a, 0); }
Object ones(Evaluator &e, Call &call, Arguments &a) { return filled(e, call, a, 1); }

Object broadcast(Evaluator &e, Call &call, Arguments &a) {
  return Object(e.broadcast(tensorOf(e, a[0]), e.shapeArgument(a[1]->object, a[1]->range), call.range));
}

Object grad(Evaluator &e, Call &call, Arguments &a) {
  Value scalar = tensorOf(e, a[0]);
  if (typeOf(scalar).getRank() != 0 || !llvm::isa<mlir::FloatType>(typeOf(scalar).getElementType()))
    e.fail(a[0]->range,
           fmt::format("grad needs a scalar, found {}; sum(x) or mean(x) makes one", bm::describe(scalar.getType())));
  auto list = a[1]->object.get<ListObject>();
  std::vector<Value> values;
  if (list)
    values = tensorsOf(e, a[1]);
  else
    values.push_back(tensorOf(e, a[1]));
  for (Value value : values)
    if (!llvm::isa<mlir::FloatType>(typeOf(value).getElementType()))
      e.fail(a[1]->range, fmt::format("only floats have gradients, found {}", bm::describe(value.getType())));
  mlir::OpBuilder::InsertionGuard guard(e.builder);
  if (reachesBehindBody(e, scalar, values))
    e.fail(a[0]->range,
           "this scalar is computed from values outside of the scan or checkpoint, which a gradient inside "
           "cannot follow; compute them inside, or the gradient outside");
  if (mlir::Block *block = outerBlock(e, scalar, values))
    e.builder.setInsertionPointToEnd(block);
  auto op = bm::GradOp::create(e.builder, e.location(call.range), scalar, values);
  if (!list)
    return Object(Value(op.getGradients()[0]));
  auto elements = std::make_shared<std::vector<Object>>();
  for (Value gradient : op.getGradients())
    elements->push_back(Object(gradient));
  return Object(ListObject{elements, true});
}

Object checkpoint(Evaluator &e, Call &call, Arguments &) {
  e.fail(call.calleeRange, "checkpoint is no function that can be handed on; write checkpoint(f(x))");
}

Object shape(Evaluator &e, Call &call, Arguments &a) {
  auto elements = std::make_shared<std::vector<Object>>();
  for (const Dim &dim : bm::shapeOf(tensorOf(e, a[0]).getType()))
    elements->push_back(Object(dim));
  return Object(ListObject{elements, false});
}

Object rank(Evaluator &e, Call &call, Arguments &a) { return Object(Dim(typeOf(tensorOf(e, a[0])).getRank())); }

Object length(Evaluator &e, Call &call, Arguments &a) {
  auto list = a[0]->object.get<ListObject>();
  if (!list)
    e.fail(a[0]->range, fmt::format("len needs a list, found {}", e.describe(a[0]->object)));
  return Object(Dim(list->elements->size()));
}

Object floordiv(Evaluator &e, Call &call, Arguments &a) {
  Dim divisor = e.dimension(a[1]->object, a[1]->range, "the divisor");
  if (divisor == Dim(0))
    e.fail(a[1]->range, "division by zero");
  return Object(e.dimension(a[0]->object, a[0]->range, "the dividend").floordiv(divisor));
}

const Builtin table[] = {
    {"argmax", "x [axis]",
     "the position of the first maximum along `axis` (-1), as i32; the first NaN's if there is one", argmax},
    {"broadcast", "x shape", "x repeated to `shape`, as operators do it", broadcast},
    {"cast", "x type", "x with another element type; `f32(x)` is the same; floats become integers towards zero", cast},
    {"checkpoint", "expression",
     "the value of the expression, of which the backward pass keeps nothing but computes it again", checkpoint},
    {"concatenate", "tensors [axis]", "the tensors of a list one after the other along `axis` (0)", concatenate},
    {"einsum", "equation ..tensors",
     "products and sums by the names of axes, as PyTorch's: `einsum(\"bij,bjk->bik\", a, b)`", einsum},
    {"expand", "x axis", "x with a new axis of extent 1 at `axis`", expand},
    {"floordiv", "x y", "the quotient of two dimensions, rounded down", floordiv},
    {"full", "shape value [type]", "a tensor of `value`; f32 without a type", full},
    {"grad", "scalar wrt", "the gradient of a scalar with respect to a tensor, or to each of a list", grad},
    {"iota", "shape [axis] [type]", "positions along `axis` (-1): 0, 1, 2, ..; i32 without a type", iota},
    {"len", "list", "the number of elements of a list", length},
    {"max", "x [y] [axes] [keep]", "the greater of x and y, or the maximum of x over `axes`; NaN wins", max},
    {"mean", "x [axes] [keep]", "the mean over `axes`; all without them", mean},
    {"min", "x [y] [axes] [keep]", "the lesser of x and y, or the minimum of x over `axes`; NaN wins", min},
    {"one_hot", "indices classes [type]",
     "1 where the position on a new last axis of `classes` equals the index, else 0", oneHot},
    {"ones", "[shape] [type]", "a tensor of ones; f32 without a type", ones},
    {"pad", "x low high [value]",
     "x between `low` and `high` elements of `value` (0) on each axis; two lists of numbers", pad},
    {"rank", "x", "the number of dimensions", rank},
    {"reshape", "x shape", "the same elements in row-major order in another shape; one -1 takes what is left", reshape},
    {"scatter_add", "updates indices size",
     "zeros of `size` rows, to which each row of the updates is added at its index", scatterAdd},
    {"select", "condition x y", "x where the condition holds, else y", select},
    {"shape", "x", "the list of dimensions", shape},
    {"split", "x parts [axis]", "a tuple of `parts` equal parts along `axis` (-1)", split},
    {"stack", "tensors [axis]", "the tensors of a list, or the steps of a scan, side by side along a new `axis` (0)",
     stack},
    {"sum", "x [axes] [keep]", "the sum over `axes`; all without them", sum},
    {"take", "x indices [axis]",
     "the slices of x along `axis` (0) at the indices; an index outside is moved to the end", take},
    {"transpose", "x [axes]", "the last two axes exchanged, or all axes in the order given", transpose},
    {"uniform", "[low] [high] [shape]", "random numbers from `low` (0) up to, but not, `high` (1)", uniform},
    {"zeros", "[shape] [type]", "a tensor of zeros; f32 without a type", zeros},
};

struct BuiltinParameter {
  std::string name;
  bool optional;
  bool isPack; // takes all further arguments, which the primitive reads from the call
};

std::vector<BuiltinParameter> parametersOf(const Builtin &builtin) {
  std::vector<BuiltinParameter> result;
  std::string_view rest = builtin.parameters;
  while (!rest.empty()) {
    size_t end = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    bool optional = word[0] == '[', isPack = word[0] == '.';
    result.push_back({std::string(optional ? word.substr(1, word.size() - 2) : word), optional || isPack, isPack});
  }
  return result;
}

} // namespace

const Builtin *findBuiltin(const std::string &name) {
  for (const Builtin &builtin : table)
    if (name == builtin.name)
      return &builtin;
  return nullptr;
}

std::vector<std::string> builtinNames() {
  std::vector<std::string> names = {"table"};
  for (const Builtin &builtin : table)
    names.push_back(builtin.name);
  return names;
}

std::vector<const Bound *> matchBuiltin(Evaluator &evaluator, const Builtin &builtin, const Call &call) {
  auto parameters = parametersOf(builtin);
  std::vector<const Bound *> arguments(parameters.size(), nullptr);
  size_t next = 0;
  for (const Bound &argument : call.arguments) {
    size_t target = next;
    if (argument.name.empty() && next == parameters.size() && parameters.back().isPack)
      continue;
    if (argument.name.empty())
      ++next;
    else
      target = std::find_if(parameters.begin(), parameters.end(), [&](auto &p) { return p.name == argument.name; }) -
               parameters.begin();
    if (target >= parameters.size())
      evaluator.fail(argument.range,
                     argument.name.empty()
                         ? fmt::format("'{}' takes {} arguments, found more", builtin.name, parameters.size())
                         : fmt::format("'{}' has no parameter '{}'; its parameters are {}", builtin.name, argument.name,
                                       builtin.parameters));
    if (arguments[target])
      evaluator.fail(argument.range,
                     fmt::format("'{}' gets its parameter '{}' twice", builtin.name, parameters[target].name));
    arguments[target] = &argument;
  }
  for (size_t i = 0; i < parameters.size(); ++i)
    if (!arguments[i] && !parameters[i].optional)
      evaluator.fail(call.range,
                     fmt::format("'{}' needs a value for its parameter '{}'", builtin.name, parameters[i].name));
  return arguments;
}

Object callBuiltin(Evaluator &evaluator, const Builtin &builtin, Call &call) {
  auto arguments = matchBuiltin(evaluator, builtin, call);
  return builtin.evaluate(evaluator, call, arguments);
}

} // namespace bmc::frontend
