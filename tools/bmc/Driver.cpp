// See the header.
#include "tools/bmc/Driver.h"

#include "codegen/halide/Kernels.h"
#include "codegen/host/EmitObject.h"
#include "codegen/host/LowerHost.h"
#include "codegen/link/Link.h"
#include "tools/bmc/Check.h"
#include "tools/bmc/Compilation.h"
#include "tools/bmc/Explain.h"
#include "tools/bmc/Files.h"
#include "tools/bmc/Report.h"
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
  auto host = codegen::lowerHost(*compilation.module, {compilation.target, compilation.options.selftest});
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
  auto host = codegen::lowerHost(*compilation.module, {compilation.target, false});
  if (mlir::failed(host))
    return ExitBadInput;
  auto assembly = codegen::emitHost(**host, compilation.target, compilation.options.optimization,
                                    codegen::HostOutput::Assembly);
  if (mlir::failed(assembly))
    return ExitCannot;
  return write(compilation, text + *assembly);
}

static ExitCode linkOutput(Compilation &compilation, codegen::LinkKind kind) {
  std::vector<std::string> objects;
  if (!compilation.read())
    return ExitBadInput;
  compilation.nameProgram(sys::path::stem(outputPath(compilation.options)));
  if (!compilation.runPasses(Stage::Plan) || !compilation.generateObjects(objects))
    return ExitBadInput;
  mlir::TimingScope scope = compilation.timings.nest("link");
  Error error = codegen::link(
      {compilation.target, kind, std::move(objects), shareDirectory(), outputPath(compilation.options)});
  if (!error)
    return ExitDone;
  compilation.error(toString(std::move(error)));
  return ExitCannot;
}

static ExitCode notSupported(Compilation &compilation, const std::string &what) {
  compilation.error("--emit=" + what + " is not supported yet");
  return ExitBadInput;
}

static ExitCode emit(Compilation &compilation) {
  switch (compilation.options.emit.output) {
  case Output::Ast:
    return emitAst(compilation);
  case Output::Module:
    return emitModule(compilation);
  case Output::Llvm:
    return emitLlvm(compilation);
  case Output::Halide:
    return emitHalide(compilation);
  case Output::Assembly:
    return emitAssembly(compilation);
  case Output::Object:
    return linkOutput(compilation, codegen::LinkKind::Object);
  case Output::Program:
    return linkOutput(compilation, codegen::LinkKind::Program);
  case Output::Library:
    return notSupported(compilation, "lib");
  case Output::SharedLibrary:
    return notSupported(compilation, "so");
  }
  llvm_unreachable("an output that is not known");
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
  return options.explain ? explain(compilation) : emit(compilation);
}

} // namespace bmc
