// The passes from the frontend's module to the plan that code is made from. See Passes.td for what each needs and
// leaves.
#ifndef BMC_PASSES_PASSES_H
#define BMC_PASSES_PASSES_H

#include "dialects/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace bmc {

#define GEN_PASS_DECL
#include "passes/Passes.h.inc"

/// Makes the passes known to bm-opt by their names.
void registerPasses();

/// Checks that a function's body holds only kernels, constants, reshapes, loops of such and the return: what fusion
/// leaves.
mlir::LogicalResult verifyFused(mlir::func::FuncOp function);
/// Checks that every kernel has a schedule, and a buffer and an in-place entry for each result, every loop its buffers,
/// that slots are in the function's arena, and that kernels write all results of the function and of loops' steps.
mlir::LogicalResult verifyPlanned(mlir::func::FuncOp function);

} // namespace bmc

#endif
