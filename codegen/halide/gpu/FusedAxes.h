// Loops over several axes at once, which become blocks of threads.
#ifndef BMC_CODEGEN_HALIDE_GPU_FUSED_AXES_H
#define BMC_CODEGEN_HALIDE_GPU_FUSED_AXES_H

#include "codegen/halide/Lower.h"

namespace bmc::codegen {

/// One loop over all places along these axes of a stage, outermost first, in row-major order.
Halide::Var fuse(Halide::Stage &stage, llvm::ArrayRef<Halide::Var> axes);

/// One loop over all places along these axes, where something is computed for each place: those of constant
/// extents vary first. Stops where more than two are open.
Halide::Var fuseAxes(Halide::Stage &stage, llvm::ArrayRef<Halide::Var> axes, llvm::ArrayRef<bm::SymbolicDim> shape);

/// Up to three such loops, innermost first, which together visit all places in row-major order.
std::vector<Halide::Var> fuseInOrder(Halide::Stage &stage, llvm::ArrayRef<Halide::Var> axes,
                                     llvm::ArrayRef<bm::SymbolicDim> shape);

} // namespace bmc::codegen

#endif
