// The same cases on a processor that is emulated: the kernels of a test are linked to one program (kernel_server.cpp),
// which runs under qemu and calls them as it is told through pipes. BMC_TEST_TARGET and BMC_TEST_CPU in the environment
// say which processor, as --target and --cpu; QEMU_CPU says which one qemu is. A test is skipped where there is no
// emulator or nothing to link with. Arithmetic is that of the other processor, so the tolerances are those of the
// cases: the reference's sums have another order, and round in between.
#include "EmulatedProgram.h"
#include "KernelRunner.h"
#include "llvm/TargetParser/Triple.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc::test {

static codegen::Target emulatedTarget() {
  const char *triple = getenv("BMC_TEST_TARGET"), *cpu = getenv("BMC_TEST_CPU");
  return llvm::cantFail(codegen::parseTarget(triple ? triple : "aarch64-linux-musl", cpu ? cpu : ""));
}

// 32-bit ARM takes subnormal numbers as zeros in vectors, and the runtime has scalars do so too (runtime/float_mode.h).
const TestMachine &testMachine() {
  static const TestMachine machine{missingForEmulation(emulatedTarget()),
                                   llvm::Triple(emulatedTarget().triple).isARM()};
  return machine;
}

std::vector<Tensor> resultsOf(const Case &test, ArrayRef<Tensor> inputs) {
  OwningOpRef<ModuleOp> module = parse(moduleText({test}));
  codegen::Target target = emulatedTarget();
  auto kernels = codegen::compileKernels(*module, {target});
  if (failed(kernels))
    return {};
  EmulatedProgram program(target, *kernels);
  return program.kernel(kernels->front())->run(kernels->front().kernel, inputs, {});
}

void expectAsReference(ArrayRef<Case> cases) {
  codegen::CompileOptions options{emulatedTarget()};
  if (!testMachine().missing.empty())
    GTEST_SKIP() << testMachine().missing;
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
