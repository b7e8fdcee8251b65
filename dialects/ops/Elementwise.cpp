// Elementwise ops: what their lines in Elementwise.td do not say. Simplifications are only those that are exact in IEEE
// arithmetic, signed zeros and NaN included.
#include "dialects/Ops.h"
#include "dialects/TensorExpr.h"
#include "dialects/reference/Elementwise.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Elementwise.cpp.inc"

// Folders -------------------------------------------------------------------------------------------------------------

// -(-x) = x
OpFoldResult NegOp::fold(FoldAdaptor) {
  auto inner = getX().getDefiningOp<NegOp>();
  return inner ? inner.getX() : OpFoldResult();
}

// x - 0 = x, but not x - (-0): that makes -0 a 0.
OpFoldResult SubOp::fold(FoldAdaptor) {
  std::optional<double> y = splatValue(getY());
  return y == 0.0 && !std::signbit(*y) ? getX() : OpFoldResult();
}

// x * 1 = 1 * x = x
OpFoldResult MulOp::fold(FoldAdaptor) {
  if (splatValue(getY()) == 1.0)
    return getX();
  return splatValue(getX()) == 1.0 ? getY() : OpFoldResult();
}

// x / 1 = x
OpFoldResult DivOp::fold(FoldAdaptor) { return splatValue(getY()) == 1.0 ? getX() : OpFoldResult(); }

// pow(x, 1) = x
OpFoldResult PowOp::fold(FoldAdaptor) { return splatValue(getY()) == 1.0 ? getX() : OpFoldResult(); }

// not(not(x)) = x
OpFoldResult NotOp::fold(FoldAdaptor) {
  auto inner = getX().getDefiningOp<NotOp>();
  return inner ? inner.getX() : OpFoldResult();
}

OpFoldResult CastOp::fold(FoldAdaptor) { return getX().getType() == getType() ? getX() : OpFoldResult(); }

namespace {
// pow(x, 2) = x * x and pow(x, 3) = x * x * x, as PyTorch computes them.
struct SmallPowerToProducts : OpRewritePattern<PowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PowOp op, PatternRewriter &rewriter) const override {
    std::optional<double> exponent = splatValue(op.getY());
    if (exponent != 2.0 && exponent != 3.0)
      return failure();
    TensorExpr x(rewriter, op.getLoc(), op.getX());
    TensorExpr square = x * x;
    rewriter.replaceOp(op, Value(exponent == 2.0 ? square : square * x));
    return success();
  }
};
} // namespace

void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SmallPowerToProducts>(context);
}

// compare -------------------------------------------------------------------------------------------------------------

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor op,
                                          SmallVectorImpl<Type> &result) {
  result.push_back(tensorType(shapeOf(op.getX().getType()), IntegerType::get(context, 1)));
  return success();
}

template <class E> static bool holds(ComparePredicate predicate, E x, E y) {
  switch (predicate) {
  case ComparePredicate::eq:
    return x == y;
  case ComparePredicate::ne:
    return x != y;
  case ComparePredicate::lt:
    return x < y;
  case ComparePredicate::le:
    return x <= y;
  case ComparePredicate::gt:
    return x > y;
  case ComparePredicate::ge:
    return x >= y;
  }
}

template <class T>
ReferenceResults<T> CompareOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  withElementType(operands[0], [&]<class E>(E) {
    const std::vector<E> &x = operands[0].template elements<E>(), &y = operands[1].template elements<E>();
    for (size_t i = 0; i < x.size(); ++i)
      result.integers[i] = holds(getPredicate(), x[i], y[i]);
  });
  return {result};
}

// select --------------------------------------------------------------------------------------------------------------

// C1 of select and cast.
static LogicalResult verifySameShape(Operation *op, const char *what, Type type, Type expected) {
  if (shapeOf(type) == shapeOf(expected))
    return success();
  return op->emitOpError() << what << " " << describe(type) << " has not the shape of " << describe(expected);
}

LogicalResult SelectOp::verify() {
  return verifySameShape(*this, "condition", getCondition().getType(), getType()); // C1
}

SmallVector<Value> SelectOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  TensorExpr condition(builder, getLoc(), getCondition()), dz = condition.with(cotangents[0]), zero = dz.like(0.0);
  Value dx = select(condition, dz, zero);
  Value dy = select(condition, zero, dz);
  return {Value(), dx, dy};
}

template <class T>
ReferenceResults<T> SelectOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &) {
  ReferenceTensor<T> result = operands[2];
  withElementType(result, [&]<class E>(E) {
    for (int64_t i = 0, size = result.size(); i < size; ++i)
      if (operands[0].integers[i])
        result.template elements<E>()[i] = operands[1].template elements<E>()[i];
  });
  return {result};
}

// cast ----------------------------------------------------------------------------------------------------------------

LogicalResult CastOp::verify() { return verifySameShape(*this, "result", getType(), getX().getType()); } // C1

SmallVector<Value> CastOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  if (!isa<FloatType>(getX().getType().getElementType()) || !isa<FloatType>(getType().getElementType()))
    return {Value()};
  Value dx = CastOp::create(builder, getLoc(), getX().getType(), cotangents[0]);
  return {dx};
}

// Towards zero, saturating; NaN is 0.
template <class T> static int64_t realToInteger(T x, unsigned width) {
  const T limit = T(uint64_t(1) << (width - 1));
  const int64_t lowest = llvm::minIntN(width), highest = llvm::maxIntN(width);
  return x != x ? 0 : x >= limit ? highest : x < -limit ? lowest : static_cast<int64_t>(x);
}

template <class T>
ReferenceResults<T> CastOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  Type elementType = getType().getElementType();
  withElementType(operands[0], [&]<class E>(E) {
    const std::vector<E> &x = operands[0].template elements<E>();
    for (size_t i = 0; i < x.size(); ++i) {
      if (result.isReal)
        result.reals[i] = T(x[i]);
      else if (elementType.isInteger(1))
        result.integers[i] = x[i] != E(0);
      else if constexpr (std::is_same_v<E, T>)
        result.integers[i] = realToInteger(x[i], elementType.getIntOrFloatBitWidth());
      else
        result.integers[i] = wrapInteger(x[i], elementType);
    }
  });
  return {result};
}
