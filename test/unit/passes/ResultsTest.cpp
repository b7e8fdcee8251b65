// No pass changes what a function computes: the reference interpreter gives the same results before and after each.
#include "Networks.h"

using namespace mlir;
using namespace bmc;
using namespace bmc::bm;
using namespace bmc::test;

namespace {

using Tensors = SmallVector<ReferenceTensor<double>>;

// Constants are rounded to f32 when they are folded, which this precision of the interpreter does not do otherwise.
constexpr double tolerance = 1e-6;

void expectNear(const Tensors &results, const Tensors &expected, const std::string &where) {
  ASSERT_EQ(results.size(), expected.size()) << where;
  for (size_t number = 0; number < results.size(); ++number) {
    ASSERT_EQ(results[number].shape, expected[number].shape) << where;
    EXPECT_EQ(results[number].integers, expected[number].integers) << where << ", result " << number;
    for (size_t i = 0; i < results[number].reals.size(); ++i)
      EXPECT_NEAR(results[number].reals[i], expected[number].reals[i],
                  tolerance * std::max(1.0, std::abs(expected[number].reals[i])))
          << where << ", result " << number << ", element " << i;
  }
}

TEST(Passes, KeepResults) {
  auto context = makeContext();
  for (const char *file : networkFiles) {
    auto module = parseFile(file, context.get());
    ASSERT_TRUE(module) << file;
    ASSERT_TRUE(succeeded(runPass(*module, createDifferentiate())));
    std::vector<Tensors> expected;
    for (func::FuncOp function : functionsOf(*module)) {
      auto results = evaluateFunction<double>(function, randomArguments<double>(function));
      ASSERT_TRUE(succeeded(results)) << function.getName().str();
      expected.push_back(*results);
    }
    std::pair<const char *, std::unique_ptr<Pass> (*)()> passes[] = {{"simplify", createSimplify},
                                                                     {"fuse", createFuse},
                                                                     {"schedule", createSchedule},
                                                                     {"plan memory", createPlanMemory}};
    for (auto [name, create] : passes) {
      ASSERT_TRUE(succeeded(runPass(*module, create()))) << name;
      for (auto [function, before] : llvm::zip_equal(functionsOf(*module), expected)) {
        auto results = evaluateFunction<double>(function, randomArguments<double>(function));
        ASSERT_TRUE(succeeded(results)) << name;
        expectNear(*results, before, function.getName().str() + " after " + name);
      }
    }
  }
}

// Fusion without simplification has more to decide: nothing is folded, broadcasts and transposes stand everywhere.
TEST(Passes, FuseKeepsResultsOfUnsimplifiedFunctions) {
  auto context = makeContext();
  for (const char *file : networkFiles) {
    auto module = parseFile(file, context.get());
    ASSERT_TRUE(module) << file;
    ASSERT_TRUE(succeeded(runPass(*module, createDifferentiate())));
    std::vector<Tensors> expected;
    for (func::FuncOp function : functionsOf(*module))
      expected.push_back(*evaluateFunction<double>(function, randomArguments<double>(function)));
    ASSERT_TRUE(succeeded(runPass(*module, createFuse())));
    for (auto [function, before] : llvm::zip_equal(functionsOf(*module), expected))
      expectNear(*evaluateFunction<double>(function, randomArguments<double>(function)), before,
                 function.getName().str());
  }
}

} // namespace
