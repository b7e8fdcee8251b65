// Work is done before a reshape where it can be. No kernel reaches over a reshape, so what follows a product of stacked
// matrices ([batch, sequence, features]: a bias, an activation, a normalisation, and the gradients of these) would be a
// pass over memory of its own; on the product's own rows it is part of the product's kernel.
#include "passes/SimplifyReshapes.h"
#include "dialects/Ops.h"
#include "passes/Repeated.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

namespace {
// A reshape that splits the first axis, [A, ..S] to [P.., ..S], and leaves the others alone.
struct RowSplit {
  Shape before, after;
  size_t axes; // how many the first one becomes

  // Axes behind the split ones, in `before`.
  int64_t axisBefore(int64_t axis) const { return axis - int64_t(axes) + 1; }
  bool isSplit(int64_t axis) const { return axis < int64_t(axes); }
};

std::optional<RowSplit> rowSplitOf(Value value) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  if (!reshape || !reshape.getX().getDefiningOp()) // arguments have no kernel to join
    return std::nullopt;
  RowSplit split{shapeOf(reshape.getX().getType()), shapeOf(reshape.getType()), 0};
  if (split.before.empty() || split.after.size() <= split.before.size())
    return std::nullopt;
  split.axes = split.after.size() - split.before.size() + 1;
  ArrayRef<SymbolicDim> before = split.before, after = split.after;
  if (before.drop_front() != after.drop_front(split.axes) || elementCount(after.take_front(split.axes)) != before[0])
    return std::nullopt;
  return split;
}

bool hasPattern(Operation *op, AccessPattern pattern) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible && fusible.getAccessPattern() == pattern;
}

// Whether an op is computed wherever it is read, so that it has no shape to keep: positions, random numbers, elements
// taken from elsewhere, and a little work on such.
bool isComputedAnywhere(Operation *op, int steps = 4) {
  if (!op || steps == 0)
    return false;
  if (hasPattern(op, AccessPattern::IndexMap) || hasPattern(op, AccessPattern::Generator))
    return true;
  return hasPattern(op, AccessPattern::Pointwise) && llvm::all_of(op->getOperands(), [&](Value operand) {
           return isComputedAnywhere(operand.getDefiningOp(), steps - 1);
         });
}

// f(reshape x, reshape y) = reshape f(x, y): the reshape moves on to where it meets another, or a broadcast that does
// not need it. So a row's sum that kept its axis, `[N, 1]`, is computed with as `[N]`.
struct ComputeBeforeReshape : OpInterfaceRewritePattern<FusibleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusibleOpInterface op, PatternRewriter &rewriter) const override {
    if (op.getAccessPattern() != AccessPattern::Pointwise || op->getNumResults() != 1)
      return failure();
    std::optional<Shape> shape; // before the reshapes
    for (Value operand : op->getOperands()) {
      if (auto reshape = operand.getDefiningOp<ReshapeOp>()) {
        Shape before = shapeOf(reshape.getX().getType());
        bool joinsAxes = before.size() > shapeOf(reshape.getType()).size();
        if ((shape && *shape != before) || (joinsAxes && isComputedAnywhere(reshape.getX().getDefiningOp())))
          return failure();
        shape = before;
      } else if (std::optional<Repeated> repeated = asRepeated(operand); !repeated || !isScalar(*repeated)) {
        return failure();
      }
    }
    if (!shape)
      return failure();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      operands.push_back(
          reshape ? reshape.getX()
                  : smallOperand(rewriter, op.getLoc(), *asRepeated(operand), *shape, getElementTypeOrSelf(operand)));
    }
    Operation *before = onShape(rewriter, op, *shape, operands);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op->getResult(0).getType(), before->getResult(0));
    return success();
  }
};

// Where one operand's rows were split, the others are taken as rows as well. No rewrite pattern: which of the operands
// is computed last is known on a walk through the block, and takes long to ask anywhere else.
class ComputeOnRows {
public:
  explicit ComputeOnRows(RewriterBase &rewriter) : rewriter(rewriter) {}

  bool run(Block &block) {
    bool changed = false;
    for (Operation &op : llvm::make_early_inc_range(block)) {
      positions[&op] = ++position;
      if (op.getNumResults() != 1 || !hasPattern(&op, AccessPattern::Pointwise))
        continue;
      if (std::optional<RowSplit> split = splitWorthJoining(&op)) {
        computeOnRows(&op, *split);
        changed = true;
      }
    }
    return changed;
  }

private:
  // An op can join the last of its producers: the others are read by that one, or are in memory already. If rows were
  // split behind that one, the op is for the rows.
  std::optional<RowSplit> splitWorthJoining(Operation *op) const {
    unsigned last = 0;
    std::optional<RowSplit> lastSplit;
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      Operation *producer = reshape ? reshape.getX().getDefiningOp() : operand.getDefiningOp();
      std::optional<RowSplit> split = rowSplitOf(operand);
      if (!producer || producer->hasTrait<OpTrait::ConstantLike>() || (!split && isComputedAnywhere(producer)))
        continue;
      unsigned place = positions.lookup(producer);
      if (place < last)
        continue;
      last = place;
      lastSplit = split;
    }
    return lastSplit;
  }

  void computeOnRows(Operation *op, const RowSplit &split) {
    rewriter.setInsertionPoint(op);
    auto operands = llvm::map_to_vector(op->getOperands(), [&](Value operand) { return asRows(operand, split); });
    Operation *onRows = onShape(rewriter, op, split.before, operands);
    positions[onRows] = position;
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op->getResult(0).getType(), onRows->getResult(0));
  }

  // An operand as it is without the split.
  Value asRows(Value operand, const RowSplit &split) {
    RankedTensorType type = tensorType(split.before, getElementTypeOrSelf(operand));
    if (std::optional<Repeated> repeated = asRepeated(operand))
      if (Value rows = repeatedAsRows(operand.getLoc(), *repeated, type, split))
        return rows;
    Operation *op = operand.getDefiningOp();
    if (op && hasPattern(op, AccessPattern::Pointwise) && isComputedAnywhere(op)) {
      auto operands = llvm::map_to_vector(op->getOperands(), [&](Value inner) { return asRows(inner, split); });
      return onShape(rewriter, op, split.before, operands)->getResult(0);
    }
    return reshaped(operand, type);
  }

  // Null if what is repeated differs between some of the rows.
  Value repeatedAsRows(Location loc, const Repeated &repeated, RankedTensorType type, const RowSplit &split) {
    if (isScalar(repeated))
      return smallOperand(rewriter, loc, repeated, split.before, type.getElementType());
    ArrayRef<int64_t> dimensions = repeated.dimensions;
    Value small = repeated.small;
    SmallVector<int64_t> dimensionsBefore;
    if (split.isSplit(dimensions[0])) { // each row has its own
      Shape smallShape = shapeOf(small.getType());
      ArrayRef<SymbolicDim> rows = ArrayRef(split.after).take_front(split.axes);
      bool isOfRows = smallShape.size() >= rows.size() && ArrayRef(smallShape).take_front(rows.size()) == rows &&
                      dimensions[rows.size() - 1] == int64_t(rows.size()) - 1;
      if (!isOfRows)
        return {};
      Shape shape{split.before[0]};
      shape.append(smallShape.begin() + rows.size(), smallShape.end());
      small = reshaped(small, tensorType(shape, type.getElementType()));
      dimensions = dimensions.drop_front(rows.size());
      dimensionsBefore.push_back(0);
    }
    for (int64_t axis : dimensions)
      dimensionsBefore.push_back(split.axisBefore(axis));
    return BroadcastOp::create(rewriter, loc, type, small, dimensionsBefore);
  }

  // In one step, so that no other rule sees two reshapes in a row.
  Value reshaped(Value value, RankedTensorType type) {
    auto reshape = value.getDefiningOp<ReshapeOp>();
    Value source = reshape ? reshape.getX() : value;
    return source.getType() == type ? source : ReshapeOp::create(rewriter, value.getLoc(), type, source);
  }

  RewriterBase &rewriter;
  DenseMap<Operation *, unsigned> positions;
  unsigned position = 0;
};

ReduceSumOp reduceRows(OpBuilder &builder, ReduceSumOp op, Value x, ArrayRef<int64_t> axes) {
  return ReduceSumOp::create(builder, op.getLoc(), x, axes);
}
ReduceMaxOp reduceRows(OpBuilder &builder, ReduceMaxOp op, Value x, ArrayRef<int64_t> axes) {
  return ReduceMaxOp::create(builder, op.getLoc(), x, axes);
}
ArgmaxOp reduceRows(OpBuilder &builder, ArgmaxOp op, Value x, ArrayRef<int64_t> axes) {
  return ArgmaxOp::create(builder, op.getLoc(), x, axes[0]);
}

// A reduction along rows, or over all of them.
template <class Op> struct ReduceBeforeReshape : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    std::optional<RowSplit> split = rowSplitOf(op.getX());
    if (!split)
      return failure();
    SmallVector<int64_t> reduced = op.getReducedAxes(), axes;
    auto overRows = llvm::count_if(reduced, [&](int64_t axis) { return split->isSplit(axis); });
    if (overRows != 0 && (overRows != int64_t(split->axes) || isa<ArgmaxOp>(op.getOperation())))
      return failure();
    if (overRows)
      axes.push_back(0);
    for (int64_t axis : reduced)
      if (!split->isSplit(axis))
        axes.push_back(split->axisBefore(axis));
    Value x = op.getX().template getDefiningOp<ReshapeOp>().getX();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), reduceRows(rewriter, op, x, axes));
    return success();
  }
};

// Random numbers are counted in row-major order, whatever the shape.
template <class Op> struct ReshapeOfRandom : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto random = op.getX().getDefiningOp<Op>();
    if (!random || !random->hasOneUse())
      return failure();
    rewriter.replaceOpWithNewOp<Op>(op, op.getType(), random.getKey());
    return success();
  }
};

// The axes of `large` where the axes of `small` are, if the shapes differ only by axes of extent 1 that `large` has
// more.
std::optional<SmallVector<int64_t>> axesWithoutUnits(ArrayRef<SymbolicDim> small, ArrayRef<SymbolicDim> large) {
  SmallVector<int64_t> axes;
  for (auto [axis, extent] : llvm::enumerate(large)) {
    if (axes.size() < small.size() && extent == small[axes.size()])
      axes.push_back(axis);
    else if (extent != 1)
      return std::nullopt;
  }
  return axes.size() == small.size() ? std::optional(axes) : std::nullopt;
}

// A broadcast places axes itself: axes of extent 1 that a reshape put in before are not needed.
struct BroadcastOfUnitAxes : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    if (!reshape)
      return failure();
    auto axes = axesWithoutUnits(shapeOf(reshape.getX().getType()), shapeOf(reshape.getType()));
    if (!axes)
      return failure();
    SmallVector<int64_t> dimensions;
    for (int64_t axis : *axes)
      dimensions.push_back(op.getDimensions()[axis]);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), reshape.getX(), dimensions);
    return success();
  }
};
} // namespace

bool computeOnRows(RewriterBase &rewriter, Operation *root) {
  bool changed = false;
  root->walk([&](Block *block) { changed |= ComputeOnRows(rewriter).run(*block); });
  return changed;
}

void addReshapeRules(RewritePatternSet &patterns) {
  patterns.add<ComputeBeforeReshape, ReduceBeforeReshape<ReduceSumOp>, ReduceBeforeReshape<ReduceMaxOp>,
               ReduceBeforeReshape<ArgmaxOp>, ReshapeOfRandom<RandomUniformOp>, ReshapeOfRandom<RandomBitsOp>,
               BroadcastOfUnitAxes>(patterns.getContext());
}

} // namespace bmc
