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

void expectAsReference(ArrayRef<Case> cases) {
  OwningOpRef<ModuleOp> module = parse(moduleText(cases));
  ASSERT_TRUE(module);
  for (bool hasChecks : {true, false}) {
    codegen::CompileOptions options{hostTarget()};
    options.jobs = 2;
    options.checks = hasChecks;
    auto kernels = codegen::compileKernels(*module, options);
    ASSERT_TRUE(succeeded(kernels));
    std::map<std::string, const codegen::CompiledKernel *> byName;
    for (const codegen::CompiledKernel &kernel : *kernels)
      byName[kernel.name] = &kernel;
    for (const Case &test : cases)
      for (size_t variant = 0; variant < test.clauses.size(); ++variant) {
        auto function = module->lookupSymbol<func::FuncOp>(test.name + "_v" + std::to_string(variant));
        KernelOp kernel = *function.getOps<KernelOp>().begin();
        const codegen::CompiledKernel &compiled = *byName.at(codegen::kernelName(kernel, options.target));
        LoadedKernel loaded(compiled.object, compiled.name);
        expectKnownNames(loaded, hasChecks);
        SCOPED_TRACE(hasChecks ? "with checks" : "without checks");
        expectVariant(function, test, loaded);
      }
  }
}

} // namespace bmc::test
