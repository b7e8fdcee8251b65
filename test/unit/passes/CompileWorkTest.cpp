// What passes do for models of many ops is counted, not timed: four times the ops take about four times the work.
#include "Networks.h"
#include "passes/Arena.h"
#include "passes/FusionRules.h"

using namespace mlir;
using namespace bmc;
using namespace bmc::bm;
using namespace bmc::test;

namespace {

const std::string row = "tensor<?x8xf32, #bm.dims<N, 8>>", column = "tensor<?xf32, #bm.dims<N>>";

std::string name(const std::string &of, int number) { return "%" + of + std::to_string(number); }

/// A function of the op texts that `step` makes of a number, which give %x1, %x2 and so on.
std::string function(int steps, std::string (*step)(int)) {
  std::string text = "func.func @f(%x0: " + row + ", %w: tensor<8x8xf32>) -> " + row + " {\n";
  for (int i = 0; i < steps; ++i)
    text += step(i);
  return text + "return " + name("x", steps) + " : " + row + "\n}\n";
}

std::string softmax(int i) {
  std::string x = name("x", i), max = name("m", i), sum = name("s", i), e = name("e", i), d = name("d", i);
  std::string b = name("b", i), c = name("c", i), repeat = ", [0] : " + column + " to " + row + "\n";
  return max + " = bm.reduce_max " + x + ", [1] : " + row + "\n" + b + " = bm.broadcast " + max + repeat + d +
         " = bm.sub " + x + ", " + b + " : " + row + "\n" + e + " = bm.exp " + d + " : " + row + "\n" + sum +
         " = bm.reduce_sum " + e + ", [1] : " + row + "\n" + c + " = bm.broadcast " + sum + repeat + name("x", i + 1) +
         " = bm.div " + e + ", " + c + " : " + row + "\n";
}

/// A product, and something that only the sum of all reads: %y.
std::string layer(int i) {
  std::string x = name("x", i), y = name("y", i), next = name("x", i + 1);
  return y + " = bm.matmul " + x + ", %w : " + row + ", tensor<8x8xf32>\n" + next + " = bm.tanh " + y + " : " + row +
         "\n";
}

std::string branch(int i) {
  std::string y = name("y", i);
  return y + " = bm.matmul %x0, %w : " + row + ", tensor<8x8xf32>\n" + name("x", i + 1) + " = bm.add " + name("x", i) +
         ", " + y + " : " + row + "\n";
}

std::string pointwise(int i) { return name("x", i + 1) + " = bm.tanh " + name("x", i) + " : " + row + "\n"; }

uint64_t fusionWork(int steps, std::string (*step)(int)) {
  auto context = makeContext();
  auto module = parseSourceString<ModuleOp>(function(steps, step), context.get());
  EXPECT_TRUE(module);
  FusionGraph graph(functionsOf(*module)[0].getBody().front());
  groupOps(graph);
  return graph.work();
}

TEST(Fusion, TakesWorkInProportionToTheNumberOfOps) {
  for (auto step : {softmax, layer, branch, pointwise})
    EXPECT_LT(fusionWork(2000, step), 5 * fusionWork(500, step) + 10000) << step(0);
}

/// Values of so many sizes, first all alive at once, then one after the other.
uint64_t arenaWork(size_t values) {
  Arena arena;
  for (size_t i = 0; i < values; ++i)
    arena.take(SymbolicDim(int64_t(i + 1)) * SymbolicDim::symbol("N"), i, values);
  for (size_t i = 0; i < values; ++i)
    arena.take(SymbolicDim(int64_t(i)), values + 1 + i, values + 1 + i);
  return arena.work();
}

TEST(Arena, ComparesFewSizesOfSlots) { EXPECT_LT(arenaWork(4000), 5 * arenaWork(1000)); }

TEST(Arena, TakesTheSmallestFreeSlotThatFits) {
  Arena arena;
  EXPECT_EQ(arena.take(300, 0, 1), 0u);
  EXPECT_EQ(arena.take(100, 0, 1), 1u);
  EXPECT_EQ(arena.take(200, 0, 5), 2u);
  EXPECT_EQ(arena.take(90, 2, 3), 1u);
  EXPECT_EQ(arena.take(90, 2, 3), 0u);
  EXPECT_EQ(arena.take(90, 2, 3), 3u);  // all others are busy
  EXPECT_EQ(arena.take(400, 4, 9), 0u); // the largest grows
  EXPECT_EQ(arena.bytes(0), SymbolicDim(400));
}

// A slot that is kept twice until the same time is free once.
TEST(Arena, GivesASlotToOneValueAtATime) {
  Arena arena;
  size_t slot = arena.take(100, 0, 2);
  arena.keep(slot, 2);
  EXPECT_EQ(arena.take(100, 3, 4), slot);
  EXPECT_NE(arena.take(100, 3, 4), slot);
}

} // namespace
