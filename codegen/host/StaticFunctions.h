// The entry functions of a model whose sizes are all known: each kernel is called by its name with buffers at addresses
// that are known, or are the caller's.
#ifndef BMC_CODEGEN_HOST_STATIC_FUNCTIONS_H
#define BMC_CODEGEN_HOST_STATIC_FUNCTIONS_H

#include "codegen/Target.h"
#include "codegen/host/Globals.h"
#include "codegen/host/StaticBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace bmc::codegen {

/// The bytes of a function's arena: its slots one behind the other, each at the target's alignment.
mlir::FailureOr<int64_t> staticArenaBytes(mlir::func::FuncOp function, const Target &target);

/// Makes the function int32_t NAME.run(void *argument..., void *result..., void *arena).
mlir::LogicalResult lowerStaticFunction(mlir::func::FuncOp function, const Target &target, mlir::ModuleOp host,
                                        Globals &globals);
std::string staticFunctionName(mlir::func::FuncOp function);

} // namespace bmc::codegen

#endif
