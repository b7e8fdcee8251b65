// A matrix product on a device: a block of threads owns a tile of the result, each thread 4x4 elements of it or several
// times that, in registers; tiles of the operands pass through shared memory.
#ifndef BMC_CODEGEN_HALIDE_GPU_DEVICE_PRODUCT_H
#define BMC_CODEGEN_HALIDE_GPU_DEVICE_PRODUCT_H

#include "codegen/halide/Lower.h"

namespace bmc::codegen {

/// What a product multiplies: elements by their position along the result's axis (rows of the left operand, columns of
/// the right one) and along the inner axis.
struct DeviceOperand {
  std::function<Halide::Expr(Halide::Expr outer, Halide::Expr inner)> element;
  bm::SymbolicDim outer;
  bool isInnerContiguous; // in memory
};

/// The axis that is summed over, or the slices of it that are.
struct DeviceInner {
  bm::SymbolicDim extent;
  int64_t sliceLength; // 0: there are none
  Halide::Expr slice;  // the number of the one that an element of the result belongs to

  bm::SymbolicDim count() const { return sliceLength ? bm::SymbolicDim(sliceLength) : extent; }
};

/// Adds the product with these leading axes as an anchor of a `gpu_matmul` schedule.
Element deviceProduct(Algorithm &algorithm, const bm::Shape &shape, const std::vector<Halide::Var> &leading,
                      const DeviceOperand &lhs, const DeviceOperand &rhs, const DeviceInner &inner);

/// Schedules it and the loops that store the results.
void scheduleDeviceProduct(bm::ScheduleAttr schedule, const Anchor &product, llvm::ArrayRef<Halide::Stage> outputStages,
                           const OutputLoops &loops);

} // namespace bmc::codegen

#endif
