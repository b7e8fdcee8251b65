// The C header of a library: the model's own types, sizes and names around runtime/include/bmc/model.h.
#ifndef BMC_CODEGEN_HOST_MODEL_HEADER_H
#define BMC_CODEGEN_HOST_MODEL_HEADER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

#include <string>

namespace bmc::codegen {

/// `prefix` is a C identifier. Needs `bm.program` on the module.
mlir::FailureOr<std::string> modelHeader(mlir::ModuleOp planned, llvm::StringRef prefix);

} // namespace bmc::codegen

#endif
