// Makes a module smaller without changing what it computes: the folders and canonical forms of the ops, common values
// once, constants by the reference interpreter, and the algebra below. Each rule is exact in IEEE arithmetic or says
// why it is allowed. Rules here are about several ops at once; what concerns one op is in its own folder.
#include "dialects/Ops.h"
#include "dialects/reference/Interpreter.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Passes.h"
#include "passes/Repeated.h"
#include "passes/SimplifyLoops.h"
#include "passes/SimplifyReshapes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_SIMPLIFY
#include "passes/Passes.h.inc"

static void addAlgebra(RewritePatternSet &patterns);

namespace {
struct Simplify : impl::SimplifyBase<Simplify> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    for (Dialect *dialect : context->getLoadedDialects())
      dialect->getCanonicalizationPatterns(patterns);
    for (RegisteredOperationName name : context->getRegisteredOperations())
      name.getCanonicalizationPatterns(patterns, context);
    addAlgebra(patterns);
    addReshapeRules(patterns);
    addLoopRules(patterns);
    FrozenRewritePatternSet frozen(std::move(patterns));

    // Merged values can make a rule apply, and the reverse. Each round that changes something makes the module smaller
    // or moves scalar work up, so few rounds are enough; the bound only guards against a wrong rule.
    IRRewriter rewriter(context);
    bool changed = true;
    for (int round = 0; changed && round < 10; ++round) {
      (void)applyOpPatternsGreedily(opsToRewrite(), frozen, GreedyRewriteConfig(), &changed);
      changed |= computeOnRows(rewriter, getOperation());
      bool merged = false;
      DominanceInfo dominance(getOperation());
      eliminateCommonSubExpressions(rewriter, dominance, getOperation(), &merged);
      changed |= merged;
    }
  }

private:
  // All ops but terminators, the first one last: that is where the driver begins, with a loop's body before the loop,
  // so that nothing leaves a loop which an op in it takes in. No rule is about a terminator, and the driver would look
  // at all operands of a function's `return` again whenever one of them changes: a training step returns several values
  // a layer.
  SmallVector<Operation *> opsToRewrite() {
    SmallVector<Operation *> ops;
    getOperation().walk<WalkOrder::PostOrder>([&](Operation *op) {
      if (!isa<ModuleOp, func::FuncOp>(op) && !op->hasTrait<OpTrait::IsTerminator>())
        ops.push_back(op);
    });
    std::reverse(ops.begin(), ops.end());
    return ops;
  }
};

// Constants -----------------------------------------------------------------------------------------------------------

// The largest tensor that is computed at compile time: bigger ones would grow the program more than they save work.
constexpr int64_t maxFoldedElements = 64;

DenseElementsAttr toAttribute(const ReferenceTensor<double> &tensor, RankedTensorType type) {
  Type elementType = type.getElementType();
  if (auto floatType = dyn_cast<FloatType>(elementType)) {
    SmallVector<APFloat> values;
    for (double real : tensor.reals) {
      bool losesInfo;
      values.emplace_back(real).convert(floatType.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    }
    return DenseElementsAttr::get(type, values);
  }
  SmallVector<APInt> values;
  for (int64_t integer : tensor.integers)
    values.emplace_back(elementType.getIntOrFloatBitWidth(), uint64_t(integer), /*isSigned=*/true,
                        /*implicitTrunc=*/true);
  return DenseElementsAttr::get(type, values);
}

ReferenceTensor<double> toTensor(ElementsAttr elements) {
  ReferenceTensor<double> tensor(elements.getShapedType().getShape(), isa<FloatType>(elements.getElementType()));
  if (tensor.isReal)
    for (auto [target, value] : llvm::zip_equal(tensor.reals, elements.getValues<APFloat>()))
      target = value.convertToDouble();
  else
    for (auto [target, value] : llvm::zip_equal(tensor.integers, elements.getValues<APInt>()))
      target = value.getBitWidth() == 1 ? int64_t(value.getZExtValue()) : value.getSExtValue();
  return tensor;
}

// An op on constants becomes a constant. It is evaluated in f64 and rounded to its type: for f32 that is the correctly
// rounded result of every arithmetic operation and of square roots.
struct EvaluateConstants : OpInterfaceRewritePattern<ReferenceOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ReferenceOpInterface op, PatternRewriter &rewriter) const override {
    if (op->getNumOperands() == 0 || op->getNumResults() != 1)
      return failure(); // a constant, or a generator that kernels compute where they need it
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (!type.hasStaticShape() || type.getNumElements() > maxFoldedElements)
      return failure();
    SmallVector<ElementsAttr> constants;
    for (Value operand : op->getOperands()) {
      auto constant = operand.getDefiningOp<ConstantOp>();
      if (!constant || constant.getValue().getNumElements() > maxFoldedElements * maxFoldedElements)
        return failure();
      constants.push_back(constant.getValue());
    }
    auto operands = llvm::map_to_vector(constants, toTensor);
    ReferenceResults<double> results = evaluateOp<double>(op, operands, SymbolValues());
    rewriter.replaceOpWithNewOp<ConstantOp>(op, toAttribute(results[0], type));
    return success();
  }
};

// Work on broadcast values --------------------------------------------------------------------------------------------

// f(broadcast x, broadcast y) = broadcast f(x, y): the work is done once for all that is repeated. So the bias
// correction of Adam is computed once a step, and a row's scale once a row.
struct ComputeBeforeBroadcast : OpInterfaceRewritePattern<FusibleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusibleOpInterface op, PatternRewriter &rewriter) const override {
    if (op.getAccessPattern() != AccessPattern::Pointwise || op->getNumResults() != 1)
      return failure();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    SmallVector<Repeated> operands;
    std::optional<Repeated> widest; // of those that are repeated, what decides the shape that is computed on
    for (Value operand : op->getOperands()) {
      std::optional<Repeated> repeated = asRepeated(operand);
      if (!repeated || type.getRank() == 0)
        return failure();
      if (!isScalar(*repeated) && !widest)
        widest = repeated;
      operands.push_back(*repeated);
    }
    Shape shape = widest ? shapeOf(widest->small.getType()) : Shape();
    for (const Repeated &repeated : operands)
      if (!isScalar(repeated) &&
          (shapeOf(repeated.small.getType()) != shape || repeated.dimensions != widest->dimensions))
        return failure();

    SmallVector<Value> smallOperands;
    for (auto [repeated, operand] : llvm::zip_equal(operands, op->getOperands()))
      smallOperands.push_back(smallOperand(rewriter, op.getLoc(), repeated, shape, getElementTypeOrSelf(operand)));
    Operation *small = onShape(rewriter, op, shape, smallOperands);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, small->getResult(0),
                                             widest ? widest->dimensions : SmallVector<int64_t>());
    return success();
  }
};

// Moving a repeated scalar leaves it what it is.
template <class Op> struct MoveOfScalar : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getX().template getDefiningOp<BroadcastOp>();
    if (!broadcast || broadcast.getX().getType().getRank() != 0)
      return failure();
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), broadcast.getX(), ArrayRef<int64_t>());
    return success();
  }
};

// A sum over axes along which a value is repeated is the value times their extent. Allowed though a sum rounds
// otherwise: the product is the exact sum rounded once, nearer than any order of adding. NaN and infinities stay what
// they are, but for an empty sum of them.
struct SumOfRepeated : OpRewritePattern<ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceSumOp op, PatternRewriter &rewriter) const override {
    std::optional<Repeated> repeated = asRepeated(op.getX());
    if (!repeated)
      return failure();
    Shape shape = shapeOf(op.getX().getType()), summed;
    SmallVector<int64_t> dimensions; // of what is repeated, in the result
    for (int64_t dimension : repeated->dimensions) {
      if (llvm::is_contained(op.getAxes(), dimension))
        return failure();
      dimensions.push_back(dimension - llvm::count_if(op.getAxes(), [&](int64_t axis) { return axis < dimension; }));
    }
    for (int64_t axis : op.getAxes())
      summed.push_back(shape[axis]);
    RankedTensorType type = op.getType();
    auto scalarType = RankedTensorType::get({}, type.getElementType());
    Value small = repeated->small;
    if (!small)
      small = ConstantOp::create(rewriter, op.getLoc(), SplatElementsAttr::get(scalarType, *repeated->scalarConstant));
    Value count = SizeOp::create(rewriter, op.getLoc(), scalarType, elementCount(summed).text());
    Value counts = BroadcastOp::create(rewriter, op.getLoc(), small.getType(), count, ArrayRef<int64_t>());
    Value product = MulOp::create(rewriter, op.getLoc(), small, counts);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, product, dimensions);
    return success();
  }
};

// Products ------------------------------------------------------------------------------------------------------------

// Whether a permutation exchanges the last two axes and nothing else.
bool exchangesLastTwo(ArrayRef<int64_t> permutation) {
  int64_t rank = permutation.size();
  for (int64_t axis = 0; axis < rank; ++axis)
    if (permutation[axis] != (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
      return false;
  return rank >= 2;
}

// (a b)ᵀ = bᵀ aᵀ: so the gradient of a transposed weight has the weight's shape, and the optimizer's update joins it.
struct TransposeOfProduct : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto product = op.getX().getDefiningOp<MatmulOp>();
    if (!product || !product->hasOneUse() || !exchangesLastTwo(op.getPermutation()))
      return failure();
    rewriter.replaceOpWithNewOp<MatmulOp>(op, product.getRhs(), product.getLhs(), !product.getTransposeRhs(),
                                          !product.getTransposeLhs());
    return success();
  }
};

// Small identities ----------------------------------------------------------------------------------------------------

// Gradients are written out: the identity that stopped them has no meaning any more.
struct DropStopGradient : OpRewritePattern<StopGradientOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(StopGradientOp op, PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

// f32 to f64 and back is the identity: every f32 is an f64.
struct NarrowOfWidened : OpRewritePattern<CastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CastOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<CastOp>();
    if (!inner || inner.getX().getType() != op.getType() || !op.getType().getElementType().isF32() ||
        !inner.getType().getElementType().isF64())
      return failure();
    rewriter.replaceOp(op, inner.getX());
    return success();
  }
};

// A choice between equals, or with a known condition, is none.
struct SelectOfKnown : OpRewritePattern<SelectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SelectOp op, PatternRewriter &rewriter) const override {
    std::optional<double> condition = splatValue(op.getCondition());
    if (op.getX() != op.getY() && !condition)
      return failure();
    rewriter.replaceOp(op, condition == 0.0 ? op.getY() : op.getX());
    return success();
  }
};
} // namespace

static void addAlgebra(RewritePatternSet &patterns) {
  patterns
      .add<EvaluateConstants, ComputeBeforeBroadcast, MoveOfScalar<ReshapeOp>, MoveOfScalar<TransposeOp>,
           MoveOfScalar<SliceOp>, SumOfRepeated, TransposeOfProduct, DropStopGradient, NarrowOfWidened, SelectOfKnown>(
          patterns.getContext());
}

} // namespace bmc
