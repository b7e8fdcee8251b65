// The frontend: a model file to a module of bm ops. The only header of this folder that the driver needs.
#pragma once

#include "frontend/syntax/AstPrinter.h"
#include "frontend/syntax/Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>

namespace bmc::frontend {

struct Options {
  std::string file;
  std::vector<std::string> includeDirs;    // -I
  std::string libraryDir;                  // of the standard library: share/bmc/std beside bin
  std::map<std::string, int64_t> bindings; // -D NAME=VALUE
  bool explains = false;                   // with the function @explain
};

/// Parses, checks and elaborates a model file. Null if `diagnostics` has errors.
mlir::OwningOpRef<mlir::ModuleOp> compileToModule(mlir::MLIRContext &context, SourceManager &sources,
                                                  const Options &options, Diagnostics &diagnostics);

/// The syntax tree of the file alone; false if `diagnostics` has errors.
bool printAst(std::ostream &out, SourceManager &sources, const std::string &file, Diagnostics &diagnostics);

/// Reports that the compiler has failed at a place, or nobody knows where.
Diagnostic &internalError(Diagnostics &diagnostics, std::optional<Range> range);

/// While it lives, the diagnostics of verifiers and passes go to `diagnostics`, at their places in the model file. Errors
/// that the model's author cannot mend are internal ones: their text, which speaks of the compiler's insides, is shown
/// only if the environment variable BMC_DEBUG is set or the input is IR.
class DiagnosticBridge {
public:
  DiagnosticBridge(mlir::MLIRContext &context, SourceManager &sources, Diagnostics &diagnostics, bool isIr);

private:
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace bmc::frontend
