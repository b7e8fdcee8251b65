// The steps of the host lowering. See the header.
#include "codegen/host/HostProgram.h"

using namespace mlir;

namespace bmc::codegen {

FailureOr<OwningOpRef<ModuleOp>> lowerHost(ModuleOp planned, const HostOptions &options) {
  planned.getContext()->loadDialect<LLVM::LLVMDialect>();
  OwningOpRef<ModuleOp> host = ModuleOp::create(UnknownLoc::get(planned.getContext()));
  Globals globals(*host, options.namesRuntime);
  HostProgram program;
  lowerKernels(planned, options, *host, program);
  if (failed(lowerFunctions(planned, *host, globals, program)) || failed(addProgramTable(planned, globals, program)))
    return failure();
  return host;
}

} // namespace bmc::codegen
