// Host code in the LLVM dialect to LLVM IR, assembly or an object file, for any of bmc's targets.
#ifndef BMC_CODEGEN_HOST_EMIT_OBJECT_H
#define BMC_CODEGEN_HOST_EMIT_OBJECT_H

#include "codegen/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

#include <string>

namespace bmc::codegen {

enum class HostOutput { Ir, Assembly, Object };

/// The module's code, position-independent. Errors are diagnosed.
mlir::FailureOr<std::string> emitHost(mlir::ModuleOp host, const Target &target, unsigned optimization,
                                      HostOutput output);

/// The same together with the kernels' bitcode, as one module: what is not exported is inlined or gone.
mlir::FailureOr<std::string> emitWhole(mlir::ModuleOp host, const Target &target, unsigned optimization,
                                       HostOutput output, llvm::ArrayRef<std::string> kernels,
                                       llvm::ArrayRef<std::string> exported);

} // namespace bmc::codegen

#endif
