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

// A chain of layers of two products each, whose loss is differentiated by the weight that they share.
std::string deepNetwork(int depth, bool isRecomputed) {
  std::string row = "tensor<?x16xf32, #bm.dims<N, 16>>", wide = "tensor<?x64xf32, #bm.dims<N, 64>>";
  std::string text = "module attributes {bm.target = #bm.target<triple = \"x86_64-linux-musl\", cpu = \"haswell\", "
                     "vectorBits = 256, vectorRegisters = 16>} {\nfunc.func @f(%w: tensor<16x64xf32>, %x0: " +
                     row + ") -> tensor<16x64xf32> {\n";
  for (int i = 0; i < depth; ++i) {
    std::string in = "%x" + std::to_string(i), out = "%x" + std::to_string(i + 1), name = "%l" + std::to_string(i);
    std::string x = isRecomputed ? "%a" : in, w = isRecomputed ? "%b" : "%w", y = isRecomputed ? "%y" : out;
    if (isRecomputed)
      text +=
          out + " = bm.checkpoint (%a = " + in + " : " + row + ", %b = %w : tensor<16x64xf32>) -> (" + row + ") {\n";
    text += name + "a = bm.matmul " + x + ", " + w + " : " + row + ", tensor<16x64xf32>\n" + name + "b = bm.sigmoid " +
            name + "a : " + wide + "\n" + name + "c = bm.sin " + name + "b : " + wide + "\n" + y + " = bm.matmul " +
            name + "c, " + w + " transposed : " + wide + ", tensor<16x64xf32>\n";
    if (isRecomputed)
      text += "bm.yield %y : " + row + "\n}\n";
  }
  std::string last = "%x" + std::to_string(depth);
  return text + "%loss = bm.reduce_sum " + last + ", [0, 1] : " + row +
         "\n%g = bm.grad %loss wrt %w : tensor<f32>, tensor<16x64xf32> to tensor<16x64xf32>\n"
         "return %g : tensor<16x64xf32>\n}\n}";
}

// What a layer has inside need not be kept if it is computed again: the arena no longer grows by it with the depth.
TEST(MemoryPlan, RecomputationNeedsLessMemory) {
  std::vector<int64_t> bytes;
  std::vector<Tensors> results;
  for (bool isRecomputed : {false, true}) {
    auto context = makeContext();
    auto module = parseSourceString<ModuleOp>(deepNetwork(12, isRecomputed), context.get());
    ASSERT_TRUE(module);
    for (auto create : {createDifferentiate, createSimplify, createFuse, createSchedule, createPlanMemory})
      ASSERT_TRUE(succeeded(runPass(*module, create())));
    func::FuncOp function = functionsOf(*module)[0];
    bytes.push_back(*arenaBytes(function, {{"N", 100}}));
    results.push_back(Machine(function, randomArguments<double>(function)).run());
  }
  constexpr int64_t wide = 100 * 64 * 4, row = 100 * 16 * 4;
  EXPECT_GT(bytes[0], 12 * (wide + row));
  EXPECT_LT(bytes[1], 12 * row + 7 * wide);
  ASSERT_EQ(results[0].size(), 1u);
  EXPECT_EQ(results[0][0].reals, results[1][0].reals);
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
