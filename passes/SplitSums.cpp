// A device has work for many blocks of threads at a time. A sum over a long axis for few elements, such as the gradient
// of a small weight over all rows, would give it few, each with a long way to go. So the sum is cut: first the parts,
// each on its own, then their sum, always in the same order. A processor's sum to one number, such as a loss, is cut
// into sums of rows: several threads can have some, and what computes the rows can add them up. Numbers depend on the
// shapes alone.
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
// Elements of a reduction's operand that are worth two steps, and those of a processor's row.
constexpr int64_t longReduction = 4096, longRow = 64;

namespace {
struct SplitSums : impl::SplitSumsBase<SplitSums> {
  void runOnOperation() override {
    TargetAttr target = targetFor(getOperation(), "choose the parts of sums");
    if (!target)
      return signalPassFailure();
    bool isForDevice = !target.getDevice().empty();
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> sums;
    getOperation().walk([&](Operation *op) {
      if (isa<MatmulOp, ReduceSumOp, ReduceMaxOp>(op))
        sums.push_back(op);
    });
    for (Operation *op : sums) {
      rewriter.setInsertionPoint(op);
      if (auto sum = dyn_cast<ReduceSumOp>(op))
        splitReduction(rewriter, sum, isForDevice);
      else if (auto max = dyn_cast<ReduceMaxOp>(op))
        splitReduction(rewriter, max, isForDevice);
      else if (isForDevice)
        splitProduct(rewriter, cast<MatmulOp>(op));
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

  // Of the axes of a reduction the first one that is reduced before those in front of it; 0: there is none.
  template <class Reduction> static size_t firstOfParts(Reduction reduction, bool isForDevice) {
    DeviceGrain grain(reduction);
    Shape shape = shapeOf(reduction.getX().getType()), kept = shapeOf(reduction.getType());
    ArrayRef<int64_t> axes = reduction.getAxes();
    int64_t length = grain.elements(shape) / std::max<int64_t>(grain.elements(kept), 1);
    if (axes.size() < 2 || length < longReduction)
      return 0;
    size_t first = axes.size() - 1;
    int64_t together = grain.extent(shape[axes[first]]);
    if (!isForDevice)
      return kept.empty() && together >= longRow ? first : 0;
    bool hasColumns = axes.back() != int64_t(shape.size()) - 1;
    int64_t blocks = hasColumns ? grain.blocksOfColumns(kept, length) : grain.elements(kept);
    if (blocks >= manyBlocks)
      return 0;
    while (first > 1 && together < length / together) // what is left is not long either
      together *= grain.extent(shape[axes[--first]]);
    return first;
  }

  template <class Reduction> static void splitReduction(RewriterBase &rewriter, Reduction reduction, bool isForDevice) {
    size_t first = firstOfParts(reduction, isForDevice);
    if (first == 0)
      return;
    ArrayRef<int64_t> axes = reduction.getAxes();
    Value partial = Reduction::create(rewriter, reduction.getLoc(), reduction.getX(),
                                      rewriter.getDenseI64ArrayAttr(axes.drop_front(first)));
    rewriter.replaceOpWithNewOp<Reduction>(reduction, partial, rewriter.getDenseI64ArrayAttr(axes.take_front(first)));
  }
};
} // namespace

} // namespace bmc
