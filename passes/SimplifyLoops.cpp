// Work leaves a loop where it can be done once, or for all steps together: one large product is much faster than many
// small ones, and a kernel call is saved in each step. Sums are added in another order then, which is fixed as well.
#include "passes/SimplifyLoops.h"
#include "dialects/ScanEditing.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

namespace {

// Work that is the same in each step
// -----------------------------------------------------------------------------------

// Cheaper to do again than to keep the result: what has no operands, and what only repeats a smaller tensor.
bool isCheapAgain(Operation *op) {
  if (op->getNumOperands() == 0)
    return true;
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible || fusible.getAccessPattern() != AccessPattern::IndexMap)
    return false;
  SymbolicDim elements = elementCount(shapeOf(op->getResult(0).getType()));
  return llvm::none_of(op->getOperandTypes(), [&](Type type) { return elementCount(shapeOf(type)) == elements; });
}

struct HoistInvariants : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    Block &body = scan.getBody().front();
    llvm::DenseSet<Value> invariant(scan.getConstantArguments().begin(), scan.getConstantArguments().end());
    SmallVector<Operation *> ops;
    for (Operation &op : body.without_terminator())
      if (llvm::all_of(op.getOperands(), [&](Value operand) { return invariant.contains(operand); })) {
        invariant.insert(op.result_begin(), op.result_end());
        ops.push_back(&op);
      }
    // What the steps themselves need of it.
    SmallVector<Value> needed;
    for (Operation *op : ops)
      if (!isCheapAgain(op))
        for (Value result : op->getResults())
          if (llvm::any_of(result.getUsers(), [&](Operation *user) {
                return user->hasTrait<OpTrait::IsTerminator>() || !invariant.contains(user->getResult(0));
              }))
            needed.push_back(result);
    if (needed.empty())
      return failure();

    rewriter.setInsertionPoint(scan);
    IRMapping outside;
    for (auto [argument, operand] : llvm::zip_equal(scan.getConstantArguments(), scan.getConstants()))
      outside.map(argument, operand);
    for (Operation *op : ops)
      rewriter.clone(*op, outside);
    for (Value value : needed)
      rewriter.replaceAllUsesWith(value, addConstant(rewriter, scan, outside.lookup(value)));
    return success();
  }
};

// Products of all steps -----------------------------------------------------------------------------------------------

// All steps' values of something that the region computes; the loop yields it if it does not yet.
Value stack(PatternRewriter &rewriter, ScanOp &scan, Value inBody) {
  if (Value known = stackedOf(scan, inBody))
    return known;
  scan = replaceResults(rewriter, scan, llvm::BitVector(scan.getNumResults(), true), inBody);
  return scan.getStacked().back();
}

bool isMatrix(Value value) { return cast<RankedTensorType>(value.getType()).getRank() == 2; }

// The rows of all steps as one matrix: [T, M, N] as [T*M, N].
Value rowsOfAll(OpBuilder &builder, Location loc, Value stacked) {
  auto type = cast<RankedTensorType>(stacked.getType());
  Shape shape = shapeOf(type);
  auto matrix = tensorType({shape[0] * shape[1], shape[2]}, type.getElementType());
  return ReshapeOp::create(builder, loc, matrix, stacked);
}

// The product of each step's rows with one matrix, for all steps: [T, M, K] x [K, N] = [T, M, N].
Value productOfAll(OpBuilder &builder, ScanOp scan, MatmulOp product, Value stacked, Value matrix) {
  Value rows = rowsOfAll(builder, product.getLoc(), stacked);
  Value all = MatmulOp::create(builder, product.getLoc(), rows, matrix, false, product.getTransposeRhs());
  return ReshapeOp::create(builder, product.getLoc(), ScanOp::stackedType(scan.getLengthDim(), product.getType()), all);
}

bool isProductOfRows(MatmulOp product) { return product && isMatrix(product.getLhs()) && !product.getTransposeLhs(); }

// Slices times a constant matrix: the sequence of the products is computed in front of the loop.
struct ProductOfSequence : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto product : scan.getBody().front().getOps<MatmulOp>()) {
      Value sequence = sequenceOf(scan, product.getLhs()), matrix = constantOf(scan, product.getRhs());
      if (!sequence || !matrix || !isProductOfRows(product) || product->use_empty())
        continue;
      rewriter.setInsertionPoint(scan);
      Value products = productOfAll(rewriter, scan, product, sequence, matrix);
      rewriter.replaceOp(product, addSequence(rewriter, scan, products));
      return success();
    }
    return failure();
  }
};

// An output that is the product of something with a constant matrix is computed behind the loop.
struct ProductOfOutputs : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto [number, output] : llvm::enumerate(scan.getStepOutputs())) {
      auto product = output.getDefiningOp<MatmulOp>();
      Value matrix = product ? constantOf(scan, product.getRhs()) : Value();
      if (!matrix || !isProductOfRows(product) || !product->hasOneUse() || scan.getStacked()[number].use_empty())
        continue;
      Value stacked = stack(rewriter, scan, product.getLhs());
      rewriter.setInsertionPointAfter(scan);
      rewriter.replaceAllUsesWith(scan.getStacked()[number], productOfAll(rewriter, scan, product, stacked, matrix));
      return success();
    }
    return failure();
  }
};

// Sums over all steps -------------------------------------------------------------------------------------------------

// What each step adds to a carried value that it reads for nothing else; nothing if a step does more with it.
SmallVector<Value> summandsOf(ScanOp scan, size_t carry) {
  SmallVector<Value> summands;
  Value sum = scan.getCarries()[carry], next = scan.getNextCarries()[carry];
  while (sum != next) {
    auto add = sum.hasOneUse() ? dyn_cast<AddOp>(*sum.user_begin()) : AddOp();
    if (!add)
      return {};
    summands.push_back(add.getX() == sum ? add.getY() : add.getX());
    sum = add.getZ();
  }
  return sum.hasOneUse() ? summands : SmallVector<Value>();
}

// Whether a value is computed again in the backward pass so that it need not be kept: then it is not stacked either.
bool isRecomputed(Value value) {
  llvm::SetVector<Value> sources;
  sources.insert(value);
  for (size_t i = 0; i < sources.size(); ++i) {
    Operation *op = sources[i].getDefiningOp();
    if (isa_and_nonnull<AfterOp>(op))
      return true;
    if (op)
      sources.insert(op->operand_begin(), op->operand_end());
  }
  return false;
}

// AᵀB, whose sum over all steps is the product of all steps' rows. That is how gradients of matrices look.
bool isProductOverRows(ScanOp scan, Value value) {
  auto product = value.getDefiningOp<MatmulOp>();
  return product && isMatrix(value) && product->hasOneUse() && product.getTransposeLhs() &&
         !product.getTransposeRhs() && !constantOf(scan, product.getLhs()) && !constantOf(scan, product.getRhs()) &&
         !isRecomputed(value);
}

bool isSumOfStacked(ScanOp scan, Value value) {
  auto sum = value.getDefiningOp<ReduceSumOp>();
  return sum && stackedOf(scan, sum.getX());
}

// A sum over all steps is computed behind the loop where that costs no more memory than what is stacked anyway, or
// where many small products become a large one.
struct SumBehindLoop : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (size_t carry = 0; carry < scan.getInits().size(); ++carry) {
      SmallVector<Value> summands = summandsOf(scan, carry);
      bool canLeave =
          !summands.empty() && !scan.getFinals()[carry].use_empty() && llvm::all_of(summands, [&](Value value) {
            return isProductOverRows(scan, value) || isSumOfStacked(scan, value) || stackedOf(scan, value);
          });
      if (!canLeave)
        continue;
      for (Value summand : summands)
        stackFactors(rewriter, scan, summand);
      rewriter.setInsertionPointAfter(scan);
      Value total = scan.getInits()[carry];
      for (Value summand : summands)
        total = AddOp::create(rewriter, summand.getLoc(), total, sumOfAll(rewriter, scan, summand));
      rewriter.replaceAllUsesWith(scan.getFinals()[carry], total);
      return success();
    }
    return failure();
  }

  // The loop may be made anew for it.
  static void stackFactors(PatternRewriter &rewriter, ScanOp &scan, Value summand) {
    if (isProductOverRows(scan, summand))
      for (Value factor : summand.getDefiningOp()->getOperands())
        stack(rewriter, scan, factor);
  }

  static Value sumOfAll(PatternRewriter &rewriter, ScanOp scan, Value summand) {
    Location loc = summand.getLoc();
    if (isProductOverRows(scan, summand)) {
      auto product = summand.getDefiningOp<MatmulOp>();
      Value lhs = rowsOfAll(rewriter, loc, stackedOf(scan, product.getLhs()));
      Value rhs = rowsOfAll(rewriter, loc, stackedOf(scan, product.getRhs()));
      return MatmulOp::create(rewriter, loc, lhs, rhs, true, false);
    }
    SmallVector<int64_t> axes{0};
    Value added = summand;
    if (isSumOfStacked(scan, summand)) {
      auto sum = summand.getDefiningOp<ReduceSumOp>();
      for (int64_t axis : sum.getAxes())
        axes.push_back(axis + 1);
      added = sum.getX();
    }
    return ReduceSumOp::create(rewriter, loc, stackedOf(scan, added), axes);
  }
};
} // namespace

void addLoopRules(RewritePatternSet &patterns) {
  patterns.add<HoistInvariants, ProductOfSequence, ProductOfOutputs, SumBehindLoop>(patterns.getContext());
}

} // namespace bmc
