// See the header.
#include "codegen/halide/Pipelines.h"
#include "codegen/Machine.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace bmc::codegen {

Expected<std::string> compileForPipelines(StringRef bitcode, const Target &target, CodeGenFileType type) {
  Expected<std::unique_ptr<TargetMachine>> machine = targetMachine(target);
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  Expected<std::unique_ptr<Module>> kernel = parseBitcodeFile(MemoryBufferRef(bitcode, "kernel"), context);
  if (!kernel)
    return kernel.takeError();
  (*kernel)->setTargetTriple((*machine)->getTargetTriple());
  (*kernel)->setDataLayout((*machine)->createDataLayout());
  makeFor(**kernel, **machine);
  return emitCode(**kernel, **machine, type);
}

} // namespace bmc::codegen
