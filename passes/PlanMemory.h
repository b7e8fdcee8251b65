// The size of a function's arena, from its plan.
#ifndef BMC_PASSES_PLAN_MEMORY_H
#define BMC_PASSES_PLAN_MEMORY_H

#include "dialects/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace bmc {

/// Where slots begin and how long they are: multiples of this.
constexpr int64_t slotAlignment = 64;

/// The slots of a planned function's arena: a slot has as many bytes as the largest of its polynomials.
llvm::SmallVector<llvm::SmallVector<bm::SymbolicDim>> arenaSlots(mlir::func::FuncOp function);

/// The offset of each slot, and at the end the arena's size, in bytes; nothing if a symbol has no value.
std::optional<llvm::SmallVector<int64_t>> arenaOffsets(mlir::func::FuncOp function, const bm::SymbolValues &symbols);
/// The arena's size in bytes: the peak of a function's memory beside its arguments and results.
std::optional<int64_t> arenaBytes(mlir::func::FuncOp function, const bm::SymbolValues &symbols);

} // namespace bmc

#endif
