// See the header.
#include "tools/bmc/Compilation.h"

#include "codegen/halide/Kernels.h"
#include "codegen/host/EmitObject.h"
#include "codegen/host/LowerHost.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "tools/bmc/Files.h"
#include "tools/bmc/Report.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"

namespace bmc {

static mlir::DialectRegistry dialects() {
  mlir::DialectRegistry registry;
  registry.insert<bm::BmDialect, mlir::func::FuncDialect>();
  codegen::registerHalideAlgorithms(registry);
  return registry;
}

static bool isIr(const Options &options) { return llvm::sys::path::extension(options.input) == ".mlir"; }

// Without threads of MLIR's: kernels are compiled in child processes, and a process with threads forks badly.
Compilation::Compilation(const Options &options, codegen::Target target)
    : options(options), target(std::move(target)), context(dialects(), mlir::MLIRContext::Threading::DISABLED),
      bridge(context, sources, diagnostics, isIr(options)) {
  // Ops are nothing that a model file has.
  context.printOpOnDiagnostic(isIr(options));
  timing.setEnabled(options.timePasses);
  timings = timing.getRootScope();
}

Compilation::~Compilation() { printDiagnostics(diagnostics, sources, options.json); }

// IR is what tests of the later stages start from.
bool Compilation::readIr() {
  std::string why;
  auto file = sources.open(options.input, why);
  if (!file) {
    error("cannot read '" + options.input + "': " + why);
    return false;
  }
  context.loadAllAvailableDialects();
  mlir::ParserConfig config(&context);
  module = mlir::parseSourceString<mlir::ModuleOp>(sources.text(*file), config, sources.name(*file));
  return bool(module);
}

bool Compilation::read() {
  mlir::TimingScope scope = timings.nest("frontend");
  if (isIr(options))
    return readIr();
  frontend::Options frontendOptions{options.input, options.includeDirs, shareDirectory() + "/std", options.bindings,
                                    options.parts.count("explain") > 0};
  module = frontend::compileToModule(context, sources, frontendOptions, diagnostics);
  return bool(module);
}

// A program is called as its file is: its weights are NAME.safetensors.
void Compilation::nameProgram(llvm::StringRef name) {
  auto description = (*module)->getAttrOfType<mlir::DictionaryAttr>("bm.program");
  if (!description)
    return;
  mlir::NamedAttrList attributes(description);
  attributes.set("name", mlir::StringAttr::get(&context, name));
  (*module)->setAttr("bm.program", attributes.getDictionary(&context));
}

// A file that was named must be there.
std::optional<std::string_view> Compilation::tuningText() {
  std::string path = tuningPath(options), why;
  if (!options.hasTuning || (options.tuning.empty() && !llvm::sys::fs::exists(path)) ||
      (options.tune && !llvm::sys::fs::exists(path)))
    return std::nullopt;
  std::optional<frontend::FileId> file = sources.find(path);
  if (!file)
    file = sources.open(path, why);
  if (file)
    return sources.text(*file);
  error("cannot read '" + path + "': " + why);
  return std::nullopt;
}

bool Compilation::runPasses(mlir::ModuleOp module, const codegen::Target &target, Stage stage) {
  // A search starts from the model's choice.
  bool isTuned = !options.tune && options.optimization >= 2 && stage >= Stage::Schedule && tuningText();
  if (hasErrors())
    return false;
  module->setAttr("bm.target", codegen::targetAttr(&context, target));
  mlir::TimingScope scope = timings.nest("passes");
  mlir::PassManager passes(&context);
  passes.enableTiming(scope);
  bool isLibrary = options.emit.isLibrary();
  PipelineOptions choices{.optimization = options.optimization,
                          .reasons = options.explain,
                          .tuning = isTuned ? tuningPath(options) : "",
                          .packedBytes = isLibrary ? packedBytesOfLibraries : packedBytesOfPrograms};
  if (!options.hasHeap) {
    choices.packedBytes = 0; // weights are read where they are stored
    choices.fixed = FixedRows{options.batch, std::max<int64_t>(options.rows, 1)};
  }
  buildPipeline(passes, stage, choices);
  return mlir::succeeded(passes.run(module)) && !hasErrors();
}

bool Compilation::runPasses(Stage stage) {
  if (target.hasDevice())
    withoutDevice = module->clone();
  return runPasses(*module, target, stage);
}

bool Compilation::generateObjects(mlir::ModuleOp module, const codegen::Target &target,
                                  std::vector<std::string> &objects) {
  mlir::TimingScope kernelScope = timings.nest("kernels (Halide)");
  unsigned jobs = options.jobs ? options.jobs : llvm::hardware_concurrency().compute_thread_count();
  bool hasPlain = hasPlainKernels();
  auto kernels = codegen::compileKernels(module, {target, cacheDirectory(options), jobs, hasPlain});
  if (mlir::failed(kernels) || hasErrors())
    return false;
  for (codegen::CompiledKernel &kernel : *kernels) {
    objects.push_back(std::move(kernel.object));
    if (!kernel.plainObject.empty())
      objects.push_back(std::move(kernel.plainObject));
  }
  kernelScope.stop();

  mlir::TimingScope hostScope = timings.nest("host code (LLVM)");
  auto linked = options.check              ? codegen::RuntimeObjects::none
                : options.emit.isLibrary() ? codegen::RuntimeObjects::library
                                           : codegen::RuntimeObjects::all;
  auto host = codegen::lowerHost(module, {target, hasPlain, hasProfile(), linked});
  if (mlir::failed(host))
    return false;
  auto object = codegen::emitHost(**host, target, options.optimization, codegen::HostOutput::Object);
  if (mlir::failed(object))
    return false;
  objects.push_back(std::move(*object));
  return !hasErrors();
}

// A program for a device has the kernels of both, so that it can go on where there is no device.
bool Compilation::generateObjects(std::vector<std::string> &objects) {
  if (!generateObjects(*module, target, objects))
    return false;
  if (!target.hasDevice())
    return true;
  codegen::Target processor = target.withoutDevice();
  return runPasses(*withoutDevice, processor, Stage::Plan) && generateObjects(*withoutDevice, processor, objects);
}

llvm::Expected<codegen::Target> chooseTarget(const Options &options) {
  std::string triple = options.target;
  if (triple.empty() && (options.isDynamic || options.emit.isLibrary()))
    triple = codegen::hostTriple("gnu");
  llvm::Expected<codegen::Target> target = codegen::parseTarget(triple, options.cpu, options.gpu);
  bool fitsBare = options.emit.output <= Output::Module || !options.hasHeap;
  if (target && target->isBare() && !fitsBare)
    return llvm::createStringError("there is no operating system for programs on " + target->triple +
                                   "; --emit=c-header --no-heap makes an object for it");
  return target;
}

} // namespace bmc
