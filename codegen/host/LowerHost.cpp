// The steps of the host lowering. See the header.
#include "codegen/host/HostProgram.h"

using namespace mlir;

namespace bmc::codegen {

FailureOr<OwningOpRef<ModuleOp>> lowerHost(ModuleOp planned, const HostOptions &options) {
  planned.getContext()->loadDialect<LLVM::LLVMDialect>();
  OwningOpRef<ModuleOp> host = ModuleOp::create(UnknownLoc::get(planned.getContext()));
  Globals globals(*host, options.objects);
  HostProgram program;
  lowerKernels(planned, options, *host, program);
  if (failed(lowerFunctions(planned, options, *host, globals, program)))
    return failure();
  if (options.target.hasDevice()) {
    if (failed(addDeviceTable(planned, globals, program, options.target.device)))
      return failure();
  } else if (failed(addProgramTable(planned, globals, program))) {
    return failure();
  }
  if (options.hasProfile)
    addCallTable(*host, globals, program, options.target.hasDevice() ? "bmc_device_calls" : "bmc_calls");
  return host;
}

} // namespace bmc::codegen
