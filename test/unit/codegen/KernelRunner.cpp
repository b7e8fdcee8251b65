// See the header. Buffers are allocated with guard bytes behind them, which no kernel may touch.
#include "KernelRunner.h"
#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/TargetSelect.h"

#include "HalideRuntime.h"
#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <regex>

using namespace mlir;
using namespace bmc::bm;

// The callbacks of kernels
// ---------------------------------------------------------------------------------------------

static int failedChecks = 0;
static int failCheck() { return ++failedChecks, -1; }

static int runTasks(void *context, int (*task)(void *, int, uint8_t *), int min, int size, uint8_t *closure) {
  for (int i = size; i-- > 0;) // backwards: tasks must not depend on their order
    if (int status = task(context, min + i, closure))
      return status;
  return 0;
}

namespace {
// Names of Halide's runtime: a check that failed, a parallel loop.
class RuntimeNames : public llvm::orc::DefinitionGenerator {
  llvm::Error tryToGenerate(llvm::orc::LookupState &, llvm::orc::LookupKind, llvm::orc::JITDylib &library,
                            llvm::orc::JITDylibLookupFlags, const llvm::orc::SymbolLookupSet &names) override {
    llvm::orc::SymbolMap found;
    for (const auto &[name, flags] : names) {
      if ((*name).starts_with("halide_error"))
        found[name] = {llvm::orc::ExecutorAddr::fromPtr(&failCheck), llvm::JITSymbolFlags::Exported};
      else if (*name == "halide_do_par_for")
        found[name] = {llvm::orc::ExecutorAddr::fromPtr(&runTasks), llvm::JITSymbolFlags::Exported};
    }
    return found.empty() ? llvm::Error::success() : library.define(llvm::orc::absoluteSymbols(std::move(found)));
  }
};
} // namespace

namespace bmc::test {

// Modules
// --------------------------------------------------------------------------------------------------------------

MLIRContext &context() {
  static MLIRContext *context = [] {
    DialectRegistry registry;
    registry.insert<BmDialect, func::FuncDialect>();
    codegen::registerHalideAlgorithms(registry);
    auto *made = new MLIRContext(registry);
    made->loadAllAvailableDialects();
    return made;
  }();
  return *context;
}

codegen::Target hostTarget() { return llvm::cantFail(codegen::parseTarget("", "")); }

OwningOpRef<ModuleOp> parse(const std::string &text) {
  auto module = parseSourceString<ModuleOp>(text, &context());
  EXPECT_TRUE(module) << text;
  return module;
}

static std::string expandDims(const std::string &text) {
  std::string result = text;
  for (size_t place = 0; (place = result.find(" D<", place)) != std::string::npos;)
    result.replace(place, 3, " #bm.dims<");
  return result;
}

// Text with each match of a pattern replaced by what `replacement` (in the form of Regex::sub) says.
static std::string replaceAll(std::string text, const char *pattern, const char *replacement) {
  return std::regex_replace(text, std::regex(pattern), replacement);
}

static std::string functionText(const Case &test, size_t variant) {
  std::string arguments = replaceAll(test.inputs, "(%[a-z0-9]+) :", "$1_:"); // the kernel's own names lack the dash
  std::string bindings = replaceAll(test.inputs, "(%[a-z0-9]+) :", "$1 = $1_ :");
  size_t count = llvm::StringRef(test.body).rsplit("bm.yield").second.split(':').first.count('%');
  std::string values = "%r#0";
  for (size_t i = 1; i < count; ++i)
    values += ", %r#" + std::to_string(i);
  return "func.func @" + test.name + "_v" + std::to_string(variant) + "(" + arguments + ") -> (" + test.results +
         ") {\n" + "  %r:" + std::to_string(count) + " = bm.kernel (" + bindings + ") -> (" + test.results + ") " +
         test.clauses[variant] + " {\n" + test.body + "\n  }\n  return " + values + " : " + test.results + "\n}\n";
}

std::string moduleText(ArrayRef<Case> cases) {
  std::string text;
  for (const Case &test : cases)
    for (size_t variant = 0; variant < test.clauses.size(); ++variant)
      text += functionText(test, variant);
  return expandDims(text);
}

// Loading and calling
// --------------------------------------------------------------------------------------------------

struct LoadedKernel::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::vector<std::string> undefined;
};

LoadedKernel::LoadedKernel(const std::string &object, const std::string &name)
    : RunnableKernel(name), state(new State) {
  static bool initialized = !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
  EXPECT_TRUE(initialized);
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(object, name);
  auto file = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(*buffer));
  for (const auto &symbol : file->symbols())
    if (llvm::cantFail(symbol.getFlags()) & llvm::object::SymbolRef::SF_Undefined)
      if (llvm::StringRef text = llvm::cantFail(symbol.getName()); !text.empty())
        state->undefined.push_back(text.str());
  state->jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
  auto &library = state->jit->getMainJITDylib();
  library.addGenerator(std::make_unique<RuntimeNames>());
  library.addGenerator(llvm::cantFail(llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess('\0')));
  llvm::cantFail(state->jit->addObjectFile(std::move(buffer)));
}

LoadedKernel::~LoadedKernel() = default;

const std::vector<std::string> &LoadedKernel::undefined() const { return state->undefined; }

namespace {
constexpr size_t guardBytes = 256;

// A tensor's bytes with guards in front and behind, and Halide's description of them.
struct DeviceTensor {
  RankedTensorType type;
  llvm::SmallVector<int64_t> shape;
  std::vector<uint8_t> storage;
  uint8_t *data;
  std::vector<halide_dimension_t> dims;
  halide_buffer_t buffer{};

  DeviceTensor(RankedTensorType type, llvm::ArrayRef<int64_t> shape, bool isFlat) : type(type), shape(shape) {
    storage.assign(bytes() + 2 * guardBytes + 64, 0xAB);
    data = reinterpret_cast<uint8_t *>((reinterpret_cast<uintptr_t>(storage.data()) + guardBytes + 63) / 64 * 64);
    int32_t stride = 1;
    llvm::SmallVector<int64_t> extents(shape);
    if (isFlat && !extents.empty())
      extents = {elements()};
    for (int64_t extent : llvm::reverse(extents)) {
      dims.emplace_back(0, extent, stride);
      stride *= extent;
    }
    buffer.host = data;
    buffer.dimensions = dims.size();
    buffer.dim = dims.data();
    Type element = type.getElementType();
    buffer.type = halide_type_t(isa<FloatType>(element) ? halide_type_float
                                : element.isInteger(1)  ? halide_type_uint
                                                        : halide_type_int,
                                8 * elementBytes(element), 1);
  }
  int64_t elements() const {
    int64_t count = 1;
    for (int64_t extent : shape)
      count *= extent;
    return count;
  }
  size_t bytes() const { return elements() * elementBytes(type.getElementType()); }

  template <class Visit> void visit(Visit visit) {
    Type element = type.getElementType();
    if (element.isF32())
      visit(reinterpret_cast<float *>(data));
    else if (element.isF64())
      visit(reinterpret_cast<double *>(data));
    else if (element.isInteger(64))
      visit(reinterpret_cast<int64_t *>(data));
    else if (element.isInteger(32))
      visit(reinterpret_cast<int32_t *>(data));
    else
      visit(data);
  }
  void write(const Tensor &tensor) {
    visit([&](auto *target) {
      for (int64_t i = 0; i < elements(); ++i)
        target[i] = tensor.isReal ? tensor.reals[i] : tensor.integers[i];
    });
  }
  Tensor read() {
    Tensor tensor(shape, isa<FloatType>(type.getElementType()));
    visit([&](auto *source) {
      for (int64_t i = 0; i < elements(); ++i)
        tensor.isReal ? void(tensor.reals[i] = source[i]) : void(tensor.integers[i] = source[i]);
    });
    return tensor;
  }
  bool guardsAreWhole() const {
    auto isGuard = [](uint8_t byte) { return byte == 0xAB; };
    return std::all_of(storage.data(), const_cast<const uint8_t *>(data), isGuard) &&
           std::all_of(const_cast<const uint8_t *>(data) + bytes(), storage.data() + storage.size(), isGuard);
  }
};
} // namespace

static llvm::SmallVector<int64_t> extents(Type type, const SymbolValues &symbols) {
  llvm::SmallVector<int64_t> shape;
  for (const SymbolicDim &dim : shapeOf(type))
    shape.push_back(*dim.evaluate(symbols));
  return shape;
}

// Calls a function with the symbols and then the buffers, in registers and on the stack as the C ABI has them.
static int callFunction(void *function, llvm::ArrayRef<int32_t> symbols, llvm::ArrayRef<halide_buffer_t *> buffers) {
  llvm::SmallVector<int64_t, 16> words(symbols.begin(), symbols.end());
  for (halide_buffer_t *buffer : buffers)
    words.push_back(reinterpret_cast<int64_t>(buffer));
  if (words.size() > 16)
    llvm::report_fatal_error("too many arguments for this test");
  words.resize(16);
  using W = int64_t;
  auto *f = reinterpret_cast<int (*)(W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W)>(function);
  return f(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8], words[9],
           words[10], words[11], words[12], words[13], words[14], words[15]);
}

int LoadedKernel::call(ArrayRef<int32_t> symbols, ArrayRef<KernelBuffer> buffers) {
  auto address = llvm::cantFail(state->jit->lookup(name));
  llvm::SmallVector<halide_buffer_t *> arguments;
  for (const KernelBuffer &buffer : buffers)
    arguments.push_back(buffer.buffer);
  failedChecks = 0;
  int status = callFunction(address.toPtr<void *>(), symbols, arguments);
  EXPECT_EQ(failedChecks, 0);
  return status;
}

std::vector<Tensor> RunnableKernel::run(KernelOp kernel, ArrayRef<Tensor> inputs, const SymbolValues &symbols) {
  bool isFlat = kernel.getScheduleAttr() && kernel.getScheduleAttr().getFlat() && !StringRef(name).ends_with("_plain");
  std::vector<std::unique_ptr<DeviceTensor>> tensors;
  std::vector<KernelBuffer> buffers;
  std::vector<int32_t> symbolWords;
  for (const std::string &symbol : codegen::kernelSymbols(kernel))
    symbolWords.push_back(symbols.at(symbol));
  auto add = [&](Type type) -> DeviceTensor & {
    tensors.push_back(std::make_unique<DeviceTensor>(cast<RankedTensorType>(type), extents(type, symbols), isFlat));
    buffers.push_back({&tensors.back()->buffer, &tensors.back()->storage});
    return *tensors.back();
  };
  for (int64_t input : codegen::kernelInputs(kernel))
    add(kernel.getInputs()[input].getType()).write(inputs[input]);
  size_t firstResult = tensors.size();
  ArrayRef<int64_t> inPlace = kernel.getInPlace().value_or(ArrayRef<int64_t>());
  for (auto [number, output] : llvm::enumerate(kernel.getOutputs())) {
    DeviceTensor &tensor = add(output.getType());
    if (number < inPlace.size() && inPlace[number] >= 0)
      tensor.write(inputs[inPlace[number]]);
  }
  EXPECT_EQ(call(symbolWords, buffers), 0);
  std::vector<Tensor> results;
  for (auto [number, tensor] : llvm::enumerate(tensors)) {
    EXPECT_TRUE(tensor->guardsAreWhole()) << "buffer " << number << " written outside";
    if (number >= firstResult)
      results.push_back(tensor->read());
  }
  return results;
}

// Data and comparison
// --------------------------------------------------------------------------------------------------

static double uniform(uint64_t &state) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return double(state >> 40) / double(1 << 24);
}

Tensor makeData(Type type, const SymbolValues &symbols, Data data, unsigned seed) {
  static const double special[] = {NAN,  INFINITY, -INFINITY, 0.0,  -0.0, 1e-40,       -1e-40,
                                   3e38, -3e38,    1.0,       -1.0, 0.5,  2147483648.0};
  uint64_t state = seed * 77777 + 12345;
  Type element = cast<RankedTensorType>(type).getElementType();
  Tensor tensor(extents(type, symbols), isa<FloatType>(element));
  for (double &real : tensor.reals) {
    double x = uniform(state);
    real = float(data == Data::Positive ? 0.1 + 1.9 * x : -2 + 4 * x);
    if (data == Data::Special && uniform(state) < 0.5)
      real = float(special[int(uniform(state) * std::size(special))]);
    if (data == Data::NotFinite && uniform(state) < 0.1)
      real = special[int(uniform(state) * 3)];
  }
  for (int64_t &integer : tensor.integers)
    integer = element.isInteger(1) ? uniform(state) < 0.5 : int64_t(uniform(state) * 9) - 2;
  return tensor;
}

static bool agree(double got, double expected, double tolerance) {
  if (std::isnan(expected) || std::isinf(expected))
    return std::isnan(expected) ? std::isnan(got) : got == expected;
  if (expected == 0 && got == 0)
    return std::signbit(expected) == std::signbit(got);
  return std::abs(got - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

template <class T> static llvm::SmallVector<ReferenceTensor<T>> convert(llvm::ArrayRef<Tensor> tensors) {
  llvm::SmallVector<ReferenceTensor<T>> result;
  for (const Tensor &tensor : tensors) {
    ReferenceTensor<T> &converted = result.emplace_back(tensor.shape, tensor.isReal);
    converted.reals.assign(tensor.reals.begin(), tensor.reals.end());
    converted.integers = tensor.integers;
  }
  return result;
}

template <class T> static double element(const ReferenceTensor<T> &tensor, int64_t i) {
  return tensor.isReal ? double(tensor.reals[i]) : double(tensor.integers[i]);
}

// Each element is to be as one of the inputs makes it.
template <class T>
static void compare(func::FuncOp function, llvm::ArrayRef<std::vector<Tensor>> inputs, const SymbolValues &symbols,
                    llvm::ArrayRef<Tensor> results, double tolerance) {
  std::vector<llvm::SmallVector<ReferenceTensor<T>>> expected;
  for (const std::vector<Tensor> &some : inputs) {
    auto evaluated = evaluateFunction<T>(function, convert<T>(some), symbols);
    ASSERT_TRUE(succeeded(evaluated));
    expected.emplace_back(evaluated->begin(), evaluated->end());
  }
  int reported = 0;
  for (auto [number, result] : llvm::enumerate(results)) {
    for (int64_t i = 0; i < result.size() && reported < 5; ++i) {
      double got = result.isReal ? result.reals[i] : double(result.integers[i]);
      auto isRight = [&, number = number](const auto &tensors) {
        return agree(got, element(tensors[number], i), tolerance);
      };
      if (llvm::none_of(expected, isRight) && ++reported)
        ADD_FAILURE() << "result " << number << " element " << i << ": " << got << ", expected "
                      << element(expected[0][number], i);
    }
  }
}

static bool usesDoubles(func::FuncOp function) {
  auto isDouble = [](Type type) { return cast<RankedTensorType>(type).getElementType().isF64(); };
  return llvm::any_of(function.getArgumentTypes(), isDouble) || llvm::any_of(function.getResultTypes(), isDouble);
}

// What a processor that takes subnormal numbers as zeros reads.
static Tensor flushed(Tensor tensor, Type type) {
  double smallest = cast<RankedTensorType>(type).getElementType().isF64() ? DBL_MIN : FLT_MIN;
  for (double &real : tensor.reals)
    if (std::abs(real) < smallest)
      real = std::copysign(0, real);
  return tensor;
}

// For several values of N (T is 5).
static void expectVariant(func::FuncOp function, KernelOp kernel, const Case &test, RunnableKernel &runnable) {
  for (int64_t n : {1, 2, 3, 7, 16, 17, 33}) {
    SymbolValues symbols{{"N", n}, {"T", 5}};
    SCOPED_TRACE(function.getSymName().str() + " N=" + std::to_string(n));
    std::vector<std::vector<Tensor>> inputs(1);
    for (auto [number, type] : llvm::enumerate(function.getArgumentTypes()))
      inputs[0].push_back(makeData(type, symbols, test.data, number));
    std::vector<Tensor> results = runnable.run(kernel, inputs[0], symbols);
    if (testMachine().flushesSubnormals) {
      inputs.emplace_back();
      for (auto [input, type] : llvm::zip_equal(inputs[0], function.getArgumentTypes()))
        inputs[1].push_back(flushed(input, type));
    }
    if (usesDoubles(function))
      compare<double>(function, inputs, symbols, results, test.tolerance);
    else
      compare<float>(function, inputs, symbols, results, test.tolerance);
    if (codegen::kernelSymbols(kernel).empty() || testing::Test::HasFailure())
      return;
  }
}

void expectVariants(ModuleOp module, ArrayRef<Case> cases, const codegen::Target &target,
                    ArrayRef<codegen::CompiledKernel> kernels, MakeRunnable makeRunnable) {
  std::map<std::string, const codegen::CompiledKernel *> byName;
  for (const codegen::CompiledKernel &kernel : kernels)
    byName[kernel.name] = &kernel;
  for (const Case &test : cases)
    for (size_t variant = 0; variant < test.clauses.size(); ++variant) {
      auto function = module.lookupSymbol<func::FuncOp>(test.name + "_v" + std::to_string(variant));
      KernelOp kernel = *function.getOps<KernelOp>().begin();
      std::unique_ptr<RunnableKernel> runnable = makeRunnable(*byName.at(codegen::kernelName(kernel, target)));
      expectVariant(function, kernel, test, *runnable);
    }
}

} // namespace bmc::test
