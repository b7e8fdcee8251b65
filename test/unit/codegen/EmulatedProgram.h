// Kernels of another processor in a program of their own, which an emulator runs.
#ifndef BMC_TEST_UNIT_CODEGEN_EMULATED_PROGRAM_H
#define BMC_TEST_UNIT_CODEGEN_EMULATED_PROGRAM_H

#include "KernelRunner.h"

#include <sys/types.h>

namespace bmc::test {

/// What this machine lacks to run programs of a target; empty if nothing.
std::string missingForEmulation(const codegen::Target &target);

class EmulatedProgram {
public:
  /// Links the kernels and starts the program.
  EmulatedProgram(const codegen::Target &target, llvm::ArrayRef<codegen::CompiledKernel> kernels);
  /// Expects that it ends well.
  ~EmulatedProgram();

  /// One of its kernels. It must not outlive the program.
  std::unique_ptr<RunnableKernel> kernel(const codegen::CompiledKernel &compiled);

  /// Calls the kernel of a number: see kernel_server.cpp.
  int call(uint32_t number, llvm::ArrayRef<int32_t> symbols, llvm::ArrayRef<KernelBuffer> buffers);

private:
  void start(const codegen::Target &target);

  std::vector<std::string> names; // of the kernels, in the order of their numbers
  std::string path;
  pid_t process = -1;
  int requests = -1, answers = -1; // pipes
};

} // namespace bmc::test

#endif
