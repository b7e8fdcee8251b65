// `--target` and `--cpu`.
#include "codegen/Target.h"
#include "dialects/Dialect.h"
#include "gtest/gtest.h"

using namespace bmc::codegen;

static std::string errorOf(llvm::StringRef triple, llvm::StringRef cpu) {
  auto target = parseTarget(triple, cpu);
  return target ? "" : llvm::toString(target.takeError());
}

TEST(TargetTest, KnownNames) {
  Target best = llvm::cantFail(parseTarget("x86_64-linux-musl", "x86-64-v4"));
  EXPECT_EQ(best.vectorBits, 512);
  EXPECT_EQ(best.vectorRegisters, 32);
  Target arm = llvm::cantFail(parseTarget("aarch64-linux-musl", ""));
  EXPECT_EQ(arm.cpu, "generic");
  EXPECT_EQ(arm.vectorBits, 128);
  Target host = llvm::cantFail(parseTarget("", ""));
  EXPECT_TRUE(host.isHost());
}

TEST(TargetTest, UnknownNames) {
  EXPECT_EQ(errorOf("sparc-sun-solaris", ""),
            "unknown target 'sparc-sun-solaris'; known are x86_64-linux-musl, x86_64-linux-gnu, "
            "aarch64-linux-musl, aarch64-linux-gnu");
  EXPECT_EQ(errorOf("aarch64-linux-musl", "x86-64-v3"),
            "unknown processor 'x86-64-v3'; known are generic, cortex-a53, cortex-a72, neoverse-n1, cortex-a76, "
            "neoverse-v1, neoverse-v2, apple-m1");
}

// Its name chooses schedules; the instructions are those of all machines of its kind.
TEST(TargetTest, TunedProcessor) {
  Target tuned = llvm::cantFail(parseTarget("x86_64-linux-musl", "znver4")),
         plain = llvm::cantFail(parseTarget("x86_64-linux-musl", "x86-64-v4"));
  EXPECT_EQ(tuned.cpu, "znver4");
  EXPECT_EQ(tuned.llvmCpu, "x86-64-v4");
  EXPECT_EQ(tuned.halide, plain.halide);
  EXPECT_EQ(tuned.isHost(), plain.isHost());
}

// Only where nothing is named are the numbers this machine's.
TEST(TargetTest, NativeCarriesItsMachine) {
  mlir::MLIRContext context;
  context.loadDialect<bmc::bm::BmDialect>();
  EXPECT_TRUE(targetAttr(&context, llvm::cantFail(parseTarget("", ""))).getMachine());
  EXPECT_TRUE(targetAttr(&context, llvm::cantFail(parseTarget("", "native"))).getMachine());
  EXPECT_FALSE(targetAttr(&context, llvm::cantFail(parseTarget("x86_64-linux-musl", "x86-64-v3"))).getMachine());
}
