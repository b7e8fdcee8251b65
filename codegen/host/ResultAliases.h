// What the memory plan says of the results of an entry function.
#ifndef BMC_CODEGEN_HOST_RESULT_ALIASES_H
#define BMC_CODEGEN_HOST_RESULT_ALIASES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace bmc::codegen {

/// Of each result: the argument whose buffer it is written into, or -1. An error if it has no place of its own.
mlir::FailureOr<llvm::SmallVector<int64_t>> resultAliases(mlir::func::FuncOp function);

} // namespace bmc::codegen

#endif
