// Ops that move elements: checks, simplifications, gradient rules, reference evaluation.
#include "dialects/Ops.h"
#include "dialects/TensorExpr.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Shape.cpp.inc"

// What a constant with equal elements becomes when they are moved: the same under the result's type, if that is static.
static OpFoldResult foldSplat(Attribute operand, RankedTensorType type) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(operand);
  return splat && type.hasStaticShape() ? OpFoldResult(splat.resizeSplat(type)) : OpFoldResult();
}

// Element `index` of the result is the operand's element at `source(index)`, which fills in the operand's multi-index.
template <class T, class Source>
static void copyMapped(ReferenceTensor<T> &result, const ReferenceTensor<T> &operand, Source source) {
  if (result.size() == 0)
    return;
  withElementType(result, [&]<class E>(E) {
    SmallVector<int64_t> index(result.shape.size(), 0), operandIndex(operand.shape.size(), 0);
    int64_t position = 0;
    do {
      source(index, operandIndex);
      result.template elements<E>()[position++] =
          operand.template elements<E>()[linearIndex(operandIndex, operand.shape)];
    } while (nextIndex(index, result.shape));
  });
}

// broadcast -----------------------------------------------------------------------------------------------------------

static LogicalResult verifyElementTypes(Operation *op, RankedTensorType operand, RankedTensorType result) {
  if (operand.getElementType() == result.getElementType())
    return success();
  return op->emitOpError() << "keeps the element type, but " << describe(operand) << " would become "
                           << describe(result);
}

LogicalResult BroadcastOp::verify() {
  RankedTensorType operandType = getX().getType(), resultType = getType();
  Shape operand = shapeOf(operandType), result = shapeOf(resultType);
  ArrayRef<int64_t> dimensions = getDimensions();
  if (dimensions.size() != operand.size()) // C1
    return emitOpError() << "needs one dimension for each axis of " << describe(operandType) << ", got "
                         << dimensions.size();
  for (size_t i = 0; i < dimensions.size(); ++i) {
    int64_t lowest = i == 0 ? 0 : dimensions[i - 1] + 1;
    if (dimensions[i] < lowest || dimensions[i] >= resultType.getRank()) // C1
      return emitOpError() << "dimensions must be strictly increasing and within " << describe(resultType) << ", got ["
                           << dimensions << "]";
    const SymbolicDim &extent = operand[i], &target = result[dimensions[i]];
    if (extent != target && extent != 1) // C2
      return emitOpError() << "cannot repeat axis " << i << " of " << describe(operandType) << " as axis "
                           << dimensions[i] << " of " << describe(resultType) << ": " << extent.text()
                           << " is neither 1 nor " << target.text();
  }
  return verifyElementTypes(*this, operandType, resultType);
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<BroadcastOp>()) { // a broadcast of a broadcast is one
    SmallVector<int64_t> dimensions;
    for (int64_t dimension : inner.getDimensions())
      dimensions.push_back(getDimensions()[dimension]);
    setDimensions(dimensions);
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return foldSplat(adaptor.getX(), getType());
}

// The sum over all axes that were repeated.
SmallVector<Value> BroadcastOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  RankedTensorType operandType = getX().getType();
  Shape operand = shapeOf(operandType), result = shapeOf(getType());
  SmallVector<int64_t> repeated;
  for (int64_t axis = 0; axis < getType().getRank(); ++axis) {
    const int64_t *found = llvm::find(getDimensions(), axis);
    if (found == getDimensions().end() || operand[found - getDimensions().begin()] != result[axis])
      repeated.push_back(axis);
  }
  Value dx = ReduceSumOp::create(builder, getLoc(), cotangents[0], repeated);
  if (dx.getType() != operandType)
    dx = ReshapeOp::create(builder, getLoc(), operandType, dx);
  return {dx};
}

template <class T>
ReferenceResults<T> BroadcastOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  copyMapped(result, operands[0], [&](ArrayRef<int64_t> index, MutableArrayRef<int64_t> operandIndex) {
    for (auto [axis, dimension] : llvm::enumerate(getDimensions()))
      operandIndex[axis] = operands[0].shape[axis] == 1 ? 0 : index[dimension];
  });
  return {result};
}

// reshape -------------------------------------------------------------------------------------------------------------

LogicalResult ReshapeOp::verify() {
  SymbolicDim operand = elementCount(shapeOf(getX().getType())), result = elementCount(shapeOf(getType()));
  if (operand != result) // C1
    return emitOpError() << describe(getX().getType()) << " has " << operand.text() << " elements, "
                         << describe(getType()) << " has " << result.text();
  return verifyElementTypes(*this, getX().getType(), getType());
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(inner.getX());
    return getResult();
  }
  auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX());
  return elements && getType().hasStaticShape() ? OpFoldResult(elements.reshape(getType())) : OpFoldResult();
}

SmallVector<Value> ReshapeOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  Value dx = ReshapeOp::create(builder, getLoc(), getX().getType(), cotangents[0]);
  return {dx};
}

template <class T>
ReferenceResults<T> ReshapeOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  ReferenceTensor<T> result = operands[0];
  result.shape = zerosOfType<T>(getType(), symbols).shape;
  return {result};
}

// transpose -----------------------------------------------------------------------------------------------------------

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<Type> &result) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  ArrayRef<int64_t> permutation = op.getPermutation();
  if (int64_t(permutation.size()) != type.getRank() || !isPermutationVector(permutation)) // C1
    return emitOptionalError(loc, "transpose needs a permutation of the axes of ", describe(type), ", got [",
                             permutation, "]");
  Shape shape = shapeOf(type), transposed;
  for (int64_t axis : permutation)
    transposed.push_back(shape[axis]);
  result.push_back(tensorType(transposed, type.getElementType()));
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::is_sorted(getPermutation()))
    return getX();
  if (auto inner = getX().getDefiningOp<TransposeOp>()) { // the composition is one transpose
    SmallVector<int64_t> permutation;
    for (int64_t axis : getPermutation())
      permutation.push_back(inner.getPermutation()[axis]);
    setPermutation(permutation);
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return foldSplat(adaptor.getX(), getType());
}

SmallVector<Value> TransposeOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  Value dx = TransposeOp::create(builder, getLoc(), cotangents[0], invertPermutationVector(getPermutation()));
  return {dx};
}

template <class T>
ReferenceResults<T> TransposeOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  copyMapped(result, operands[0], [&](ArrayRef<int64_t> index, MutableArrayRef<int64_t> operandIndex) {
    for (auto [axis, source] : llvm::enumerate(getPermutation()))
      operandIndex[source] = index[axis];
  });
  return {result};
}

// slice and pad -------------------------------------------------------------------------------------------------------

// C1 and C2 of slice and pad: element j of each axis of `part` is element starts[i] + j * strides[i] of `whole`.
static LogicalResult verifyPart(Operation *op, RankedTensorType part, RankedTensorType whole, ArrayRef<int64_t> starts,
                                ArrayRef<int64_t> strides) {
  if (part.getRank() != whole.getRank() || int64_t(starts.size()) != part.getRank() ||
      int64_t(strides.size()) != part.getRank()) // C1
    return op->emitOpError() << "needs one start and one step for each axis of " << describe(whole) << " and of "
                             << describe(part) << ", got " << starts.size() << " and " << strides.size();
  for (int64_t axis = 0; axis < part.getRank(); ++axis) {
    if (starts[axis] < 0 || strides[axis] < 1) // C1
      return op->emitOpError() << "axis " << axis << " has start " << starts[axis] << " and step " << strides[axis]
                               << "; starts must not be negative and steps must be positive";
    if (part.isDynamicDim(axis) || whole.isDynamicDim(axis) || part.getDimSize(axis) == 0)
      continue;
    int64_t last = starts[axis] + (part.getDimSize(axis) - 1) * strides[axis];
    if (last >= whole.getDimSize(axis)) // C2
      return op->emitOpError() << "reaches element " << last << " of axis " << axis << " of " << describe(whole);
  }
  return verifyElementTypes(op, part, whole);
}

static void mapToWhole(ArrayRef<int64_t> part, ArrayRef<int64_t> starts, ArrayRef<int64_t> strides,
                       MutableArrayRef<int64_t> whole) {
  for (size_t axis = 0; axis < part.size(); ++axis)
    whole[axis] = starts[axis] + part[axis] * strides[axis];
}

LogicalResult SliceOp::verify() { return verifyPart(*this, getType(), getX().getType(), getStarts(), getStrides()); }

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  bool fromStart = llvm::all_of(getStarts(), [](int64_t start) { return start == 0; });
  bool everyElement = llvm::all_of(getStrides(), [](int64_t stride) { return stride == 1; });
  if (fromStart && everyElement && getX().getType() == getType())
    return getX();
  return foldSplat(adaptor.getX(), getType());
}

SmallVector<Value> SliceOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  RankedTensorType type = getX().getType();
  Value zero = splat(builder, getLoc(), 0.0, RankedTensorType::get({}, type.getElementType()));
  Value dx = PadOp::create(builder, getLoc(), type, cotangents[0], zero, getStarts(), getStrides());
  return {dx};
}

template <class T>
ReferenceResults<T> SliceOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  copyMapped(result, operands[0], [&](ArrayRef<int64_t> index, MutableArrayRef<int64_t> operandIndex) {
    mapToWhole(index, getStarts(), getStrides(), operandIndex);
  });
  return {result};
}

LogicalResult PadOp::verify() {
  RankedTensorType value = getValue().getType();
  if (value.getRank() != 0) // C3
    return emitOpError() << "value must be a single number, got " << describe(value);
  if (failed(verifyElementTypes(*this, value, getType())))
    return failure();
  return verifyPart(*this, getX().getType(), getType(), getLow(), getStrides());
}

// The value reaches every element that the operand does not.
SmallVector<Value> PadOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  Value dx = SliceOp::create(builder, getLoc(), getX().getType(), cotangents[0], getLow(), getStrides());
  auto sumOfAll = [&](Value tensor) {
    auto axes = llvm::to_vector(llvm::seq<int64_t>(0, getType().getRank()));
    return TensorExpr(builder, getLoc(), ReduceSumOp::create(builder, getLoc(), tensor, axes));
  };
  Value dvalue = sumOfAll(cotangents[0]) - sumOfAll(dx);
  return {dx, dvalue};
}

template <class T>
ReferenceResults<T> PadOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  const ReferenceTensor<T> &x = operands[0];
  withElementType(result, [&]<class E>(E) {
    std::vector<E> &elements = result.template elements<E>();
    std::fill(elements.begin(), elements.end(), operands[1].template elements<E>()[0]);
    if (x.size() == 0)
      return;
    SmallVector<int64_t> index(x.shape.size(), 0), target(x.shape.size(), 0);
    int64_t position = 0;
    do {
      mapToWhole(index, getLow(), getStrides(), target);
      elements[linearIndex(target, result.shape)] = x.template elements<E>()[position++];
    } while (nextIndex(index, x.shape));
  });
  return {result};
}

// concatenate ---------------------------------------------------------------------------------------------------------

LogicalResult ConcatenateOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                              SmallVectorImpl<Type> &result) {
  ValueRange inputs = op.getInputs();
  if (inputs.empty()) // C1
    return emitOptionalError(loc, "concatenate needs at least one operand");
  auto first = cast<RankedTensorType>(inputs[0].getType());
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= first.getRank()) // C3
    return emitOptionalError(loc, "concatenate axis ", axis, " is outside ", describe(first));
  Shape shape = shapeOf(first);
  for (Value input : inputs.drop_front()) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getElementType() != first.getElementType() || type.getRank() != first.getRank()) // C1
      return emitOptionalError(loc, "concatenate needs one element type and one rank, got ", describe(first), " and ",
                               describe(type));
    Shape other = shapeOf(type);
    for (int64_t i = 0; i < first.getRank(); ++i)
      if (i != axis && other[i] != shape[i]) // C2
        return emitOptionalError(loc, "concatenate along axis ", axis, " needs equal other extents: ", shape[i].text(),
                                 " of ", describe(first), " against ", other[i].text(), " of ", describe(type));
    shape[axis] = shape[axis] + other[axis];
  }
  result.push_back(tensorType(shape, first.getElementType()));
  return success();
}

OpFoldResult ConcatenateOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? getInputs()[0] : OpFoldResult();
}

// The elements [start, start + extent) along an axis. A start that is not known at compile time cannot be a slice's:
// its elements are gathered.
static Value cut(OpBuilder &builder, Location loc, Value from, RankedTensorType type, int64_t axis,
                 const SymbolicDim &start) {
  if (std::optional<int64_t> known = start.constant()) {
    SmallVector<int64_t> starts(type.getRank(), 0), strides(type.getRank(), 1);
    starts[axis] = *known;
    return SliceOp::create(builder, loc, type, from, starts, strides);
  }
  Type integer = builder.getI64Type();
  RankedTensorType positions = tensorType(shapeOf(type)[axis], integer);
  TensorExpr iota(builder, loc, IotaOp::create(builder, loc, positions, 0));
  Value first = SizeOp::create(builder, loc, RankedTensorType::get({}, integer), start.text());
  Value firsts = BroadcastOp::create(builder, loc, positions, first, ArrayRef<int64_t>());
  return GatherOp::create(builder, loc, from, iota + iota.with(firsts), axis);
}

SmallVector<Value> ConcatenateOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  SmallVector<Value> result;
  SymbolicDim start = 0;
  for (Value input : getInputs()) {
    auto type = cast<RankedTensorType>(input.getType());
    result.push_back(cut(builder, getLoc(), cotangents[0], type, getAxis(), start));
    start = start + shapeOf(type)[getAxis()];
  }
  return result;
}

template <class T>
ReferenceResults<T> ConcatenateOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  int64_t start = 0;
  for (const ReferenceTensor<T> &operand : operands) {
    withElementType(result, [&]<class E>(E) {
      if (operand.size() == 0)
        return;
      SmallVector<int64_t> index(operand.shape.size(), 0);
      int64_t position = 0;
      do {
        SmallVector<int64_t> target = index;
        target[getAxis()] += start;
        result.template elements<E>()[linearIndex(target, result.shape)] = operand.template elements<E>()[position++];
      } while (nextIndex(index, operand.shape));
    });
    start += operand.shape[getAxis()];
  }
  return {result};
}
