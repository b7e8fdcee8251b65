// A planned module becomes host code in the LLVM dialect: the entry functions, which say as data which kernels are
// called with what, and the table `bmc_program` that tells the runtime about it all (runtime/include/bmc/program.h).
// For a target with a device the functions take addresses of its memory, and the table is `bmc_device_program`, which
// stands beside the processor's.
//
// Needs: functions of kernels with buffers, constants, reshapes and loops of such; `bm.arena` on each; `bm.program` on
// the module.
#ifndef BMC_CODEGEN_HOST_LOWER_HOST_H
#define BMC_CODEGEN_HOST_LOWER_HOST_H

#include "codegen/Target.h"
#include "codegen/host/Globals.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/LLVM.h"

namespace bmc::codegen {

struct HostOptions {
  Target target;
  bool hasPlainKernels = false; // NAME_plain is there for each kernel: `selftest` compares with it
  bool hasProfile = false;      // entry functions tell the runtime of each call of a kernel
  RuntimeObjects objects = RuntimeObjects::all;
};

/// The LLVM dialect's module. What does not fit is diagnosed at its place in the planned module.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> lowerHost(mlir::ModuleOp planned, const HostOptions &options);

} // namespace bmc::codegen

#endif
