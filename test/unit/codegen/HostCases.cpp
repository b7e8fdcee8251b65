// Cases on the processor: each variant with run-time checks and without.
#include "KernelRunner.h"
#include "llvm/Support/Regex.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc::test {

static void expectKnownNames(const LoadedKernel &kernel, bool hasChecks) {
  static const llvm::Regex known(
      "^(memset|memcpy|memmove|halide_do_par_for|exp|expm1|erf|erff|log|log1p|tanh|erf|erfc|sin|cos|sinf|cosf|pow|powf|"
      "floor|floorf|ceil|ceilf|_GLOBAL_OFFSET_TABLE_)$");
  for (const std::string &name : kernel.undefined())
    if (!hasChecks || !llvm::StringRef(name).starts_with("halide_error"))
      EXPECT_TRUE(known.match(name)) << name;
}

const TestMachine &testMachine() {
  static const TestMachine machine;
  return machine;
}

std::vector<Tensor> resultsOf(const Case &test, ArrayRef<Tensor> inputs) {
  OwningOpRef<ModuleOp> module = parse(moduleText({test}));
  auto kernels = codegen::compileKernels(*module, {hostTarget()});
  if (failed(kernels))
    return {};
  const codegen::CompiledKernel &kernel = kernels->front();
  return LoadedKernel(kernel.object, kernel.name).run(kernel.kernel, inputs, {});
}

void expectAsReference(ArrayRef<Case> cases) {
  OwningOpRef<ModuleOp> module = parse(moduleText(cases));
  ASSERT_TRUE(module);
  for (bool hasChecks : {true, false}) {
    SCOPED_TRACE(hasChecks ? "with checks" : "without checks");
    codegen::CompileOptions options{hostTarget()};
    options.jobs = 2;
    options.checks = hasChecks;
    auto kernels = codegen::compileKernels(*module, options);
    ASSERT_TRUE(succeeded(kernels));
    expectVariants(*module, cases, options.target, *kernels, [&](const codegen::CompiledKernel &compiled) {
      auto loaded = std::make_unique<LoadedKernel>(compiled.object, compiled.name);
      expectKnownNames(*loaded, hasChecks);
      return loaded;
    });
  }
}

} // namespace bmc::test
