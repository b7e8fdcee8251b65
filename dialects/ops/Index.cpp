// Ops on positions: shape rules, gradient rules, reference evaluation.
#include "dialects/Ops.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Index.cpp.inc"

// The shape with `axis` replaced by the axes of the indices.
static Shape replaceAxis(ArrayRef<SymbolicDim> shape, int64_t axis, ArrayRef<SymbolicDim> indices) {
  Shape result(shape.begin(), shape.begin() + axis);
  result.append(indices.begin(), indices.end());
  result.append(shape.begin() + axis + 1, shape.end());
  return result;
}

// iota ----------------------------------------------------------------------------------------------------------------

LogicalResult IotaOp::verify() {
  int64_t axis = getAxis();
  if (axis < 0 || axis >= getType().getRank()) // C1
    return emitOpError() << "axis " << axis << " is outside " << describe(getType());
  return success();
}

template <class T> ReferenceResults<T> IotaOp::evaluateAs(ArrayRef<ReferenceTensor<T>>, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  int64_t inner = 1, extent = result.shape[getAxis()];
  for (size_t axis = getAxis() + 1; axis < result.shape.size(); ++axis)
    inner *= result.shape[axis];
  withElementType(result, [&]<class E>(E) {
    std::vector<E> &elements = result.template elements<E>();
    for (size_t i = 0; i < elements.size(); ++i)
      elements[i] = E(int64_t(i) / inner % extent);
  });
  return {result};
}

// one_hot -------------------------------------------------------------------------------------------------------------

LogicalResult OneHotOp::verify() {
  Shape indices = shapeOf(getIndices().getType()), result = shapeOf(getType());
  if (result.size() != indices.size() + 1 || ArrayRef(result).drop_back() != ArrayRef(indices)) // C1
    return emitOpError() << "result " << describe(getType()) << " is not the indices' "
                         << describe(getIndices().getType()) << " with one more axis";
  return success();
}

template <class T>
ReferenceResults<T> OneHotOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  const std::vector<int64_t> &indices = operands[0].integers;
  int64_t classes = result.shape.back();
  withElementType(result, [&]<class E>(E) {
    for (size_t i = 0; i < indices.size(); ++i)
      if (indices[i] >= 0 && indices[i] < classes)
        result.template elements<E>()[i * classes + indices[i]] = E(1);
  });
  return {result};
}

// gather and scatter_add ----------------------------------------------------------------------------------------------

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<Type> &result) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= type.getRank()) // C1
    return emitOptionalError(loc, "gather axis ", axis, " is outside ", describe(type));
  Shape shape = replaceAxis(shapeOf(type), axis, shapeOf(op.getIndices().getType()));
  result.push_back(tensorType(shape, type.getElementType()));
  return success();
}

SmallVector<Value> GatherOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  Value dx = ScatterAddOp::create(builder, getLoc(), getX().getType(), cotangents[0], getIndices(), getAxis());
  return {dx, Value()};
}

LogicalResult ScatterAddOp::verify() {
  int64_t axis = getAxis();
  if (axis < 0 || axis >= getType().getRank()) // C1
    return emitOpError() << "axis " << axis << " is outside " << describe(getType());
  RankedTensorType updates = getUpdates().getType();
  RankedTensorType expected = tensorType(
      replaceAxis(shapeOf(getType()), axis, shapeOf(getIndices().getType())), getType().getElementType());
  if (updates != expected) // C1
    return emitOpError() << "needs updates " << describe(expected) << " for indices "
                         << describe(getIndices().getType()) << " and result " << describe(getType()) << ", got "
                         << describe(updates);
  return success();
}

SmallVector<Value> ScatterAddOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  Value updates = GatherOp::create(builder, getLoc(), cotangents[0], getIndices(), getAxis());
  return {updates, Value()};
}

// Calls visit(element of the whole tensor, element of its slices at the indices) for each element of the slices, in
// order. Indices are clamped; a tensor with no slices has no elements to visit.
template <class T, class Visit>
static void visitSlices(ArrayRef<int64_t> whole, int64_t axis, const ReferenceTensor<T> &indices, Visit visit) {
  int64_t outer = 1, inner = 1, extent = whole[axis];
  for (int64_t extentBefore : whole.take_front(axis))
    outer *= extentBefore;
  for (int64_t extentBehind : whole.drop_front(axis + 1))
    inner *= extentBehind;
  int64_t slice = 0;
  for (int64_t i = 0; i < outer && extent > 0; ++i)
    for (int64_t index : indices.integers) {
      int64_t clamped = std::clamp<int64_t>(index, 0, extent - 1);
      for (int64_t j = 0; j < inner; ++j)
        visit((i * extent + clamped) * inner + j, slice++);
    }
}

template <class T>
ReferenceResults<T> GatherOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  withElementType(result, [&]<class E>(E) {
    visitSlices(operands[0].shape, getAxis(), operands[1], [&](int64_t from, int64_t to) {
      result.template elements<E>()[to] = operands[0].template elements<E>()[from];
    });
  });
  return {result};
}

template <class T>
ReferenceResults<T> ScatterAddOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  withElementType(result, [&]<class E>(E) {
    visitSlices(result.shape, getAxis(), operands[1], [&](int64_t to, int64_t from) {
      result.template elements<E>()[to] += operands[0].template elements<E>()[from];
    });
  });
  for (int64_t &integer : result.integers)
    integer = wrapInteger(integer, getType().getElementType());
  return {result};
}
