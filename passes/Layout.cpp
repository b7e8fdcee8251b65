// Lays the operands of products out as the lanes of a product read them. PyTorch's weights are [out, in], so a forward
// product reads its right operand transposed: element by element, unless one side is packed: the batch, in panels of
// rows, or the weights, in panels of columns, in front of the loops that only read them. PackingRules.cpp says what
// pays. Weights that a function only reads are packed ahead of time, which is right for any number of rows.
#include "dialects/ScanEditing.h"
#include "passes/PackedWeights.h"
#include "passes/PackingRules.h"
#include "passes/Passes.h"
#include "passes/Schedule.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_LAYOUT
#include "passes/Passes.h.inc"

// An extent that is open at compile time.
constexpr int64_t usualExtent = 64;

namespace {
// A product, and the right operand in front of all loops that only read it; null where a loop computes it.
struct Product {
  explicit Product(MatmulOp op) : op(op), matrix(op.getRhs()) {
    Shape shape = shapeOf(op.getType());
    std::optional<int64_t> batch = batchOf(op);
    auto extentOf = [&](const SymbolicDim &dim) { return extentWhere(dim, batch.value_or(usualExtent)); };
    sizes = {.rows = expectedExtent(shape[shape.size() - 2], batch),
             .columns = extentOf(shape.back()),
             .inner = extentOf(op.getInner()),
             .elementBytes = elementBytes(op.getType().getElementType()),
             .transposesLhs = op.getTransposeLhs(),
             .transposesRhs = op.getTransposeRhs()};
    while (auto scan = matrix ? dyn_cast<ScanOp>(matrix.getParentRegion()->getParentOp()) : ScanOp()) {
      matrix = isa<BlockArgument>(matrix) ? constantOf(scan, matrix) : Value();
      if (matrix)
        sizes.steps *= std::max<int64_t>(extentOf(scan.getLengthDim()), 1);
    }
  }

  // The columns are what a transposed right operand has as rows.
  Panels panelsOf(Value rhs, int64_t block) const { return {rhs, !sizes.transposesRhs, block}; }

  MatmulOp op;
  Value matrix;
  ProductSizes sizes;
};

struct Layout : impl::LayoutBase<Layout> {
  using LayoutBase::LayoutBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    TargetAttr target = targetFor(getOperation(), "choose layouts");
    if (!target)
      return signalPassFailure();
    if (!target.getDevice().empty())
      return; // a device's products lay their tiles out in shared memory
    machine.emplace(target);
    SmallVector<Product> products;
    getOperation().walk([&](MatmulOp op) { products.emplace_back(op); });
    PackedWeights prepared(getOperation());
    weights = &prepared;
    for (const Product &product : products)
      if (int64_t block = blockAheadOfTime(product); block && weights->isOfWeights(product.matrix))
        weights->want(product.panelsOf(product.matrix, block), product.op->getLoc());
    weights->prepare(packedBytes);
    for (const Product &product : products)
      if (PackedBlocks blocks = choose(product); blocks != PackedBlocks())
        replace(rewriter, product, blocks);
    weights->dropUnread();
  }

  int64_t blockAheadOfTime(const Product &product) const {
    return product.matrix ? panelAheadOfTime(product.sizes, *machine) : 0;
  }

  PackedBlocks choose(const Product &product) {
    int64_t block = blockAheadOfTime(product);
    if (block && weights->find(product.panelsOf(product.matrix, block)))
      return {0, block};
    return choosePacking(product.sizes, *machine);
  }

  void replace(RewriterBase &rewriter, const Product &product, PackedBlocks blocks) {
    MatmulOp op = product.op;
    Value lhs = op.getLhs(), rhs = op.getRhs();
    OperandLayout lhsLayout = op.layoutOfLhs(), rhsLayout = op.layoutOfRhs();
    if (blocks.lhs) {
      lhs = packed(rewriter, {lhs, op.getTransposeLhs(), blocks.lhs}, op);
      lhsLayout = OperandLayout::Panels;
    }
    if (blocks.rhs) {
      rhs = packed(rewriter, product.panelsOf(rhs, blocks.rhs), op);
      rhsLayout = OperandLayout::Panels;
    }
    rewriter.setInsertionPoint(op);
    rewriter.replaceOpWithNewOp<PanelMatmulOp>(op, op.getType(), lhs, rhs, lhsLayout, rhsLayout);
  }

  // In program order, so that what was made for one product is there for the next.
  Value packed(RewriterBase &rewriter, Panels panels, Operation *reader) {
    auto [matrix, transposed, block] = panels;
    Value &result = known[panels];
    if (result)
      return result;
    auto scan = dyn_cast<ScanOp>(reader->getParentOp());
    if (Value outside = scan && isa<BlockArgument>(matrix) ? constantOf(scan, matrix) : Value()) {
      Value packedOutside = packed(rewriter, {outside, transposed, block}, scan);
      return known[panels] = addConstant(rewriter, scan, packedOutside);
    }
    if (Value prepared = weights->find(panels))
      return result = prepared;
    rewriter.setInsertionPoint(reader);
    return result = PackOp::create(rewriter, reader->getLoc(), matrix, transposed, block);
  }

  std::optional<MachineModel> machine;
  PackedWeights *weights;
  DenseMap<Panels, Value> known;
};
} // namespace

} // namespace bmc
