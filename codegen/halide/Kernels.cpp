// Names, texts and the cache of kernels; what compiles them is in Compile.cpp. See the header.
#include "codegen/halide/Kernels.h"
#include "codegen/OutputFile.h"
#include "codegen/halide/Compile.h"
#include "codegen/halide/ops/Attach.h"
#include "dialects/KernelText.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc::codegen {

// Goes up with every change of the code that a kernel compiles to: the cache's entries of before are not found any
// more.
static constexpr StringLiteral generatorVersion = "bmc-halide-62";

void registerHalideAlgorithms(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, BmDialect *) {
    attachElementwise(context);
    attachIndex(context);
    attachMatmul(context);
    attachProgram(context);
    attachRandom(context);
    attachReduce(context);
    attachShape(context);
  });
}

// Names and texts -----------------------------------------------------------------------------------------------------

std::string kernelText(KernelOp kernel) {
  return bm::kernelText(kernel, {kernel.getScheduleAttrName().getValue(), kernel.getInPlaceAttrName().getValue()});
}

std::string kernelName(KernelOp kernel, const Target &target) {
  std::string machine = target.halide + (target.hasPipelines() ? "\n" + target.llvmCpu : "");
  return "k_" + hashText((generatorVersion + "\n" + machine + "\n" + kernelText(kernel)).str());
}

std::vector<std::string> kernelSymbols(KernelOp kernel) {
  std::set<std::string> symbols;
  auto add = [&](const SymbolicDim &dim) {
    for (const std::string &symbol : dim.symbols())
      symbols.insert(symbol);
  };
  auto addType = [&](Type type) {
    for (const SymbolicDim &dim : shapeOf(type))
      add(dim);
  };
  llvm::for_each(kernel.getBody().getArgumentTypes(), addType);
  for (Operation &op : kernel.getBody().front()) {
    llvm::for_each(op.getResultTypes(), addType);
    if (auto size = dyn_cast<SizeOp>(op))
      add(*SymbolicDim::parse(std::string_view(size.getExpression())));
  }
  return {symbols.begin(), symbols.end()};
}

std::string argumentsFunction(StringRef kernel) { return (kernel + "_argv").str(); }

std::vector<int64_t> kernelInputs(KernelOp kernel) {
  ArrayRef<int64_t> inPlace = kernel.getInPlace().value_or(ArrayRef<int64_t>());
  std::vector<int64_t> inputs;
  for (int64_t input = 0; input < int64_t(kernel.getInputs().size()); ++input)
    if (!llvm::is_contained(inPlace, input))
      inputs.push_back(input);
  return inputs;
}

static std::vector<std::pair<std::string, KernelOp>> distinctKernels(ModuleOp module, const Target &target) {
  std::vector<std::pair<std::string, KernelOp>> kernels;
  llvm::StringSet<> seen;
  module.walk([&](KernelOp kernel) {
    std::string name = kernelName(kernel, target);
    if (seen.insert(name).second)
      kernels.emplace_back(name, kernel);
  });
  return kernels;
}

// The cache: DIRECTORY/FUNCTION.kernel is a line with the checksum, then the object; FUNCTION.bitcode the same of
// bitcode
// -------------------------------------

static std::string cachePath(const CompileOptions &options, StringRef function) {
  if (options.checks || options.cacheDirectory.empty())
    return "";
  SmallString<128> path(options.cacheDirectory);
  llvm::sys::path::append(path, function + (options.asBitcode ? ".bitcode" : ".kernel"));
  return path.str().str();
}

// Empty if there is none, or if the file is damaged.
static std::string readCache(const std::string &path) {
  if (path.empty())
    return "";
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return "";
  auto [sum, object] = (*file)->getBuffer().split('\n');
  return sum == hashText(object) ? object.str() : "";
}

// A cache that cannot be written is no error: the next run compiles again. The rename makes a whole file appear at
// once.
static void writeCache(const std::string &path, StringRef object) {
  if (path.empty() || llvm::sys::fs::create_directories(llvm::sys::path::parent_path(path)))
    return;
  std::string content = hashText(object) + "\n" + object.str();
  consumeError(codegen::makeFile(path, content));
}

// Compilation ---------------------------------------------------------------------------------------------------------

bool isPlainAlready(KernelOp kernel) {
  return !kernel.getScheduleAttr() || kernel.getScheduleAttr().getKind() == "plain";
}

FailureOr<std::vector<CompiledKernel>> compileKernels(ModuleOp module, const CompileOptions &options) {
  std::vector<CompiledKernel> kernels;
  std::vector<CompileJob> jobs;
  std::vector<std::pair<size_t, bool>> jobOf; // the kernel and variant of each job
  for (auto &[name, kernel] : distinctKernels(module, options.target)) {
    CompiledKernel &compiled = kernels.emplace_back(CompiledKernel{kernel, name, "", "", true});
    for (bool isPlain : {false, true}) {
      if (isPlain && (!options.alsoPlain || (isPlainAlready(kernel) && !options.target.hasDevice())))
        continue;
      std::string function = isPlain ? name + "_plain" : name;
      std::string &object = isPlain ? compiled.plainObject : compiled.object;
      object = readCache(cachePath(options, function));
      if (!object.empty())
        continue;
      compiled.fromCache = false;
      jobs.push_back({kernel, function, isPlain, ""});
      jobOf.emplace_back(kernels.size() - 1, isPlain);
    }
  }
  KernelOutput output = options.asBitcode ? KernelOutput::Bitcode : KernelOutput::Object;
  if (failed(runJobs(jobs, options.target, output, options.checks, options.jobs)))
    return failure();
  for (auto [job, place] : llvm::zip_equal(jobs, jobOf)) {
    writeCache(cachePath(options, job.function), job.result);
    CompiledKernel &compiled = kernels[place.first];
    (place.second ? compiled.plainObject : compiled.object) = std::move(job.result);
  }
  return kernels;
}

static LogicalResult printAll(ModuleOp module, const Target &target, KernelOutput output, llvm::raw_ostream &stream) {
  std::vector<CompileJob> jobs;
  for (auto &[name, kernel] : distinctKernels(module, target))
    jobs.push_back({kernel, name, false, ""});
  if (failed(runJobs(jobs, target, output, /*checks=*/false, /*processes=*/2)))
    return failure();
  for (CompileJob &job : jobs) {
    ScheduleAttr schedule = job.kernel.getScheduleAttr();
    stream << "// " << job.function;
    if (schedule)
      stream << " " << schedule;
    stream << "\n" << StringRef(job.result).rtrim('\0') << "\n"; // a device's code ends with a zero
  }
  return success();
}

LogicalResult printHalide(ModuleOp module, const Target &target, llvm::raw_ostream &stream) {
  return printAll(module, target, KernelOutput::Loops, stream);
}

LogicalResult printAssembly(ModuleOp module, const Target &target, llvm::raw_ostream &stream) {
  return printAll(module, target, KernelOutput::Assembly, stream);
}

} // namespace bmc::codegen
