// The machine model: what it knows of processors, and that its estimates follow sizes and machines as they should.
#include "passes/MachineModel.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace bmc;
using namespace bmc::bm;

namespace {

class MachineModelTest : public testing::Test {
protected:
  MachineModelTest() { context.loadDialect<BmDialect, mlir::func::FuncDialect>(); }

  TargetAttr target(llvm::StringRef cpu, int64_t vectorBits, MachineAttr machine = {}) {
    bool isArm = cpu.starts_with("cortex") || cpu == "generic";
    return TargetAttr::get(&context, isArm ? "aarch64-linux-musl" : "x86_64-linux-musl", cpu, vectorBits, 32, "",
                           machine);
  }

  TargetAttr arm32(llvm::StringRef cpu) {
    return TargetAttr::get(&context, "armv7-linux-musleabihf", cpu, 128, 16, "", MachineAttr());
  }

  MachineModel zen4() { return MachineModel(target("znver4", 512)); }

  Estimate estimateOf(const std::string &kernel, const MachineModel &machine, int64_t open = 256) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(kernel, &context);
    Estimate result;
    module->walk([&](KernelOp op) { result = estimate(op, machine, open); });
    return result;
  }

  // lhs[rows, inner] rhs[inner, columns], each a number or `?`, which is N.
  Estimate product(const std::string &rows, int64_t inner, int64_t columns, const std::string &schedule,
                   const MachineModel &machine, int64_t open = 256) {
    auto type = [](const std::string &outer, int64_t last) {
      std::string number = std::to_string(last);
      return "tensor<" + outer + "x" + number + "xf32" + (outer == "?" ? ", #bm.dims<N, " + number + ">>" : ">");
    };
    std::string lhs = type(rows, inner), rhs = type(std::to_string(inner), columns), result = type(rows, columns);
    return estimateOf("func.func @f(%a: " + lhs + ", %b: " + rhs + ") -> " + result +
                          " {\n  %y = bm.kernel(%x = %a : " + lhs + ", %w = %b : " + rhs + ") -> (" + result +
                          ") schedule #bm.schedule<matmul, vector = 16, " + schedule +
                          "> {\n    %0 = bm.matmul %x, %w : " + lhs + ", " + rhs + "\n    bm.yield %0 : " + result +
                          "\n  }\n  return %y : " + result + "\n}",
                      machine, open);
  }

  Estimate sumOfTwo(int64_t elements, const MachineModel &machine) {
    std::string type = "tensor<" + std::to_string(elements) + "xf32>";
    return estimateOf("func.func @f(%a: " + type + ") -> " + type + " {\n  %y = bm.kernel(%x = %a : " + type +
                          ") -> (" + type + ") schedule #bm.schedule<elementwise, vector = 16> {\n    %0 = bm.add " +
                          "%x, %x : " + type + "\n    bm.yield %0 : " + type + "\n  }\n  return %y : " + type + "\n}",
                      machine);
  }

  mlir::MLIRContext context;
};

// `generic` is another machine than that of 64 bits, whose vectors are multiplied by lanes on both.
TEST_F(MachineModelTest, KnowsArmOf32Bits) {
  MachineModel plainest(arm32("generic")), a15(arm32("cortex-a15"));
  EXPECT_LT(plainest.peakFlops(4), MachineModel(target("generic", 128)).peakFlops(4));
  EXPECT_LT(plainest.peakFlops(4), a15.peakFlops(4));
  EXPECT_EQ(plainest.broadcastElements(4), 4);
}

TEST_F(MachineModelTest, KnowsProcessorsByName) {
  MachineModel zen5(target("znver5", 512)), a53(target("cortex-a53", 128));
  EXPECT_EQ(zen4().bytesOf(MemoryLevel::L1), 32 * 1024);
  EXPECT_EQ(zen5.bytesOf(MemoryLevel::L1), 48 * 1024);
  EXPECT_EQ(zen5.bytesOf(MemoryLevel::L2), 1024 * 1024);
  EXPECT_EQ(zen5.lanes(4), 16);
  EXPECT_EQ(zen5.lanes(8), 8);
  EXPECT_EQ(zen5.peakFlops(4), 2 * zen5.peakFlops(8));
  EXPECT_DOUBLE_EQ(zen4().peakFlops(4), 32 * 3.7e9); // half of the width is there twice
  EXPECT_LT(a53.peakFlops(4), zen4().peakFlops(4) / 8);
}

TEST_F(MachineModelTest, UnknownProcessorIsThePlainestOfItsArchitecture) {
  EXPECT_EQ(MachineModel(target("unheard-of", 128)).peakFlops(4), MachineModel(target("x86-64", 128)).peakFlops(4));
}

TEST_F(MachineModelTest, NumbersInTheTargetGoFirst) {
  auto machine = llvm::cast<MachineAttr>(mlir::parseAttribute(
      "#bm.machine<fmaPorts = 1, fmaLatency = 5, megahertz = 1000, lineBytes = 64, l1Bytes = 1024, l2Bytes = 2048, "
      "l3Bytes = 0, l1BytesPerCycle = 8, l2BytesPerCycle = 4, l3BytesPerCycle = 2, memoryBytesPerCycle = 1, "
      "loopNanoseconds = 1000000, taskNanoseconds = 1000>",
      &context));
  MachineModel model(target("znver4", 512, machine));
  EXPECT_DOUBLE_EQ(model.peakFlops(4), 32e9);
  EXPECT_EQ(model.levelOf(1024), MemoryLevel::L1);
  EXPECT_EQ(model.levelOf(2048), MemoryLevel::L2);
  EXPECT_EQ(model.levelOf(2049), MemoryLevel::Memory); // no third cache
  EXPECT_DOUBLE_EQ(model.secondsToRead(4e9, 1024), 0.5);
  EXPECT_EQ(model.taskCount(1e-3), 1);
  EXPECT_GT(model.taskCount(1e-2), 1);
}

TEST_F(MachineModelTest, HostIsReadTheSameEachTime) {
  MachineAttr host = machineOfHost(&context);
  EXPECT_EQ(host, machineOfHost(&context));
  EXPECT_GE(host.getL1Bytes(), 8 * 1024);
  EXPECT_GE(host.getL2Bytes(), host.getL1Bytes());
}

TEST_F(MachineModelTest, LevelsAreSlowerTheFarther) {
  for (llvm::StringRef cpu : {"x86-64", "haswell", "znver5", "cortex-a72", "neoverse-v2", "apple-m1"}) {
    MachineModel model(target(cpu, 128));
    for (auto [near, far] : {std::pair(MemoryLevel::L1, MemoryLevel::L2),
                             {MemoryLevel::L2, MemoryLevel::L3},
                             {MemoryLevel::L3, MemoryLevel::Memory}})
      EXPECT_GE(model.bandwidth(near), model.bandwidth(far)) << cpu.str();
  }
}

TEST_F(MachineModelTest, SmallWorkIsNotSharedOut) {
  EXPECT_EQ(zen4().taskCount(1e-6), 1);
  EXPECT_FALSE(zen4().paysParallel(1e-6));
  int64_t previous = 1;
  for (double seconds : {1e-5, 1e-4, 1e-3, 1e-2}) {
    int64_t count = zen4().taskCount(seconds);
    EXPECT_GE(count, previous);
    EXPECT_GT(seconds / double(count), 1e-6);
    previous = count;
  }
}

TEST_F(MachineModelTest, LargeProductsAreBoundByArithmetic) {
  Estimate cost = product("512", 512, 512, "tile = [4, 64]", zen4());
  EXPECT_DOUBLE_EQ(cost.flops, 2.0 * 512 * 512 * 512);
  EXPECT_GT(cost.rooflineShare(), 0.9);
  EXPECT_LE(cost.rooflineShare(), 1);
}

TEST_F(MachineModelTest, OneRowIsBoundByReadingTheWeights) {
  MachineModel machine = zen4();
  Estimate cost = product("1", 3072, 768, "tile = [1, 64]", machine);
  EXPECT_GE(cost.seconds, machine.secondsToRead(3072 * 768 * 4, 3072 * 768 * 4));
  EXPECT_GE(cost.bytes[size_t(MemoryLevel::L3)], 3072 * 768 * 4);
}

TEST_F(MachineModelTest, TooFewAccumulatorsWaitForEachOther) {
  MachineModel machine(target("znver5", 512));
  EXPECT_LT(product("64", 64, 64, "tile = [4, 64]", machine).seconds * 2,
            product("64", 64, 64, "tile = [1, 16]", machine).seconds);
}

TEST_F(MachineModelTest, EstimatesGrowWithTheWork) {
  MachineModel machine = zen4();
  double previous = 0;
  for (int64_t open : {1, 8, 64, 256, 1024}) {
    double seconds = product("?", 512, 512, "tile = [6, 64]", machine, open).seconds;
    EXPECT_GE(seconds, previous);
    previous = seconds;
  }
  previous = 0;
  for (int64_t elements : {1000, 10000, 100000, 1000000, 100000000}) {
    double seconds = sumOfTwo(elements, machine).seconds;
    EXPECT_GE(seconds, 9.99 * previous);
    previous = seconds;
  }
}

} // namespace
