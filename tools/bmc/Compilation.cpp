// Runs the pipeline and stops at the stage that was asked for. No step's logic lives here.
#include "tools/bmc/Compilation.h"

#include "codegen/Target.h"
#include "codegen/halide/Kernels.h"
#include "codegen/host/EmitObject.h"
#include "codegen/host/LowerHost.h"
#include "codegen/link/Link.h"
#include "dialects/Dialect.h"
#include "frontend/Frontend.h"
#include "passes/Pipeline.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/core.h>
#include <iostream>
#include <sstream>
#include <thread>

using namespace mlir;

namespace bmc::driver {

namespace {
class Compilation {
public:
  Compilation(const CommandLine &line, const std::string &executable);
  ExitCode run();

private:
  ExitCode printTree();
  ExitCode runPasses();
  ExitCode emitCode();
  ExitCode emitObjects();
  ExitCode write(const std::string &text);
  ExitCode fail(ExitCode code, const std::string &message);
  ExitCode reported(); // what the diagnostics hold is printed
  std::string defaultOutput() const;

  const CommandLine &line;
  std::string share;
  codegen::Target target;
  MLIRContext context;
  frontend::SourceManager sources;
  frontend::Diagnostics diagnostics{sources};
  frontend::DiagnosticBridge bridge{context, sources, diagnostics};
  OwningOpRef<ModuleOp> module;
};
} // namespace

ExitCode compile(const CommandLine &line, const std::string &executable) { return Compilation(line, executable).run(); }

static DialectRegistry dialects() {
  DialectRegistry registry;
  registry.insert<bm::BmDialect, func::FuncDialect>();
  codegen::registerHalideAlgorithms(registry);
  return registry;
}

Compilation::Compilation(const CommandLine &line, const std::string &executable)
    : line(line), context(dialects(), MLIRContext::Threading::DISABLED) {
  llvm::SmallString<128> path(executable);
  llvm::sys::path::remove_filename(path);
  llvm::sys::path::append(path, "..", "share", "bmc");
  llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  share = path.str().str();
  context.loadAllAvailableDialects();
}

ExitCode Compilation::run() {
  if (llvm::sys::fs::is_directory(line.file))
    return fail(BadInput, fmt::format("expected a model file, '{}' is a folder", line.file));
  std::string triple = line.target.empty() && line.dynamic ? "x86_64-linux-gnu" : line.target;
  auto parsed = codegen::parseTarget(triple, line.cpu);
  if (!parsed)
    return fail(BadCommandLine, llvm::toString(parsed.takeError()));
  target = *parsed;
  if (line.emit == "ast")
    return printTree();

  frontend::Options options{line.file, line.includeDirectories, share + "/std", line.bindings};
  module = frontend::compileToModule(context, sources, options, diagnostics);
  if (!module)
    return reported();
  return runPasses();
}

ExitCode Compilation::printTree() {
  std::ostringstream text;
  if (!frontend::printAst(text, sources, line.file, diagnostics))
    return reported();
  return write(text.str());
}

ExitCode Compilation::runPasses() {
  Stage last = Stage::Plan;
  bool stopsHere = false;
  for (const StageInfo &stage : allStages())
    if (stage.name == line.emit)
      last = stage.stage, stopsHere = true;

  (*module)->setAttr("bm.target", codegen::targetAttr(&context, target));
  PassManager passes(&context);
  if (line.timePasses)
    passes.enableTiming();
  buildPipeline(passes, last);
  if (failed(passes.run(*module)))
    return reported();
  if (!stopsHere)
    return emitCode();
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream);
  return write(text + "\n");
}

ExitCode Compilation::emitCode() {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (line.emit == "halide")
    return failed(codegen::printHalide(*module, target, stream)) ? reported() : write(text);
  if (line.emit != "llvm" && line.emit != "asm")
    return emitObjects();

  if (line.emit == "asm" && failed(codegen::printAssembly(*module, target, stream)))
    return reported();
  auto host = codegen::lowerHost(*module, {target, /*hasPlainKernels=*/false});
  if (failed(host))
    return reported();
  auto code = codegen::emitHost(**host, target, line.optimization,
                                line.emit == "asm" ? codegen::HostOutput::Assembly : codegen::HostOutput::Ir);
  return failed(code) ? reported() : write(text + *code);
}

// Where compiled kernels are kept between compilations; empty for nowhere.
static std::string cacheDirectory(const CommandLine &line) {
  if (!line.useCache)
    return "";
  if (!line.cacheDirectory.empty())
    return line.cacheDirectory;
  llvm::SmallString<128> path;
  if (!llvm::sys::path::cache_directory(path))
    return "";
  llvm::sys::path::append(path, "bmc");
  return path.str().str();
}

ExitCode Compilation::emitObjects() {
  codegen::CompileOptions options;
  options.target = target;
  options.cacheDirectory = cacheDirectory(line);
  options.jobs = line.jobs ? line.jobs : std::max(1u, std::thread::hardware_concurrency());
  options.alsoPlain = true;
  auto kernels = codegen::compileKernels(*module, options);
  if (failed(kernels))
    return reported();
  auto host = codegen::lowerHost(*module, {target, /*hasPlainKernels=*/true});
  if (failed(host))
    return reported();
  auto object = codegen::emitHost(**host, target, line.optimization, codegen::HostOutput::Object);
  if (failed(object))
    return reported();

  codegen::LinkJob job;
  job.target = target;
  job.kind = line.emit == "obj" ? codegen::LinkKind::Object : codegen::LinkKind::Program;
  job.objects.push_back(*object);
  for (codegen::CompiledKernel &kernel : *kernels) {
    job.objects.push_back(kernel.object);
    job.objects.push_back(kernel.plainObject);
  }
  job.shareDirectory = share;
  job.output = line.output.empty() ? defaultOutput() : line.output;
  if (llvm::Error error = codegen::link(job))
    return fail(MachineCannot, llvm::toString(std::move(error)));
  return Done;
}

std::string Compilation::defaultOutput() const {
  return llvm::sys::path::stem(line.file).str() + (line.emit == "obj" ? ".o" : "");
}

// Text goes to standard output unless -o names a file.
ExitCode Compilation::write(const std::string &text) {
  if (line.output.empty()) {
    llvm::outs() << text;
    llvm::outs().flush();
    return Done;
  }
  std::error_code code;
  std::string temporary = line.output + ".tmp";
  {
    llvm::raw_fd_ostream stream(temporary, code);
    if (!code)
      stream << text;
    stream.close();
    if (stream.has_error())
      code = stream.error(), stream.clear_error();
  }
  if (!code)
    code = llvm::sys::fs::rename(temporary, line.output);
  if (!code)
    return Done;
  llvm::sys::fs::remove(temporary);
  return fail(MachineCannot, fmt::format("cannot write '{}': {}", line.output, code.message()));
}

ExitCode Compilation::fail(ExitCode code, const std::string &message) {
  fmt::print(stderr, "bmc: error: {}\n", message);
  return code;
}

ExitCode Compilation::reported() {
  diagnostics.print(std::cerr);
  return BadInput;
}

} // namespace bmc::driver
