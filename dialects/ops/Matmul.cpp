// The matrix product: shape rule, gradient rule, reference evaluation; and what passes make of it.
#include "dialects/Ops.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Matmul.cpp.inc"

// The type of a product of these operands.
template <class Adaptor> static FailureOr<RankedTensorType> productType(std::optional<Location> loc, Adaptor op) {
  auto lhsType = cast<RankedTensorType>(op.getLhs().getType()), rhsType = cast<RankedTensorType>(op.getRhs().getType());
  Shape lhs = shapeOf(lhsType), rhs = shapeOf(rhsType);
  size_t rank = lhs.size();
  if (lhsType.getElementType() != rhsType.getElementType() || rhs.size() != rank || rank < 2) // C1
    return emitOptionalError(loc, "matmul needs two operands of one element type and one rank of at least 2, got ",
                             describe(lhsType), " and ", describe(rhsType));
  for (size_t axis = 0; axis + 2 < rank; ++axis) // C2
    if (lhs[axis] != rhs[axis])
      return emitOptionalError(loc, "matmul leading extents differ: ", lhs[axis].text(), " of ", describe(lhsType),
                               " against ", rhs[axis].text(), " of ", describe(rhsType));
  const SymbolicDim &rows = lhs[rank - (op.getTransposeLhs() ? 1 : 2)];
  const SymbolicDim &lhsInner = lhs[rank - (op.getTransposeLhs() ? 2 : 1)];
  const SymbolicDim &rhsInner = rhs[rank - (op.getTransposeRhs() ? 1 : 2)];
  const SymbolicDim &columns = rhs[rank - (op.getTransposeRhs() ? 2 : 1)];
  if (lhsInner != rhsInner) // C3
    return emitOptionalError(loc, "matmul inner extents differ: ", lhsInner.text(), " of ", describe(lhsType),
                             " against ", rhsInner.text(), " of ", describe(rhsType));
  Shape shape(lhs.begin(), lhs.end() - 2);
  shape.push_back(rows);
  shape.push_back(columns);
  return tensorType(shape, lhsType.getElementType());
}

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<Type> &result) {
  auto type = productType(loc, op);
  if (succeeded(type))
    result.push_back(*type);
  return failure(failed(type));
}

OperandLayout MatmulOp::layoutOfLhs() { return getTransposeLhs() ? OperandLayout::Transposed : OperandLayout::Rows; }
OperandLayout MatmulOp::layoutOfRhs() { return getTransposeRhs() ? OperandLayout::Transposed : OperandLayout::Rows; }

SymbolicDim MatmulOp::getInner() {
  Shape lhs = shapeOf(getLhs().getType());
  return lhs[lhs.size() - (getTransposeLhs() ? 2 : 1)];
}

// A multiplication and an addition for each element and each step along the inner axis.
SymbolicDim MatmulOp::getFlops() { return SymbolicDim(2) * elementCount(shapeOf(getType())) * getInner(); }

// With y = a b: da = dy bᵀ and db = aᵀ dy; a transposed operand has the transpose of that as its cotangent.
SmallVector<Value> MatmulOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  Value dy = cotangents[0];
  bool lhsTransposed = getTransposeLhs(), rhsTransposed = getTransposeRhs();
  auto product = [&](Value a, bool transposeA, Value b, bool transposeB) -> Value {
    return MatmulOp::create(builder, getLoc(), a, b, transposeA, transposeB);
  };
  Value da = lhsTransposed ? product(getRhs(), rhsTransposed, dy, true) : product(dy, false, getRhs(), !rhsTransposed);
  Value db = rhsTransposed ? product(dy, true, getLhs(), lhsTransposed) : product(getLhs(), !lhsTransposed, dy, false);
  return {da, db};
}

namespace {
// Where the elements of an operand's matrices lie. `outer` is a row of the left operand, a column of the right one.
struct OperandPlaces {
  OperandPlaces(ArrayRef<int64_t> shape, OperandLayout layout, bool isLhs) {
    if (layout == OperandLayout::Panels) {
      block = shape.back();
      inner = shape[shape.size() - 2];
      innerStride = block;
      panelStride = inner * block;
      matrixStride = panelStride * shape[shape.size() - 3];
      return;
    }
    bool innerIsLast = isLhs == (layout == OperandLayout::Rows);
    int64_t rows = shape[shape.size() - 2], columns = shape.back();
    inner = innerIsLast ? columns : rows;
    innerStride = innerIsLast ? 1 : columns;
    outerStride = innerIsLast ? columns : 1;
    matrixStride = rows * columns;
  }

  int64_t at(int64_t matrix, int64_t outer, int64_t k) const {
    int64_t panel = block ? outer / block : 0, inPanel = block ? outer % block : outer;
    return matrix * matrixStride + panel * panelStride + inPanel * outerStride + k * innerStride;
  }

  int64_t inner, innerStride, outerStride = 1, matrixStride;
  int64_t block = 0, panelStride = 0; // 0: not in panels
};
} // namespace

template <class T>
static ReferenceResults<T> evaluateProduct(ProductOpInterface op, ArrayRef<ReferenceTensor<T>> operands,
                                           const SymbolValues &symbols) {
  auto result = zerosOfType<T>(op->getResult(0).getType(), symbols);
  const ReferenceTensor<T> &lhs = operands[0], &rhs = operands[1];
  OperandPlaces left(lhs.shape, op.layoutOfLhs(), true), right(rhs.shape, op.layoutOfRhs(), false);
  size_t rank = result.shape.size();
  int64_t rows = result.shape[rank - 2], columns = result.shape[rank - 1];
  int64_t slices = op.getSliceLength() ? result.shape[0] : 1;
  int64_t length = op.getSliceLength() ? op.getSliceLength() : left.inner;
  int64_t matrices = rows * columns * slices ? result.size() / (rows * columns * slices) : 0;
  T *y = result.reals.data();
  for (int64_t slice = 0; slice < slices; ++slice)
    for (int64_t matrix = 0; matrix < matrices; ++matrix)
      for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j, ++y)
          for (int64_t k = slice * length; k < std::min((slice + 1) * length, left.inner); ++k)
            *y += lhs.reals[left.at(matrix, i, k)] * rhs.reals[right.at(matrix, j, k)];
  return {result};
}

template <class T>
ReferenceResults<T> MatmulOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  return evaluateProduct<T>(cast<ProductOpInterface>(getOperation()), operands, symbols);
}

namespace {
// matmul(transpose(x), y) reads x transposed, where only the last two axes are exchanged.
struct TakeInTransposes : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  static Value transposedOperand(Value operand) {
    auto transpose = operand.getDefiningOp<TransposeOp>();
    if (!transpose)
      return {};
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    int64_t rank = permutation.size();
    for (auto [axis, source] : llvm::enumerate(permutation)) {
      int64_t expected = int64_t(axis) < rank - 2 ? int64_t(axis) : 2 * rank - 3 - int64_t(axis);
      if (source != expected)
        return {};
    }
    return transpose.getX();
  }

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    Value lhs = transposedOperand(op.getLhs()), rhs = transposedOperand(op.getRhs());
    if (!lhs && !rhs)
      return failure();
    rewriter.replaceOpWithNewOp<MatmulOp>(op, lhs ? lhs : op.getLhs(), rhs ? rhs : op.getRhs(),
                                          op.getTransposeLhs() != (lhs != nullptr),
                                          op.getTransposeRhs() != (rhs != nullptr));
    return success();
  }
};
} // namespace

void MatmulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TakeInTransposes>(context);
}

// sliced_matmul -------------------------------------------------------------------------------------------------------

LogicalResult SlicedMatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                               SmallVectorImpl<Type> &result) {
  int64_t length = op.getLength();
  if (length < 1) // C4
    return emitOptionalError(loc, "sliced_matmul needs slices of at least one position, got ", length);
  auto type = productType(loc, op);
  if (failed(type))
    return failure();
  Shape lhs = shapeOf(op.getLhs().getType()), shape = shapeOf(*type);
  const SymbolicDim &inner = lhs[lhs.size() - (op.getTransposeLhs() ? 2 : 1)];
  shape.insert(shape.begin(), (inner + SymbolicDim(length - 1)).floordiv(SymbolicDim(length)));
  result.push_back(tensorType(shape, type->getElementType()));
  return success();
}

OperandLayout SlicedMatmulOp::layoutOfLhs() {
  return getTransposeLhs() ? OperandLayout::Transposed : OperandLayout::Rows;
}
OperandLayout SlicedMatmulOp::layoutOfRhs() {
  return getTransposeRhs() ? OperandLayout::Transposed : OperandLayout::Rows;
}
int64_t SlicedMatmulOp::getSliceLength() { return getLength(); }

SymbolicDim SlicedMatmulOp::getInner() {
  Shape lhs = shapeOf(getLhs().getType());
  return lhs[lhs.size() - (getTransposeLhs() ? 2 : 1)];
}

SymbolicDim SlicedMatmulOp::getFlops() {
  Shape shape = shapeOf(getType());
  return SymbolicDim(2) * elementCount(ArrayRef(shape).drop_front()) * getInner();
}

template <class T>
ReferenceResults<T> SlicedMatmulOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  return evaluateProduct<T>(cast<ProductOpInterface>(getOperation()), operands, symbols);
}

// pack ----------------------------------------------------------------------------------------------------------------

static SymbolicDim panelsOf(const SymbolicDim &rows, int64_t block) {
  return (rows + SymbolicDim(block - 1)).floordiv(SymbolicDim(block));
}

LogicalResult PackOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<Type> &result) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  Shape shape = shapeOf(type);
  int64_t block = op.getBlock();
  if (shape.size() < 2) // C1
    return emitOptionalError(loc, "pack needs a matrix, got ", describe(type));
  if (block < 1) // C2
    return emitOptionalError(loc, "pack needs panels of at least one row, got ", block);
  SymbolicDim inner = shape.pop_back_val(), rows = shape.pop_back_val();
  if (op.getTransposed())
    std::swap(rows, inner);
  shape.append({panelsOf(rows, block), inner, SymbolicDim(block)});
  result.push_back(tensorType(shape, type.getElementType()));
  return success();
}

template <class T>
ReferenceResults<T> PackOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  const ReferenceTensor<T> &x = operands[0];
  OperandPlaces from(x.shape, getTransposed() ? OperandLayout::Transposed : OperandLayout::Rows, true),
      to(result.shape, OperandLayout::Panels, true);
  int64_t rows = x.shape[x.shape.size() - (getTransposed() ? 1 : 2)];
  int64_t matrices = from.matrixStride ? x.size() / from.matrixStride : 0;
  for (int64_t matrix = 0; matrix < matrices; ++matrix)
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t k = 0; k < from.inner; ++k)
        result.reals[to.at(matrix, row, k)] = x.reals[from.at(matrix, row, k)];
  return {result};
}

// panel_matmul --------------------------------------------------------------------------------------------------------

OperandLayout PanelMatmulOp::layoutOfLhs() { return getLhsLayout(); }
OperandLayout PanelMatmulOp::layoutOfRhs() { return getRhsLayout(); }

namespace {
// An operand's extents as a product sees them.
struct OperandExtents {
  OperandExtents(Value operand, OperandLayout layout, bool isLhs) : shape(shapeOf(operand.getType())) {
    bool isPacked = layout == OperandLayout::Panels;
    size_t axes = isPacked ? 3 : 2;
    if (shape.size() < axes)
      return;
    leading = shape.size() - axes;
    if (isPacked) {
      outer = shape[leading];
      inner = shape[leading + 1];
      block = shape[leading + 2].constant().value_or(0);
      return;
    }
    bool innerIsLast = isLhs == (layout == OperandLayout::Rows);
    outer = shape[leading + (innerIsLast ? 0 : 1)];
    inner = shape[leading + (innerIsLast ? 1 : 0)];
  }

  bool covers(const SymbolicDim &extent) const { return block ? outer == panelsOf(extent, block) : outer == extent; }

  Shape shape;
  size_t leading = 0;
  int64_t block = 0;        // of a panel; 0: not in panels
  SymbolicDim outer, inner; // outer: rows of the left operand, columns of the right one, or their panels
};
} // namespace

SymbolicDim PanelMatmulOp::getInner() { return OperandExtents(getLhs(), getLhsLayout(), true).inner; }
SymbolicDim PanelMatmulOp::getFlops() { return SymbolicDim(2) * elementCount(shapeOf(getType())) * getInner(); }

LogicalResult PanelMatmulOp::verify() {
  OperandExtents lhs(getLhs(), getLhsLayout(), true), rhs(getRhs(), getRhsLayout(), false);
  RankedTensorType type = getType();
  Shape shape = shapeOf(type);
  auto hasLeading = [&](const OperandExtents &operand) {
    return operand.leading + 2 == shape.size() &&
           llvm::equal(ArrayRef(operand.shape).take_front(operand.leading), ArrayRef(shape).drop_back(2));
  };
  if (shape.size() < 2 || !hasLeading(lhs) || !hasLeading(rhs) ||
      getLhs().getType().getElementType() != type.getElementType() ||
      getRhs().getType().getElementType() != type.getElementType()) // C1
    return emitOpError() << "needs operands of the result's element type and leading extents, got "
                         << describe(getLhs().getType()) << " and " << describe(getRhs().getType()) << " for "
                         << describe(type);
  if (!lhs.covers(shape[shape.size() - 2]) || !rhs.covers(shape.back())) // C2
    return emitOpError() << "operands " << describe(getLhs().getType()) << " and " << describe(getRhs().getType())
                         << " do not have the rows and columns of " << describe(type);
  if (lhs.inner != rhs.inner) // C3
    return emitOpError() << "inner extents differ: " << lhs.inner.text() << " against " << rhs.inner.text();
  return success();
}

template <class T>
ReferenceResults<T> PanelMatmulOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  return evaluateProduct<T>(cast<ProductOpInterface>(getOperation()), operands, symbols);
}
