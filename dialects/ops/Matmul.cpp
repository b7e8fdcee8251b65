// The matrix product: shape rule, gradient rule, reference evaluation.
#include "dialects/Ops.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Matmul.cpp.inc"

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                         SmallVectorImpl<Type> &result) {
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
  result.push_back(tensorType(shape, lhsType.getElementType()));
  return success();
}

// A multiplication and an addition for each element and each step along the inner axis.
SymbolicDim MatmulOp::getFlops() {
  Shape lhs = shapeOf(getLhs().getType());
  return SymbolicDim(2) * elementCount(shapeOf(getType())) * lhs[lhs.size() - (getTransposeLhs() ? 2 : 1)];
}

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

template <class T>
ReferenceResults<T> MatmulOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  const ReferenceTensor<T> &lhs = operands[0], &rhs = operands[1];
  size_t rank = result.shape.size();
  int64_t rows = result.shape[rank - 2], columns = result.shape[rank - 1];
  int64_t inner = lhs.shape[rank - (getTransposeLhs() ? 2 : 1)];
  int64_t matrices = rows * columns ? result.size() / (rows * columns) : 0;
  for (int64_t matrix = 0; matrix < matrices; ++matrix) {
    const T *a = lhs.reals.data() + matrix * rows * inner, *b = rhs.reals.data() + matrix * inner * columns;
    T *y = result.reals.data() + matrix * rows * columns;
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < columns; ++j)
        for (int64_t k = 0; k < inner; ++k)
          y[i * columns + j] += a[getTransposeLhs() ? k * rows + i : i * inner + k] *
                                b[getTransposeRhs() ? j * inner + k : k * columns + j];
  }
  return {result};
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
