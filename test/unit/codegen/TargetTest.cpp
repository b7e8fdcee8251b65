// `--target`, `--cpu` and `--gpu`.
#include "codegen/Target.h"
#include "dialects/Dialect.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace bmc::codegen;

static std::string errorOf(llvm::StringRef triple, llvm::StringRef cpu, llvm::StringRef gpu = "") {
  auto target = parseTarget(triple, cpu, gpu);
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
            "aarch64-linux-musl, aarch64-linux-gnu, armv7-linux-musleabihf, armv7-linux-gnueabihf, "
            "thumbv7em-none-eabihf");
  EXPECT_EQ(
      errorOf("aarch64-linux-musl", "x86-64-v3"),
      "unknown processor 'x86-64-v3'; known are generic, cortex-a53, cortex-a72, cortex-a76, neoverse-n1, apple-m1, "
      "neoverse-v1, neoverse-v2");
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

// ARM's processors have instructions and pipelines of their own.
TEST(TargetTest, ArmProcessor) {
  auto arm = [](const char *cpu) { return llvm::cantFail(parseTarget("aarch64-linux-musl", cpu)); };
  EXPECT_FALSE(arm("").hasPipelines());
  EXPECT_TRUE(arm("cortex-a72").hasPipelines());
  EXPECT_EQ(arm("neoverse-v2").llvmCpu, "neoverse-v2");
  EXPECT_NE(arm("cortex-a72").halide, arm("cortex-a76").halide);
  EXPECT_FALSE(llvm::cantFail(parseTarget("x86_64-linux-musl", "znver4")).hasPipelines());
}

// LLVM makes the code of kernels for all of 32-bit ARM's.
TEST(TargetTest, Arm32Processor) {
  auto arm = [](const char *cpu) { return llvm::cantFail(parseTarget("armv7-linux-musleabihf", cpu)); };
  EXPECT_EQ(arm("").cpu, "generic");
  EXPECT_EQ(arm("").vectorRegisters, 16);
  EXPECT_TRUE(arm("").hasPipelines());
  EXPECT_TRUE(arm("").isMusl());
  EXPECT_FALSE(arm("").isBare());
  EXPECT_FALSE(arm("").isHost());
  EXPECT_FALSE(llvm::cantFail(parseTarget("armv7-linux-gnueabihf", "")).isMusl());
  EXPECT_NE(arm("cortex-a7").llvmFeatures, arm("cortex-a9").llvmFeatures);
}

TEST(TargetTest, Microcontroller) {
  Target small = llvm::cantFail(parseTarget("thumbv7em-none-eabihf", ""));
  EXPECT_EQ(small.cpu, "cortex-m4");
  EXPECT_TRUE(small.isBare());
  EXPECT_FALSE(small.isHost());
  EXPECT_LT(small.alignment(), llvm::cantFail(parseTarget("", "")).alignment());
  EXPECT_EQ(errorOf("thumbv7em-none-eabihf", "cortex-a53"),
            "unknown processor 'cortex-a53'; known are cortex-m4, cortex-m7, cortex-m55");
}

// Only where nothing is named are the numbers this machine's.
TEST(TargetTest, NativeCarriesItsMachine) {
  mlir::MLIRContext context;
  context.loadDialect<bmc::bm::BmDialect>();
  EXPECT_TRUE(targetAttr(&context, llvm::cantFail(parseTarget("", ""))).getMachine());
  EXPECT_TRUE(targetAttr(&context, llvm::cantFail(parseTarget("", "native"))).getMachine());
  EXPECT_FALSE(targetAttr(&context, llvm::cantFail(parseTarget("x86_64-linux-musl", "x86-64-v3"))).getMachine());
}

TEST(TargetTest, Devices) {
  Target opencl = llvm::cantFail(parseTarget("x86_64-linux-gnu+opencl", "x86-64-v3"));
  EXPECT_EQ(opencl.triple, "x86_64-linux-gnu");
  EXPECT_EQ(opencl.device, "opencl");
  EXPECT_TRUE(opencl.hasDevice());
  EXPECT_EQ(opencl.withoutDevice(), llvm::cantFail(parseTarget("x86_64-linux-gnu", "x86-64-v3")));
  EXPECT_EQ(llvm::cantFail(parseTarget("+cuda", "")).gpu, "sm_80");
  EXPECT_EQ(llvm::cantFail(parseTarget("aarch64-linux-gnu+cuda", "", "sm_75")).gpu, "sm_75");
}

TEST(TargetTest, DevicesThatCannotBe) {
  EXPECT_EQ(errorOf("x86_64-linux-gnu+metal", ""), "unknown device 'metal'; known are opencl, cuda");
  EXPECT_EQ(errorOf("x86_64-linux-gnu+", ""), "expected a device behind '+'");
  EXPECT_EQ(errorOf("x86_64-linux-musl+cuda", ""),
            "a program opens the driver of its device when it starts, which takes glibc and 64 bits: expected "
            "--target=x86_64-linux-gnu+cuda, found --target=x86_64-linux-musl+cuda");
  EXPECT_EQ(errorOf("armv7-linux-gnueabihf+cuda", ""),
            "a program opens the driver of its device when it starts, which takes glibc and 64 bits: expected "
            "--target=aarch64-linux-gnu+cuda, found --target=armv7-linux-gnueabihf+cuda");
  EXPECT_EQ(errorOf("x86_64-linux-gnu+cuda", "", "sm_10"),
            "unknown GPU 'sm_10'; known are sm_50, sm_61, sm_70, sm_75, sm_80, sm_86");
  EXPECT_EQ(errorOf("x86_64-linux-gnu+opencl", "", "sm_80"),
            "--gpu=sm_80 is for +cuda; OpenCL's driver compiles for the device that is there");
  EXPECT_EQ(errorOf("x86_64-linux-gnu", "", "sm_80"), "--gpu=sm_80 goes with --target=x86_64-linux-gnu+cuda");
}

// What passes are told is enough to find the target again.
TEST(TargetTest, AttributesSayItAll) {
  mlir::MLIRContext context;
  context.loadDialect<bmc::bm::BmDialect>();
  for (const char *triple :
       {"x86_64-linux-musl", "x86_64-linux-gnu+opencl", "aarch64-linux-gnu+cuda", "armv7-linux-musleabihf"}) {
    Target target = llvm::cantFail(parseTarget(triple, ""));
    EXPECT_EQ(llvm::cantFail(targetOf(targetAttr(&context, target))), target);
  }
}
