// See the header.
#include "codegen/halide/Pipelines.h"
#include "codegen/Machine.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace bmc::codegen {

// LLVM's own order for 32-bit ARM brings loads forward until products keep their sums in memory; Halide's is that of
// the tile. It can be chosen for a process only, which this one's children are for one kernel.
static void keepOrder() {
  const char *arguments[] = {"bmc", "-pre-RA-sched=source"};
  cl::ParseCommandLineOptions(std::size(arguments), arguments);
}

Expected<std::string> compileForPipelines(StringRef bitcode, const Target &target, CodeGenFileType type) {
  Expected<std::unique_ptr<TargetMachine>> machine = targetMachine(target);
  if (!machine)
    return machine.takeError();
  if ((*machine)->getTargetTriple().isARM())
    keepOrder();
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
