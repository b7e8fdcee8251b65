// Which operands are packed: by size, transposition and machine.
#include "passes/PackingRules.h"
#include "gtest/gtest.h"

using namespace bmc;

namespace {

class PackingRulesTest : public testing::Test {
protected:
  PackingRulesTest() { context.loadDialect<bm::BmDialect>(); }

  // `transposed`: N or T for each operand.
  PackedBlocks choose(std::optional<int64_t> rows, int64_t columns, int64_t inner, const std::string &transposed,
                      int64_t steps = 1) {
    MachineModel zen5(bm::TargetAttr::get(&context, "x86_64-linux-musl", "znver5", 512, 32, "", bm::MachineAttr()));
    return choosePacking({rows, columns, inner, 4, transposed[0] == 'T', transposed[1] == 'T', steps}, zen5);
  }

  mlir::MLIRContext context;
  const PackedBlocks nothing;
};

TEST_F(PackingRulesTest, NearOperandsAreReadInPlace) {
  EXPECT_EQ(choose(256, 256, 256, "NN"), nothing);
  EXPECT_EQ(choose(512, 512, 512, "NN"), nothing);
  EXPECT_EQ(choose(512, 784, 64, "TN"), nothing); // the gradient of a weight
  EXPECT_EQ(choose(64, 784, 512, "NN"), nothing); // of its input
}

TEST_F(PackingRulesTest, LargeRightOperandsArePackedForManyRows) {
  EXPECT_EQ(choose(1024, 1024, 1024, "NN"), (PackedBlocks{0, 32}));
  EXPECT_EQ(choose(16, 1024, 1024, "NN"), nothing);
}

TEST_F(PackingRulesTest, LongTransposedLeftOperandsArePacked) {
  PackedBlocks both = choose(1024, 1024, 1024, "TN");
  EXPECT_EQ(both, (PackedBlocks{8, 32}));
  EXPECT_EQ(choose(1024, 1024, 1024, "TT"), both);
  EXPECT_EQ(choose(512, 512, 512, "TN"), (PackedBlocks{8, 0}));
  EXPECT_EQ(choose(512, 20, 512, "TN"), nothing); // too few columns read it
}

TEST_F(PackingRulesTest, ForwardProductsPackTheSmallerSide) {
  EXPECT_EQ(choose(64, 512, 784, "NT"), (PackedBlocks{32, 0}));
  EXPECT_EQ(choose(48, 512, 784, "NT"), (PackedBlocks{48, 0}));
  EXPECT_EQ(choose(12, 512, 784, "NT"), (PackedBlocks{8, 0}));
  EXPECT_EQ(choose(1024, 1024, 1024, "NT"), (PackedBlocks{0, 32})); // alike: lanes along columns are faster
  EXPECT_EQ(choose(640, 64, 784, "NT"), (PackedBlocks{0, 32}));
  EXPECT_EQ(choose(4, 512, 784, "NT"), nothing);
  EXPECT_EQ(choose(64, 10, 256, "NT"), nothing);
}

TEST_F(PackingRulesTest, AnyNumberOfRows) {
  EXPECT_EQ(choose(std::nullopt, 512, 784, "NT"), nothing); // lanes along the inner axis
  EXPECT_EQ(choose(std::nullopt, 512, 24, "NT"), (PackedBlocks{0, 64}));
  EXPECT_EQ(choose(1, 32, 32, "NT", 64), (PackedBlocks{0, 32})); // in a loop
}

} // namespace
