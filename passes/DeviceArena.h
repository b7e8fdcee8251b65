// The device's arena: the one piece of its memory that a program for a device takes. What is there from the start to
// the end has a place in it that is known at compile time; behind that follow, sized by a program's largest call, what
// a call takes and gives, and its intermediate values.
#ifndef BMC_PASSES_DEVICE_ARENA_H
#define BMC_PASSES_DEVICE_ARENA_H

#include "dialects/Ops.h"
#include "mlir/IR/BuiltinOps.h"

namespace bmc {

/// The attribute of constants and variables that says where they begin in the arena.
constexpr llvm::StringLiteral deviceOffsetAttrName = "bm.offset";

/// Where places begin.
constexpr int64_t devicePlaceAlignment = 256;

/// The ends of the parts whose sizes are known: constants, then what a weight file holds, then all other variables.
struct DeviceArena {
  int64_t constants = 0, saved = 0, variables = 0;
};

/// Gives every constant and variable of a planned module its place, and the module the ends of the parts
/// (`bm.device_arena`).
void layOutDeviceArena(mlir::ModuleOp module);
/// What `layOutDeviceArena` said.
DeviceArena deviceArenaOf(mlir::ModuleOp module);
int64_t deviceOffsetOf(mlir::Operation *constantOrVariable);

/// The constants of a module that kernels read from memory, in its order; equal ones are there more than once.
llvm::SmallVector<bm::ConstantOp> constantsInMemory(mlir::Operation *around);

} // namespace bmc

#endif
