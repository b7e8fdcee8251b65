// Lays the right operands of products out as they are read: row by row, in vectors. A transposed one would be gathered
// element by element for each tile of rows, so it is transposed in memory once, if it is read often enough; in front of
// the loops that only read it.
#include "dialects/ScanEditing.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_LAYOUT
#include "passes/Passes.h.inc"

// From so many readings on a copy in another order pays.
constexpr int64_t enoughReadings = 32;
// An extent that is open at compile time.
constexpr int64_t usualExtent = 64;
// Products with fewer columns have their lanes along the summed axis, as a transposed operand has.
constexpr int64_t leastColumns = 16;

static int64_t extentOf(const SymbolicDim &dim) { return dim.constant().value_or(usualExtent); }

// How often each element is read: for each row of the result, in each step of the loops that only read it.
static int64_t readingsOf(MatmulOp product) {
  Shape shape = shapeOf(product.getType());
  int64_t readings = extentOf(shape[shape.size() - 2]);
  Value operand = product.getRhs();
  while (auto scan = dyn_cast<ScanOp>(operand.getParentRegion()->getParentOp())) {
    operand = isa<BlockArgument>(operand) ? constantOf(scan, operand) : Value();
    if (!operand)
      break;
    readings *= std::max<int64_t>(extentOf(scan.getLengthDim()), 1);
  }
  return readings;
}

static bool paysToTranspose(MatmulOp product) {
  return product.getTransposeRhs() && !product.getTransposeLhs() &&
         extentOf(shapeOf(product.getType()).back()) >= leastColumns && readingsOf(product) >= enoughReadings;
}

namespace {
struct Layout : impl::LayoutBase<Layout> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation().walk([&](MatmulOp product) {
      if (!paysToTranspose(product))
        return;
      product.getRhsMutable().assign(transposed(rewriter, product.getRhs(), product));
      product.setTransposeRhs(false);
    });
  }

  // In program order, so that what was made for one product is there for the next.
  Value transposed(RewriterBase &rewriter, Value matrix, Operation *reader) {
    Value &result = known[matrix];
    if (result)
      return result;
    auto scan = dyn_cast<ScanOp>(reader->getParentOp());
    if (Value outside = scan && isa<BlockArgument>(matrix) ? constantOf(scan, matrix) : Value())
      return known[matrix] = addConstant(rewriter, scan, transposed(rewriter, outside, scan));
    auto permutation = llvm::to_vector(llvm::seq<int64_t>(cast<RankedTensorType>(matrix.getType()).getRank()));
    std::swap(permutation.back(), permutation[permutation.size() - 2]);
    rewriter.setInsertionPoint(reader);
    return result = TransposeOp::create(rewriter, reader->getLoc(), matrix, permutation);
  }

  DenseMap<Value, Value> known; // by what is transposed
};
} // namespace

} // namespace bmc
