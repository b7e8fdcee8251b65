// The same cases on a processor that is emulated: the kernels of a test are linked to one program (kernel_server.cpp),
// which runs under qemu and calls them as it is told through pipes. BMC_TEST_TARGET and BMC_TEST_CPU in the environment
// say which processor, as --target and --cpu; QEMU_CPU says which one qemu is. A test is skipped where there is no
// emulator or nothing to link with. Arithmetic is that of the other processor, so the tolerances are those of the
// cases: the reference's sums have another order, and round in between.
#include "EmulatedProgram.h"
#include "KernelRunner.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc::test {

static codegen::Target emulatedTarget() {
  const char *triple = getenv("BMC_TEST_TARGET"), *cpu = getenv("BMC_TEST_CPU");
  return llvm::cantFail(codegen::parseTarget(triple ? triple : "aarch64-linux-musl", cpu ? cpu : ""));
}

void expectAsReference(ArrayRef<Case> cases) {
  codegen::CompileOptions options{emulatedTarget()};
  if (std::string missing = missingForEmulation(options.target); !missing.empty())
    GTEST_SKIP() << missing;
  OwningOpRef<ModuleOp> module = parse(moduleText(cases));
  ASSERT_TRUE(module);
  options.jobs = 2;
  auto kernels = codegen::compileKernels(*module, options);
  ASSERT_TRUE(succeeded(kernels));
  EmulatedProgram program(options.target, *kernels);
  expectVariants(*module, cases, options.target, *kernels,
                 [&](const codegen::CompiledKernel &compiled) { return program.kernel(compiled); });
}

} // namespace bmc::test
