// See the header.
#include "tools/bmc/Driver.h"

#include "codegen/halide/Kernels.h"
#include "codegen/host/EmitObject.h"
#include "codegen/host/LowerHost.h"
#include "codegen/host/ModelHeader.h"
#include "codegen/host/ModelSignature.h"
#include "codegen/link/Library.h"
#include "codegen/link/Link.h"
#include "tools/bmc/Check.h"
#include "tools/bmc/Compilation.h"
#include "tools/bmc/Explain.h"
#include "tools/bmc/Files.h"
#include "tools/bmc/Report.h"
#include "tools/bmc/StaticOutput.h"
#include "tools/bmc/Tune.h"
#include "llvm/Support/Path.h"

#include <sstream>

using namespace llvm;

namespace bmc {

static ExitCode write(Compilation &compilation, StringRef text) {
  Error error = writeOutput(outputPath(compilation.options), text);
  if (!error)
    return ExitDone;
  compilation.error(toString(std::move(error)));
  return ExitCannot;
}

static ExitCode emitAst(Compilation &compilation) {
  std::ostringstream text;
  if (!frontend::printAst(text, compilation.sources, compilation.options.input, compilation.diagnostics))
    return ExitBadInput;
  return write(compilation, text.str());
}

static ExitCode emitModule(Compilation &compilation) {
  if (!compilation.read() || !compilation.runPasses(compilation.options.emit.stage))
    return ExitBadInput;
  std::string text;
  raw_string_ostream stream(text);
  compilation.module->print(stream);
  return write(compilation, text);
}

static ExitCode emitHalide(Compilation &compilation) {
  std::string text;
  raw_string_ostream stream(text);
  if (!compilation.read() || !compilation.runPasses(Stage::Plan) ||
      mlir::failed(codegen::printHalide(*compilation.module, compilation.target, stream)))
    return ExitBadInput;
  return write(compilation, text);
}

static ExitCode emitLlvm(Compilation &compilation) {
  if (!compilation.read() || !compilation.runPasses(Stage::Plan))
    return ExitBadInput;
  auto host = codegen::lowerHost(*compilation.module,
                                 {compilation.target, compilation.hasPlainKernels(), compilation.hasProfile()});
  if (mlir::failed(host))
    return ExitBadInput;
  std::string text;
  raw_string_ostream stream(text);
  (*host)->print(stream);
  return write(compilation, text);
}

static ExitCode emitAssembly(Compilation &compilation) {
  std::string text;
  raw_string_ostream stream(text);
  if (!compilation.read() || !compilation.runPasses(Stage::Plan) ||
      mlir::failed(codegen::printAssembly(*compilation.module, compilation.target, stream)))
    return ExitBadInput;
  auto host = codegen::lowerHost(*compilation.module, {compilation.target, false, compilation.hasProfile()});
  if (mlir::failed(host))
    return ExitBadInput;
  auto assembly =
      codegen::emitHost(**host, compilation.target, compilation.options.optimization, codegen::HostOutput::Assembly);
  if (mlir::failed(assembly))
    return ExitCannot;
  return write(compilation, text + *assembly);
}

static ExitCode finish(Compilation &compilation, Error error) {
  if (!error)
    return ExitDone;
  compilation.error(toString(std::move(error)));
  return ExitCannot;
}

// Up to the plan, which `--explain` prints, under the name that the program or library will have.
static ExitCode plan(Compilation &compilation, StringRef name) {
  if (!compilation.read())
    return ExitBadInput;
  compilation.nameProgram(name);
  if (!compilation.runPasses(Stage::Plan))
    return ExitBadInput;
  return compilation.options.explain ? finish(compilation, explain(compilation)) : ExitDone;
}

static ExitCode linkOutput(Compilation &compilation, codegen::LinkKind kind) {
  std::string output = outputPath(compilation.options);
  if (ExitCode code = plan(compilation, sys::path::stem(output)))
    return code;
  std::vector<std::string> objects;
  if (!compilation.generateObjects(objects))
    return ExitBadInput;
  mlir::TimingScope scope = compilation.timings.nest("link");
  std::vector<std::string> wanted;
  if (kind == codegen::LinkKind::Program)
    for (const std::string &part : compilation.options.parts)
      wanted.push_back("bmc_part_" + part);
  return finish(compilation, codegen::link({compilation.target, kind, std::move(objects), shareDirectory(), output,
                                            std::move(wanted)}));
}

static Error writeLibrary(Compilation &compilation, codegen::LibraryJob job, StringRef header) {
  mlir::TimingScope scope = compilation.timings.nest("link");
  if (Error error = codegen::linkLibrary(job))
    return error;
  return writeOutput(headerPath(compilation.options), header);
}

static ExitCode emitLibrary(Compilation &compilation, codegen::LibraryKind kind) {
  std::string name = libraryName(compilation.options), prefix = codegen::cIdentifier(name);
  if (ExitCode code = plan(compilation, name))
    return code;
  std::vector<std::string> objects;
  if (!compilation.generateObjects(objects))
    return ExitBadInput;
  mlir::FailureOr<std::string> header = codegen::modelHeader(*compilation.module, prefix);
  if (mlir::failed(header))
    return ExitBadInput;
  codegen::LibraryJob job = {
      compilation.target, kind, prefix, std::move(objects), shareDirectory(), outputPath(compilation.options)};
  return finish(compilation, writeLibrary(compilation, std::move(job), *header));
}

static ExitCode emit(Compilation &compilation) {
  switch (compilation.options.emit.output) {
  case Output::Ast:
    return emitAst(compilation);
  case Output::Module:
    return emitModule(compilation);
  case Output::Llvm:
    return compilation.options.hasHeap ? emitLlvm(compilation) : emitStaticModel(compilation);
  case Output::Halide:
    return emitHalide(compilation);
  case Output::Assembly:
    return compilation.options.hasHeap ? emitAssembly(compilation) : emitStaticModel(compilation);
  case Output::Object:
    return linkOutput(compilation, codegen::LinkKind::Object);
  case Output::Program:
    return linkOutput(compilation, codegen::LinkKind::Program);
  case Output::StaticModel:
    return emitStaticModel(compilation);
  case Output::Library:
    return emitLibrary(compilation, codegen::LibraryKind::Static);
  case Output::SharedLibrary:
    return emitLibrary(compilation, codegen::LibraryKind::Shared);
  }
  llvm_unreachable("an output that is not known");
}

static ExitCode writeDepfile(Compilation &compilation) {
  std::vector<std::string> files;
  for (frontend::FileId file = 0; file < compilation.sources.count(); ++file)
    files.push_back(compilation.sources.name(file));
  std::string rule = dependencyRule(outputPath(compilation.options), files);
  return finish(compilation, writeOutput(compilation.options.depfile, rule));
}

ExitCode compile(const Options &options) {
  Expected<codegen::Target> target = chooseTarget(options);
  if (!target) {
    printError(toString(target.takeError()), options.json);
    return ExitBadCommandLine;
  }
  if (Error error = checkOutput(options)) {
    printError(toString(std::move(error)), options.json);
    return ExitCannot;
  }
  Compilation compilation(options, *target);
  if (options.check)
    return checkCompiled(compilation);
  if (options.tune)
    return tune(compilation);
  if (options.explain && options.output.empty())
    return plan(compilation, sys::path::stem(options.input));
  ExitCode code = emit(compilation);
  return code == ExitDone && !options.depfile.empty() ? writeDepfile(compilation) : code;
}

} // namespace bmc
