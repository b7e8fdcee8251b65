// What one kernel can hold: results of one shape and values of its rows, at most one product or scatter or several
// reductions over the same rows, and behind those what their loop can compute as well.
#ifndef BMC_PASSES_KERNEL_CANDIDATE_H
#define BMC_PASSES_KERNEL_CANDIDATE_H

#include "dialects/Ops.h"
#include "passes/FusionGraph.h"
#include "passes/FusionReason.h"

namespace bmc {

/// Larger kernels take longer to compile than the memory traffic that they save is worth.
inline constexpr size_t mostOpsOfKernel = 256;
inline constexpr size_t mostResultsOfKernel = 16;

inline bm::AccessPattern patternOf(mlir::Operation *op) {
  return llvm::cast<bm::FusibleOpInterface>(op).getAccessPattern();
}
inline bm::Shape resultShapeOf(mlir::Operation *op) { return bm::shapeOf(op->getResult(0).getType()); }

/// Whether an op combines many elements into one: a reduction, a product, a scatter.
bool isAnchor(mlir::Operation *op);

/// The first rule that keeps some nodes of a block from being one kernel; null if one kernel can compute them. For a
/// device `deviceExtent` says what extents that are open are taken for.
const FusionReason *kernelObstacle(llvm::ArrayRef<Node> nodes, llvm::ArrayRef<unsigned> members,
                                   std::optional<int64_t> deviceExtent);

} // namespace bmc

#endif
