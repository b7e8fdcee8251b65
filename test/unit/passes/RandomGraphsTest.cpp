// Random graphs of ops, loops among them, through all passes: whatever is put together, the results stay, and so do the
// values in memory. The seeds are fixed, so a failure can be looked at again.
#include "Machine.h"
#include "RandomFunction.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace bmc;
using namespace bmc::bm;
using namespace bmc::test;

namespace {

void expectEqual(const Tensors &results, const Tensors &expected, const std::string &where) {
  for (size_t number = 0; number < expected.size(); ++number)
    for (size_t i = 0; i < expected[number].reals.size(); ++i)
      ASSERT_NEAR(results[number].reals[i], expected[number].reals[i], 1e-9)
          << where << ", result " << number << ", element " << i;
}

TEST(RandomGraphs, KeepResultsAndMemory) {
  auto context = makeContext();
  for (unsigned seed = 0; seed < 1000; ++seed) {
    auto module = RandomFunction(context.get(), seed).make(10 + seed % 60);
    std::string where = "seed " + std::to_string(seed);
    ASSERT_TRUE(succeeded(verify(*module))) << where;
    auto function = functionsOf(*module)[0];
    auto arguments = randomArguments<double>(function);
    Tensors expected = *evaluateFunction<double>(function, arguments);
    bool simplifies = seed % 2;
    for (auto create : {createSimplify, createFuse, createSchedule, createPlanMemory}) {
      if (create == createSimplify && !simplifies)
        continue;
      ASSERT_TRUE(succeeded(runPass(*module, create()))) << where;
      function = functionsOf(*module)[0];
      ASSERT_NO_FATAL_FAILURE(expectEqual(*evaluateFunction<double>(function, arguments), expected, where));
    }
    expectEqual(Machine(function, arguments).run(), expected, where + " in memory");
    if (HasFailure()) {
      module->print(llvm::errs());
      return;
    }
  }
}

} // namespace
