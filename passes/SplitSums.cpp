// A device has work for many blocks of threads at a time. A sum over a long axis for few elements, such as the gradient
// of a small weight over all rows, would give it few, each with a long way to go. So the sum is cut: first the parts,
// each on its own, then their sum, always in the same order. Numbers depend on the shapes alone.
#include "passes/DeviceGrain.h"
#include "passes/MachineModel.h"
#include "passes/Passes.h"
#include "passes/Schedule.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_SPLITSUMS
#include "passes/Passes.h.inc"

// Positions that a part of a product has at least: less is not worth the second step.
constexpr int64_t leastOfPart = 128;
// Positions that make a product long: its blocks would wait for memory, one on each multiprocessor, for so many steps
// that two beside each other are worth the second step. On an H200 the gradient of a 2048 x 512 weight over 4096 rows
// took 262 microseconds whole with its update; as two parts 213, and their sum with the update 27.
constexpr int64_t longProduct = 2048;
// Parts are multiples of all tiles' inner extents.
constexpr int64_t partAlignment = 64;
// Elements of a reduction's operand that are worth two steps.
constexpr int64_t longReduction = 4096;

namespace {
struct SplitSums : impl::SplitSumsBase<SplitSums> {
  void runOnOperation() override {
    TargetAttr target = targetFor(getOperation(), "choose the parts of sums");
    if (!target)
      return signalPassFailure();
    if (target.getDevice().empty())
      return;
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> sums;
    getOperation().walk([&](Operation *op) {
      if (isa<MatmulOp, ReduceSumOp, ReduceMaxOp>(op))
        sums.push_back(op);
    });
    for (Operation *op : sums) {
      rewriter.setInsertionPoint(op);
      if (auto product = dyn_cast<MatmulOp>(op))
        splitProduct(rewriter, product);
      else if (auto sum = dyn_cast<ReduceSumOp>(op))
        splitReduction(rewriter, sum);
      else
        splitReduction(rewriter, cast<ReduceMaxOp>(op));
    }
  }

  // The length of the parts of a product's inner axis; 0: it stays whole.
  static int64_t partOf(MatmulOp product) {
    if (!product.getType().getElementType().isF32())
      return 0;
    DeviceGrain grain(product);
    Shape shape = shapeOf(product.getType());
    int64_t inner = grain.extent(product.getInner()), blocks = std::max<int64_t>(grain.blocksOf(shape), 1),
            parts = manyBlocks / blocks;
    if (parts < 2 && inner >= longProduct)
      parts = 2 * manyBlocks / blocks;
    parts = std::min(parts, inner / leastOfPart);
    return parts < 2 ? 0 : llvm::alignTo(llvm::divideCeil(inner, parts), partAlignment);
  }

  static void splitProduct(RewriterBase &rewriter, MatmulOp product) {
    int64_t part = partOf(product);
    if (!part)
      return;
    Value parts = SlicedMatmulOp::create(rewriter, product.getLoc(), product.getLhs(), product.getRhs(),
                                         product.getTransposeLhs(), product.getTransposeRhs(), part);
    rewriter.replaceOpWithNewOp<ReduceSumOp>(product, parts, rewriter.getDenseI64ArrayAttr({0}));
  }

  // Over its last axes first, as many that what is left is not long.
  template <class Reduction> static void splitReduction(RewriterBase &rewriter, Reduction reduction) {
    DeviceGrain grain(reduction);
    Shape shape = shapeOf(reduction.getX().getType());
    ArrayRef<int64_t> axes = reduction.getAxes();
    Shape kept = shapeOf(reduction.getType());
    int64_t length = grain.elements(shape) / std::max<int64_t>(grain.elements(kept), 1);
    bool hasColumns = axes.back() != int64_t(shape.size()) - 1;
    int64_t blocks = hasColumns ? grain.blocksOfColumns(kept, length) : grain.elements(kept);
    if (axes.size() < 2 || blocks >= manyBlocks || length < longReduction)
      return;
    size_t first = axes.size() - 1; // of those that are reduced first
    int64_t together = grain.extent(shape[axes[first]]);
    while (first > 1 && together < length / together)
      together *= grain.extent(shape[axes[--first]]);
    Value partial = Reduction::create(rewriter, reduction.getLoc(), reduction.getX(),
                                      rewriter.getDenseI64ArrayAttr(axes.drop_front(first)));
    rewriter.replaceOpWithNewOp<Reduction>(reduction, partial, rewriter.getDenseI64ArrayAttr(axes.take_front(first)));
  }
};
} // namespace

} // namespace bmc
