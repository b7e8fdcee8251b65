// Lays the operands of products out as the lanes of a product read them. PyTorch's weights are [out, in], so a forward
// product reads its right operand transposed: element by element, unless one side is packed. The smaller side is: the
// batch, in panels of rows, or the weights, in panels of columns, in front of the loops that only read them. What is
// read too seldom, and long rows that are read by few others, stay as they lie: then lanes run along the inner axis.
// A large right operand is packed whatever its order, so that a block of columns is one piece of memory.
// Weights that a function only reads are packed ahead of time, which is right for any number of rows.
#include "dialects/ScanEditing.h"
#include "passes/PackedWeights.h"
#include "passes/Passes.h"
#include "passes/RegisterTiles.h"
#include "passes/Schedule.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_LAYOUT
#include "passes/Passes.h.inc"

// From so many readings on a copy in another order pays.
constexpr int64_t enoughReadings = 32;
// Products with fewer columns have no use for panels of columns.
constexpr int64_t leastColumns = 16;
// Lanes along rows pay from so many rows on.
constexpr int64_t leastRows = 8;
// An inner axis from which on adding up partial sums at the end counts little, and their number.
constexpr int64_t longInner = 128, partialSums = 16;
// A right operand up to this stays in the second-level cache, and a pack pays for so many rows beyond it.
constexpr int64_t maxBytesReadInPlace = 2 * 1024 * 1024;
constexpr int64_t manyRows = 512;
// An extent that is open at compile time.
constexpr int64_t usualExtent = 64;

static int64_t extentOf(const SymbolicDim &dim) { return dim.constant().value_or(usualExtent); }

namespace {
// What the choice depends on.
struct ProductSizes {
  explicit ProductSizes(MatmulOp product) {
    Shape shape = shapeOf(product.getType());
    columns = extentOf(shape.back());
    inner = extentOf(product.getInner());
    const SymbolicDim &rowDim = shape[shape.size() - 2];
    rows = rowDim.constant();
    auto function = product->getParentOfType<func::FuncOp>();
    if (!rows && rowDim.singleSymbol() && isTrainingStep(function))
      rows = batchOf(product);
    rhsBytes = columns * inner * elementBytes(product.getType().getElementType());
    matrix = product.getRhs();
    leaveLoops();
  }

  // Whose rows are those of a batch.
  static bool isTrainingStep(func::FuncOp function) {
    return function.getName() == "train" || function.getName().starts_with("step.");
  }

  // To the value that a product in a loop reads in each step, in front of all loops that only read it.
  void leaveLoops() {
    while (auto scan = matrix ? dyn_cast<ScanOp>(matrix.getParentRegion()->getParentOp()) : ScanOp()) {
      matrix = isa<BlockArgument>(matrix) ? constantOf(scan, matrix) : Value();
      if (matrix)
        steps *= std::max<int64_t>(extentOf(scan.getLengthDim()), 1);
    }
  }

  std::optional<int64_t> rows; // none: any number, at run time
  int64_t columns, inner, rhsBytes;
  Value matrix;      // the right operand in front of all loops; null where a loop computes it
  int64_t steps = 1; // of the loops that only read it
};

enum class Packed { Nothing, Lhs, Rhs };

// Whether lanes may run along the inner axis: it is long, and what its last, incomplete round of lanes costs is little.
bool suitsLanes(int64_t inner) { return inner >= longInner && inner % partialSums * 4 <= inner / partialSums; }

// Whether weights that are packed ahead of time are read faster than as they lie.
bool paysAheadOfTime(MatmulOp product, const ProductSizes &sizes) {
  return sizes.columns >= leastColumns && (product.getTransposeRhs() || sizes.rhsBytes > maxBytesReadInPlace);
}

Packed choose(MatmulOp product, const ProductSizes &sizes) {
  if (sizes.columns < leastColumns)
    return Packed::Nothing;
  if (!product.getTransposeRhs())
    return sizes.rows >= manyRows && sizes.rhsBytes > maxBytesReadInPlace ? Packed::Rhs : Packed::Nothing;
  int64_t readings = sizes.rows.value_or(usualExtent) * sizes.steps;
  if (product.getTransposeLhs() || sizes.steps > 1)
    return readings >= enoughReadings ? Packed::Rhs : Packed::Nothing;
  if (!sizes.rows)
    return suitsLanes(sizes.inner) ? Packed::Nothing : Packed::Rhs;
  if (*sizes.rows < leastRows)
    return Packed::Nothing;
  return sizes.columns >= *sizes.rows ? Packed::Lhs : Packed::Rhs;
}

// The number of lanes that whole panels of rows waste least on; the first of equals.
int64_t chooseBlock(int64_t extent, ArrayRef<int64_t> blocks) {
  return *std::min_element(blocks.begin(), blocks.end(),
                           [&](int64_t a, int64_t b) { return llvm::alignTo(extent, a) < llvm::alignTo(extent, b); });
}

struct Layout : impl::LayoutBase<Layout> {
  using LayoutBase::LayoutBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    auto target = getOperation()->getAttrOfType<TargetAttr>("bm.target");
    if (target && !target.getDevice().empty())
      return; // a device's products lay their tiles out in shared memory
    MachineModel model(target ? target : usualTarget());
    machine = &model;
    SmallVector<std::pair<MatmulOp, ProductSizes>> products;
    getOperation().walk([&](MatmulOp product) { products.emplace_back(product, product); });
    PackedWeights prepared(getOperation());
    weights = &prepared;
    for (auto &[product, sizes] : products)
      if (sizes.matrix && paysAheadOfTime(product, sizes) && weights->isOfWeights(sizes.matrix))
        weights->want(panelsOfRhs(product, sizes, sizes.matrix), product.getLoc());
    weights->prepare(packedBytes);
    for (auto &[product, sizes] : products) {
      bool isPrepared = sizes.matrix && weights->find(panelsOfRhs(product, sizes, sizes.matrix));
      Packed packed = isPrepared ? Packed::Rhs : choose(product, sizes);
      if (packed != Packed::Nothing)
        replace(rewriter, product, sizes, packed == Packed::Lhs);
    }
    weights->dropUnread();
  }

  TargetAttr usualTarget() {
    return TargetAttr::get(&getContext(), "x86_64-linux-musl", "x86-64-v4", 512, 32, "", MachineAttr());
  }

  // Panels of columns, which are what a transposed right operand has as rows.
  Panels panelsOfRhs(MatmulOp product, const ProductSizes &sizes, Value matrix) const {
    int64_t bytes = elementBytes(product.getType().getElementType());
    return {matrix, !product.getTransposeRhs(), bestPanel(*machine, bytes, sizes.rows, sizes.columns)};
  }

  int64_t lanesOf(MatmulOp product) const { return machine->lanes(elementBytes(product.getType().getElementType())); }

  void replace(RewriterBase &rewriter, MatmulOp product, const ProductSizes &sizes, bool packsLhs) {
    Value lhs = product.getLhs(), rhs = product.getRhs();
    OperandLayout lhsLayout = product.layoutOfLhs(), rhsLayout = product.layoutOfRhs();
    if (packsLhs) {
      int64_t block = chooseBlock(*sizes.rows, rowPanels(*sizes.rows, lanesOf(product)));
      lhs = packed(rewriter, {lhs, product.getTransposeLhs(), block}, product);
      lhsLayout = OperandLayout::Panels;
    } else {
      rhs = packed(rewriter, panelsOfRhs(product, sizes, rhs), product);
      rhsLayout = OperandLayout::Panels;
    }
    rewriter.setInsertionPoint(product);
    rewriter.replaceOpWithNewOp<PanelMatmulOp>(product, product.getType(), lhs, rhs, lhsLayout, rhsLayout);
  }

  // Fewer rows than lanes are a vector of their own.
  static SmallVector<int64_t> rowPanels(int64_t rows, int64_t lanes) {
    if (rows < lanes)
      return {int64_t(llvm::bit_floor(uint64_t(rows)))};
    return {2 * lanes, 3 * lanes, lanes};
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

  const MachineModel *machine;
  PackedWeights *weights;
  DenseMap<Panels, Value> known;
};
} // namespace

} // namespace bmc
