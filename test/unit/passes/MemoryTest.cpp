// Memory plans, executed in simulated memory, and the sizes of arenas.
#include "Machine.h"

using namespace mlir;
using namespace bmc;
using namespace bmc::bm;
using namespace bmc::test;

namespace {

TEST(MemoryPlan, KeepsValuesAsLongAsTheyAreNeeded) {
  auto context = makeContext();
  for (const char *file : networkFiles) {
    auto module = parseFile(file, context.get());
    ASSERT_TRUE(module) << file;
    for (auto create : {createDifferentiate, createSimplify, createFuse, createSchedule, createPlanMemory})
      ASSERT_TRUE(succeeded(runPass(*module, create())));
    for (func::FuncOp function : functionsOf(*module)) {
      auto arguments = randomArguments<double>(function);
      auto expected = *evaluateFunction<double>(function, arguments);
      Tensors results = Machine(function, arguments).run();
      for (auto [number, pair] : llvm::enumerate(llvm::zip_equal(results, expected))) {
        auto &[result, reference] = pair;
        EXPECT_EQ(result.integers, reference.integers) << function.getName().str() << ", result " << number;
        for (size_t i = 0; i < reference.reals.size(); ++i)
          EXPECT_NEAR(result.reals[i], reference.reals[i], 1e-4 * std::max(1.0, std::abs(reference.reals[i])))
              << function.getName().str() << ", result " << number << ", element " << i;
      }
    }
  }
}

TEST(MemoryPlan, SizesOfTheArena) {
  auto context = makeContext();
  auto module = parseSourceString<ModuleOp>(R"(
    func.func private @f() attributes {bm.arena = [["4*N"], ["60", "65"]]}
  )",
                                            context.get());
  func::FuncOp function = functionsOf(*module)[0];
  EXPECT_EQ(arenaBytes(function, {{"N", 17}}), 128 + 128);
  EXPECT_EQ(arenaBytes(function, {{"N", 0}}), 0 + 128);
  EXPECT_EQ(arenaBytes(function, {}), std::nullopt);
}

} // namespace
