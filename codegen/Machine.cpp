// See the header.
#include "codegen/Machine.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

#include <mutex>

using namespace llvm;

namespace bmc::codegen {

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeARMTargetInfo();
    LLVMInitializeARMTarget();
    LLVMInitializeARMTargetMC();
    LLVMInitializeARMAsmPrinter();
    LLVMInitializeARMAsmParser(); // Halide loads vectors with strides by inline assembly
  });
}

Expected<std::unique_ptr<TargetMachine>> targetMachine(const Target &target, bool tellsStack) {
  initializeTargets();
  Triple triple(Triple::normalize(target.triple)); // with the vendor that names leave out
  std::string error;
  const llvm::Target *found = TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return createStringError("this LLVM cannot make code for " + target.triple + ": " + error);
  TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  options.EmitStackSizeSection = tellsStack;
  return std::unique_ptr<TargetMachine>(found->createTargetMachine(triple, target.llvmCpu, target.llvmFeatures, options,
                                                                   target.isBare() ? Reloc::Static : Reloc::PIC_));
}

// Halide allows what is not strict to be contracted, conversions too; LLVM then takes a number that was rounded to a
// float and is wide again for the number itself.
static void keepRounding(Function &function) {
  for (Instruction &instruction : instructions(function))
    if (isa<FPTruncInst, FPExtInst>(instruction))
      instruction.setHasAllowContract(false);
}

void makeFor(Module &module, const TargetMachine &machine) {
  for (Function &function : module) {
    keepRounding(function);
    for (StringRef attribute : {"target-cpu", "target-features", "tune-cpu"})
      function.removeFnAttr(attribute);
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", machine.getTargetFeatureString());
    function.setDoesNotThrow();
  }
}

Expected<std::string> emitCode(Module &module, TargetMachine &machine, CodeGenFileType type) {
  SmallString<0> code;
  raw_svector_ostream stream(code);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return createStringError("this LLVM cannot write such files for " + machine.getTargetTriple().str());
  passes.run(module);
  return code.str().str();
}

} // namespace bmc::codegen
