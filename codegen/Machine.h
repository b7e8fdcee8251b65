// LLVM's code generator for bmc's targets: of host code, and of kernels that Halide leaves to it.
#ifndef BMC_CODEGEN_MACHINE_H
#define BMC_CODEGEN_MACHINE_H

#include "codegen/Target.h"
#include "llvm/Support/CodeGen.h"

#include <memory>
#include <string>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace bmc::codegen {

/// Position-independent but on microcontrollers; each function in a section of its own, so that the linker drops those
/// that are not used. `tellsStack`: objects have a section with the bytes of stack that each function takes.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> targetMachine(const Target &target, bool tellsStack = false);

/// Makes all functions, which may be kernels as Halide left them, for the machine, whatever attributes their maker
/// chose.
void makeFor(llvm::Module &module, const llvm::TargetMachine &machine);

llvm::Expected<std::string> emitCode(llvm::Module &module, llvm::TargetMachine &machine, llvm::CodeGenFileType type);

} // namespace bmc::codegen

#endif
