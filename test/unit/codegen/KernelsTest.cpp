// Names, the cache, reproducible objects, diagnostics.
#include "KernelRunner.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>

using namespace bmc;
using namespace bmc::test;
using codegen::CompileOptions;

namespace {

const std::string x = "tensor<?x3xf32, D<N, 3>>";
const Case sumCase{"f",
                   "%x : " + x + ", %y : " + x,
                   x,
                   "  %z = bm.add %x, %y : " + x + "\n  bm.yield %z : " + x,
                   {"schedule #bm.schedule<elementwise, vector = 8, flat>"}};
const Case productCase{"g",
                       "%x : " + x + ", %y : " + x,
                       x,
                       "  %z = bm.mul %x, %y : " + x + "\n  bm.yield %z : " + x,
                       {"schedule #bm.schedule<plain>"}};

std::vector<codegen::CompiledKernel> compile(mlir::ModuleOp module, const CompileOptions &options) {
  auto kernels = codegen::compileKernels(module, options);
  EXPECT_TRUE(succeeded(kernels));
  return succeeded(kernels) ? *kernels : std::vector<codegen::CompiledKernel>();
}

TEST(KernelsTest, EqualTextIsCompiledOnce) {
  Case again = sumCase;
  again.name = "h";
  again.inputs = "%first : " + x + ", %second : " + x;
  again.body = "  %z = bm.add %first, %second : " + x + "\n  bm.yield %z : " + x;
  auto module = parse(moduleText({sumCase, productCase, again}));
  auto kernels = compile(*module, {hostTarget()});
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].name.size(), 18u);
  EXPECT_EQ(codegen::kernelSymbols(kernels[0].kernel), std::vector<std::string>{"N"});
}

TEST(KernelsTest, BytesDependOnTheKernelAlone) {
  auto both = parse(moduleText({productCase, sumCase})), one = parse(moduleText({sumCase}));
  CompileOptions options{hostTarget()};
  options.jobs = 2;
  EXPECT_EQ(compile(*both, options)[1].object, compile(*one, {hostTarget()})[0].object);
}

TEST(KernelsTest, PlainVariant) {
  auto module = parse(moduleText({sumCase}));
  CompileOptions options{hostTarget()};
  options.alsoPlain = true;
  auto kernels = compile(*module, options);
  LoadedKernel plain(kernels[0].plainObject, kernels[0].name + "_plain");
  bm::SymbolValues symbols{{"N", 2}};
  Tensor ones({2, 3}, true);
  std::fill(ones.reals.begin(), ones.reals.end(), 1.5);
  EXPECT_EQ(plain.run(kernels[0].kernel, {ones, ones}, symbols)[0].reals, std::vector<double>(6, 3.0));
}

class CacheTest : public testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> path;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("bmc-cache-test", path));
    options.cacheDirectory = path.str().str();
  }
  void TearDown() override { std::filesystem::remove_all(options.cacheDirectory); }
  std::filesystem::path onlyEntry() {
    std::vector<std::filesystem::path> entries;
    for (const auto &entry : std::filesystem::directory_iterator(options.cacheDirectory))
      entries.push_back(entry.path());
    EXPECT_EQ(entries.size(), 1u);
    return entries.at(0);
  }
  CompileOptions options{hostTarget()};
  mlir::OwningOpRef<mlir::ModuleOp> module = parse(moduleText({sumCase}));
};

TEST_F(CacheTest, SecondTimeComesFromTheCache) {
  auto first = compile(*module, options), second = compile(*module, options);
  EXPECT_FALSE(first[0].fromCache);
  EXPECT_TRUE(second[0].fromCache);
  EXPECT_EQ(first[0].object, second[0].object);
}

TEST_F(CacheTest, DamagedEntryIsCompiledAgain) {
  auto first = compile(*module, options);
  { std::ofstream(onlyEntry(), std::ios::app) << "more"; }
  auto second = compile(*module, options);
  EXPECT_FALSE(second[0].fromCache);
  EXPECT_EQ(first[0].object, second[0].object);
  { std::ofstream(onlyEntry(), std::ios::trunc) << ""; }
  EXPECT_FALSE(compile(*module, options)[0].fromCache);
  EXPECT_TRUE(compile(*module, options)[0].fromCache);
}

TEST_F(CacheTest, UnwritableCacheIsNoError) {
  options.cacheDirectory = "/proc/none";
  EXPECT_FALSE(compile(*module, options)[0].object.empty());
  options.cacheDirectory = "";
}

// What is said at a kernel that has this schedule on this target.
std::string errorOf(const std::string &schedule, const char *triple, Case wrong = sumCase) {
  wrong.clauses = {"schedule #bm.schedule<" + schedule + ">"};
  auto module = parse(moduleText({wrong}));
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context(), [&](mlir::Diagnostic &diagnostic) { message += diagnostic.str(); });
  EXPECT_TRUE(failed(codegen::compileKernels(*module, {llvm::cantFail(codegen::parseTarget(triple, ""))})));
  llvm::StringRef text = message;
  EXPECT_TRUE(text.consume_front("Halide cannot compile this kernel: ")) << message;
  return text.str();
}

TEST(KernelsTest, ErrorsAreDiagnosedAtTheKernel) {
  EXPECT_EQ(errorOf("matmul, vector = 8, tile = [4, 8]", ""),
            "a matmul schedule needs tiles of two sizes and a kernel with one product");
  EXPECT_EQ(errorOf("rows, vector = 8, tile = [2]", ""),
            "a rows schedule with a tile needs rows and tasks that are whole tiles, and results of one shape");
}

TEST(KernelsTest, DeviceSchedulesThatCannotBe) {
  const char *device = "x86_64-linux-gnu+opencl";
  EXPECT_EQ(errorOf("elementwise", device), "a target with a device needs a schedule with threads");
  EXPECT_EQ(errorOf("gpu_elements, threads = 64", ""), "a schedule with threads needs a target with a device");
  EXPECT_EQ(errorOf("gpu_elements, threads = 2048", device), "a block has at most 1024 threads");
  EXPECT_EQ(errorOf("gpu_rows, partial = 12, threads = 64", device),
            "a device's partial sums are at most as many as threads, and up to 8 or a multiple of 8");
  EXPECT_EQ(errorOf("gpu_columns, partial = 8, threads = 60", device),
            "the threads of a gpu_columns schedule are a multiple of its partial sums");
  EXPECT_EQ(errorOf("gpu_matmul, tile = [64, 64, 16], threads = 256", device),
            "a gpu_matmul schedule needs a kernel with one product");
}

// Elements and sums of rows.
Case rowValues(const std::string &rows) {
  std::string shape;
  int64_t axes = 1 + llvm::count(rows, ',');
  for (int64_t axis = 0; axis < axes; ++axis)
    shape += "?x";
  std::string x = "tensor<" + shape + "64xf32, D<" + rows + ", 64>>", row = "tensor<" + shape + "f32, D<" + rows + ">>";
  return {"rows",
          "%x : " + x,
          x + ", " + row,
          "  %e = bm.exp %x : " + x + "\n  %s = bm.reduce_sum %e, [" + std::to_string(axes) + "] : " + x +
              "\n  bm.yield %e, %s : " + x + ", " + row,
          {}};
}

TEST(KernelsTest, DeviceSchedulesThatCannotStoreValuesOfRows) {
  const char *device = "x86_64-linux-gnu+opencl";
  EXPECT_EQ(errorOf("gpu_elements, threads = 64", device, rowValues("N")),
            "values of rows beside elements need a gpu_rows schedule");
  EXPECT_EQ(
      errorOf("gpu_rows, partial = 64, threads = 64", device, rowValues("N, T")),
      "values of rows beside elements need sums along these rows, and rows of at most three axes, of which one may "
      "be open or longer than 65535");
}

// Every target compiles what its machine cannot be here to run; the drivers' tests run programs for it.
TEST(KernelsTest, AllTargets) {
  const std::string row = "tensor<?xf32, D<N>>";
  Case sums{"s",
            "%x : " + x,
            row,
            "  %e = bm.exp %x : " + x + "\n  %s = bm.reduce_sum %e, [1] : " + x + "\n  bm.yield %s : " + row,
            {"schedule #bm.schedule<rows, vector = 4>"}};
  auto module = parse(moduleText({sumCase, productCase, sums}));
  for (auto [triple, cpu] : {std::pair("aarch64-linux-musl", "generic"),
                             {"aarch64-linux-musl", "neoverse-n1"},
                             {"aarch64-linux-musl", "cortex-a72"},
                             {"x86_64-linux-musl", "x86-64"},
                             {"x86_64-linux-musl", "x86-64-v2"},
                             {"x86_64-linux-musl", "x86-64-v3"},
                             {"x86_64-linux-musl", "x86-64-v4"}}) {
    auto kernels = compile(*module, {llvm::cantFail(codegen::parseTarget(triple, cpu))});
    ASSERT_EQ(kernels.size(), 3u);
    for (const auto &kernel : kernels) // the machine in the ELF header: 183 is AArch64, 62 x86-64
      EXPECT_EQ(int(uint8_t(kernel.object[18])), llvm::StringRef(triple).starts_with("aarch64") ? 183 : 62);
  }
}

TEST(KernelsTest, LoopsAndAssembly) {
  auto module = parse(moduleText({sumCase}));
  std::string loops, assembly;
  llvm::raw_string_ostream loopStream(loops), assemblyStream(assembly);
  EXPECT_TRUE(succeeded(codegen::printHalide(*module, hostTarget(), loopStream)));
  EXPECT_TRUE(succeeded(codegen::printAssembly(*module, hostTarget(), assemblyStream)));
  std::string name = codegen::kernelName(compile(*module, {hostTarget()})[0].kernel, hostTarget());
  EXPECT_NE(loops.find("// " + name + " #bm.schedule<elementwise, vector = 8, flat>"), std::string::npos) << loops;
  EXPECT_NE(loops.find("produce out"), std::string::npos);
  EXPECT_NE(assembly.find(name + ":"), std::string::npos);
}

} // namespace
