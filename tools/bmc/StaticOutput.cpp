// See the header. The kernels come as bitcode, so that they and the code around them are compiled as one.
#include "tools/bmc/StaticOutput.h"

#include "codegen/halide/Kernels.h"
#include "codegen/host/EmitObject.h"
#include "codegen/host/StaticModel.h"
#include "codegen/link/Library.h"
#include "codegen/link/StackSizes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/bmc/Files.h"
#include "tools/bmc/WeightFile.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Threading.h"

using namespace llvm;

namespace bmc {

static ExitCode fail(Compilation &compilation, Error error, ExitCode code) {
  compilation.error(toString(std::move(error)));
  return code;
}

// Only what answers stays.
static void dropTraining(mlir::ModuleOp module) {
  for (auto function : make_early_inc_range(module.getOps<mlir::func::FuncOp>()))
    if (function.getSymName() != "predict" && !function.getSymName().starts_with("entry."))
      function.erase();
}

static bool plan(Compilation &compilation) {
  if (!compilation.read())
    return false;
  compilation.nameProgram(staticName(compilation.options));
  if (compilation.options.predictsOnly)
    dropTraining(*compilation.module);
  return compilation.runPasses(Stage::Plan);
}

static mlir::FailureOr<std::vector<std::string>> kernelBitcode(Compilation &compilation) {
  mlir::TimingScope scope = compilation.timings.nest("kernels (Halide)");
  const Options &options = compilation.options;
  codegen::CompileOptions job = {compilation.target, cacheDirectory(options),
                                 options.jobs ? options.jobs : hardware_concurrency().compute_thread_count()};
  job.asBitcode = true;
  auto kernels = codegen::compileKernels(*compilation.module, job);
  if (mlir::failed(kernels))
    return mlir::failure();
  std::vector<std::string> bitcode;
  for (codegen::CompiledKernel &kernel : *kernels)
    bitcode.push_back(std::move(kernel.object));
  return bitcode;
}

// What is in an object's sections, by where they go: what is written is in memory, the rest in flash, and what begins
// with a value in both.
static Expected<std::string> sizesText(StringRef path, StringRef content, const codegen::StaticModel &model,
                                       bool isConstant) {
  auto file = object::ObjectFile::createObjectFile(MemoryBufferRef(content, path));
  if (!file)
    return file.takeError();
  uint64_t text = 0, rodata = 0, data = 0, bss = 0;
  for (const object::ELFSectionRef section : (*file)->sections()) {
    uint64_t flags = section.getFlags(), size = section.getSize();
    if (!(flags & ELF::SHF_ALLOC))
      continue;
    bool isZero = section.getType() == ELF::SHT_NOBITS;
    (flags & ELF::SHF_EXECINSTR ? text : !(flags & ELF::SHF_WRITE) ? rodata : isZero ? bss : data) += size;
  }
  return formatv("{0}: flash {1} bytes (text {2}, rodata {3}, data {4})\n"
                 "{0}: memory {5} bytes (bss {6}, data {4}): arena {7}, weights {8}, state {9}\n",
                 path, text + rodata + data, text, rodata, data, bss + data, bss,
                 std::min(uint64_t(model.arenaBytes), bss), isConstant ? 0 : model.weightBytes, model.stateBytes)
      .str();
}

// The functions that a program calls, each with the way on which the stack grows longest.
static Expected<std::string> stackText(StringRef path, StringRef content, const codegen::StaticModel &model) {
  Expected<std::vector<codegen::StackDemand>> demands = codegen::stackDemands(content, model.exported);
  if (!demands)
    return demands.takeError();
  std::string text;
  raw_string_ostream out(text);
  for (const codegen::StackDemand &demand : *demands) {
    out << path << ": stack of " << demand.function << " ";
    if (!demand.bytes) {
      out << "unknown: functions call themselves\n";
      continue;
    }
    out << *demand.bytes << " bytes" << (demand.frames.empty() ? "" : ": ");
    interleaveComma(demand.frames, out,
                    [&](const codegen::StackFrame &frame) { out << frame.function << " " << frame.bytes; });
    out << "\n";
  }
  return text;
}

static ExitCode writeOutputs(Compilation &compilation, StringRef object, StringRef header,
                             const codegen::StaticModel &model) {
  std::string path = outputPath(compilation.options);
  Expected<std::string> sizes = sizesText(path, object, model, compilation.options.predictsOnly);
  if (!sizes)
    return fail(compilation, sizes.takeError(), ExitCannot);
  Expected<std::string> stack = stackText(path, object, model);
  if (!stack)
    return fail(compilation, stack.takeError(), ExitCannot);
  if (Error error = writeOutput(path, object))
    return fail(compilation, std::move(error), ExitCannot);
  if (Error error = writeOutput(headerPath(compilation.options), header))
    return fail(compilation, std::move(error), ExitCannot);
  if (Error error = writeOutput("-", *sizes + *stack))
    return fail(compilation, std::move(error), ExitCannot);
  return ExitDone;
}

static ExitCode writeText(Compilation &compilation, StringRef text) {
  if (Error error = writeOutput(outputPath(compilation.options), text))
    return fail(compilation, std::move(error), ExitCannot);
  return ExitDone;
}

static ExitCode writeText(Compilation &compilation, mlir::ModuleOp host) {
  std::string text;
  raw_string_ostream stream(text);
  host->print(stream);
  return writeText(compilation, text);
}

// The kernels and the code around them as one.
static mlir::FailureOr<std::string> compileWhole(Compilation &compilation, const codegen::StaticModel &model,
                                                 codegen::HostOutput output) {
  auto kernels = kernelBitcode(compilation);
  if (mlir::failed(kernels) || compilation.hasErrors())
    return mlir::failure();
  mlir::TimingScope scope = compilation.timings.nest("code (LLVM)");
  return codegen::emitWhole(model.host.get(), compilation.target, compilation.options.optimization, output, *kernels,
                            model.exported);
}

ExitCode emitStaticModel(Compilation &compilation) {
  const Options &options = compilation.options;
  if (!plan(compilation))
    return ExitBadInput;
  codegen::StaticModelOptions wanted = {
      compilation.target, codegen::cIdentifier(staticName(options)), {}, options.predictsOnly};
  if (!options.weights.empty()) {
    auto weights = readWeights(options.weights, codegen::weightsOf(*compilation.module));
    if (!weights)
      return fail(compilation, weights.takeError(), ExitBadInput);
    wanted.weights = std::move(*weights);
  }
  mlir::TimingScope scope = compilation.timings.nest("host code (LLVM)");
  auto model = codegen::lowerStaticModel(*compilation.module, wanted);
  auto header = codegen::staticHeader(*compilation.module, wanted);
  if (mlir::failed(model) || mlir::failed(header))
    return ExitBadInput;
  if (options.emit.output == Output::Llvm)
    return writeText(compilation, *model->host);
  scope.stop();
  bool isText = options.emit.output == Output::Assembly;
  auto code = compileWhole(compilation, *model, isText ? codegen::HostOutput::Assembly : codegen::HostOutput::Object);
  if (mlir::failed(code))
    return compilation.hasErrors() ? ExitBadInput : ExitCannot;
  if (isText)
    return writeText(compilation, *code);
  Expected<std::string> object =
      codegen::linkStaticObject({compilation.target, std::move(*code), model->exported, shareDirectory()});
  if (!object)
    return fail(compilation, object.takeError(), ExitCannot);
  return writeOutputs(compilation, *object, *header, *model);
}

} // namespace bmc
