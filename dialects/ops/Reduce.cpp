// Reductions: shape rules, gradient rules, reference evaluation.
#include "dialects/Ops.h"
#include "dialects/TensorExpr.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Reduce.cpp.inc"

// The axes of a tensor of this rank that are not reduced.
static SmallVector<int64_t> keptAxes(int64_t rank, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> kept;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(axes, axis))
      kept.push_back(axis);
  return kept;
}

static LogicalResult inferReduced(StringRef name, std::optional<Location> loc, RankedTensorType type,
                                  ArrayRef<int64_t> axes, SmallVectorImpl<Type> &result) {
  for (size_t i = 0; i < axes.size(); ++i) // C1
    if (axes[i] < 0 || axes[i] >= type.getRank() || (i > 0 && axes[i] <= axes[i - 1]))
      return emitOptionalError(loc, name, " axes must be strictly increasing and within ", describe(type), ", got [",
                               axes, "]");
  Shape shape = shapeOf(type), reduced;
  for (int64_t axis : keptAxes(type.getRank(), axes))
    reduced.push_back(shape[axis]);
  result.push_back(tensorType(reduced, type.getElementType()));
  return success();
}

// The result's value repeated over the reduced axes.
static Value spread(OpBuilder &builder, Location loc, Value reduced, RankedTensorType type, ArrayRef<int64_t> axes) {
  return BroadcastOp::create(builder, loc, type, reduced, keptAxes(type.getRank(), axes));
}

// For each element, in order: combine(result element, operand element).
template <class E, class T, class Combine>
static void reduceInto(ReferenceTensor<T> &result, const ReferenceTensor<T> &operand, ArrayRef<int64_t> axes,
                       Combine combine) {
  if (operand.size() == 0)
    return;
  SmallVector<int64_t> kept = keptAxes(operand.shape.size(), axes);
  SmallVector<int64_t> index(operand.shape.size(), 0), resultIndex(kept.size());
  int64_t position = 0;
  do {
    for (auto [i, axis] : llvm::enumerate(kept))
      resultIndex[i] = index[axis];
    E &target = result.template elements<E>()[linearIndex(resultIndex, result.shape)];
    target = combine(target, operand.template elements<E>()[position++]);
  } while (nextIndex(index, operand.shape));
}

// reduce_sum ----------------------------------------------------------------------------------------------------------

LogicalResult ReduceSumOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<Type> &result) {
  return inferReduced("reduce_sum", loc, cast<RankedTensorType>(op.getX().getType()), op.getAxes(), result);
}

OpFoldResult ReduceSumOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

SmallVector<Value> ReduceSumOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  return {spread(builder, getLoc(), cotangents[0], getX().getType(), getAxes())};
}

template <class T>
ReferenceResults<T> ReduceSumOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  withElementType(result, [&]<class E>(E) {
    reduceInto<E>(result, operands[0], getAxes(), [](E sum, E x) { return sum + x; });
  });
  for (int64_t &integer : result.integers)
    integer = wrapInteger(integer, getType().getElementType());
  return {result};
}

// reduce_max ----------------------------------------------------------------------------------------------------------

LogicalResult ReduceMaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<Type> &result) {
  return inferReduced("reduce_max", loc, cast<RankedTensorType>(op.getX().getType()), op.getAxes(), result);
}

OpFoldResult ReduceMaxOp::fold(FoldAdaptor) { return getAxes().empty() ? getX() : OpFoldResult(); }

// Each element that equals the maximum gets its share of the cotangent.
SmallVector<Value> ReduceMaxOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  RankedTensorType type = getX().getType();
  auto over = [&](Value reduced) { return spread(builder, getLoc(), reduced, type, getAxes()); };
  TensorExpr x(builder, getLoc(), getX());
  Value isMaximum = x == x.with(over(getY()));
  TensorExpr one = x.with(CastOp::create(builder, getLoc(), type, isMaximum));
  Value count = ReduceSumOp::create(builder, getLoc(), one, getAxes());
  TensorExpr share = x.with(cotangents[0]) / x.with(count);
  Value dx = one * x.with(over(share));
  return {dx};
}

template <class T>
ReferenceResults<T> ReduceMaxOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  Type elementType = getType().getElementType();
  if (result.isReal)
    std::fill(result.reals.begin(), result.reals.end(), -T(std::numeric_limits<double>::infinity()));
  else
    std::fill(result.integers.begin(), result.integers.end(), llvm::minIntN(elementType.getIntOrFloatBitWidth()));
  withElementType(result, [&]<class E>(E) {
    reduceInto<E>(result, operands[0], getAxes(), [](E highest, E x) { return scalar::maximum(highest, x); });
  });
  return {result};
}

// argmax --------------------------------------------------------------------------------------------------------------

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<Type> &result) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= type.getRank()) // C1
    return emitOptionalError(loc, "argmax axis ", axis, " is outside ", describe(type));
  Shape shape = shapeOf(type);
  shape.erase(shape.begin() + axis);
  result.push_back(tensorType(shape, IntegerType::get(context, 32)));
  return success();
}

template <class T>
ReferenceResults<T> ArgmaxOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  const ReferenceTensor<T> &x = operands[0];
  int64_t axis = getAxis(), extent = x.shape[axis], inner = 1;
  for (size_t i = axis + 1; i < x.shape.size(); ++i)
    inner *= x.shape[i];
  withElementType(x, [&]<class E>(E) {
    const std::vector<E> &elements = x.template elements<E>();
    for (int64_t position = 0; position < result.size(); ++position) {
      const E *first = elements.data() + position / inner * extent * inner + position % inner;
      int64_t best = 0;
      for (int64_t i = 1; i < extent; ++i) {
        E highest = first[best * inner], candidate = first[i * inner];
        if (highest == highest && !(candidate <= highest))
          best = i;
      }
      result.integers[position] = best;
    }
  });
  return {result};
}
