// Puts the frontend's steps together.
#include "Frontend.h"

#include "dialects/Ops.h"
#include "dialects/ProgramError.h"
#include "frontend/elaborate/CheckNames.h"
#include "frontend/elaborate/CheckUncalled.h"
#include "frontend/elaborate/Program.h"
#include "frontend/syntax/Parser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

#include <cstdlib>
#include <fmt/format.h>

namespace bmc::frontend {

/// Opens the file that was named on the command line.
static std::optional<FileId> openMain(SourceManager &sources, const std::string &file, Diagnostics &diagnostics) {
  std::string why;
  auto id = sources.open(file, why);
  if (!id)
    diagnostics.error(std::nullopt, fmt::format("cannot read '{}': {}", file, why));
  return id;
}

bool printAst(std::ostream &out, SourceManager &sources, const std::string &file, Diagnostics &diagnostics) {
  auto id = openMain(sources, file, diagnostics);
  if (!id)
    return false;
  File tree = parse(sources, *id, diagnostics);
  if (!diagnostics.hasErrors())
    printAst(out, tree);
  return !diagnostics.hasErrors();
}

static void checkBindings(const Evaluator &evaluator, Diagnostics &diagnostics) {
  for (const auto &[name, value] : evaluator.bindings)
    if (!evaluator.symbols.count(name))
      diagnostics.error(std::nullopt,
                        fmt::format("-D {}={}: the model has no symbolic dimension '{}'", name, value, name));
    else if (value < 1)
      diagnostics.error(std::nullopt, fmt::format("-D {}={}: a dimension must be at least 1", name, value));
}

/// Checks all code and elaborates what the program runs; false after an error.
static bool elaborate(Evaluator &evaluator, const Module &main, mlir::ModuleOp module, bool explains) {
  try {
    for (const Module *each : evaluator.modules.ofUser())
      checkNames(evaluator, *each);
    try {
      Program(evaluator, main, module, explains).build();
    } catch (Stop) {
      if (!evaluator.diagnostics.hasErrors())
        internalError(evaluator.diagnostics, std::nullopt);
    }
    for (const Module *each : evaluator.modules.ofUser())
      checkUncalled(evaluator, *each);
  } catch (Exhausted) {
  }
  return !evaluator.diagnostics.hasErrors();
}

mlir::OwningOpRef<mlir::ModuleOp> compileToModule(mlir::MLIRContext &context, SourceManager &sources,
                                                  const Options &options, Diagnostics &diagnostics) {
  context.loadDialect<bm::BmDialect, mlir::func::FuncDialect>();
  DiagnosticBridge bridge(context, sources, diagnostics, /*isIr=*/false);
  Modules modules(sources, diagnostics, options.includeDirs, options.libraryDir);
  const Module *main = modules.load(options.file);
  if (!main || diagnostics.hasErrors() || !modules.loadLibrary())
    return nullptr;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(mlir::FileLineColLoc::get(&context, options.file, 1, 1));
  Evaluator evaluator(context, sources, diagnostics, modules, options.bindings);
  if (!elaborate(evaluator, *main, *module, options.explains))
    return nullptr;
  checkBindings(evaluator, diagnostics);
  if (!diagnostics.hasErrors() && mlir::failed(mlir::verify(*module)) && !diagnostics.hasErrors())
    internalError(diagnostics, std::nullopt);
  if (diagnostics.hasErrors())
    return nullptr;
  return module;
}

// Diagnostics of MLIR -----------------------------------------------------------------------------------------------

using Places = std::vector<mlir::FileLineColLoc>;

/// The place itself, then where it was called from.
static void collectPlaces(mlir::Location location, Places &places) {
  if (auto place = llvm::dyn_cast<mlir::FileLineColLoc>(location)) {
    places.push_back(place);
  } else if (auto call = llvm::dyn_cast<mlir::CallSiteLoc>(location)) {
    collectPlaces(call.getCallee(), places);
    collectPlaces(call.getCaller(), places);
  } else if (auto name = llvm::dyn_cast<mlir::NameLoc>(location)) {
    collectPlaces(name.getChildLoc(), places);
  } else if (auto fused = llvm::dyn_cast<mlir::FusedLoc>(location)) {
    if (!fused.getLocations().empty())
      collectPlaces(fused.getLocations().front(), places);
  }
}

static std::optional<Range> rangeOf(const SourceManager &sources, mlir::FileLineColLoc place) {
  auto file = sources.find(std::string_view(place.getFilename().getValue()));
  if (!file)
    return std::nullopt;
  uint32_t begin = sources.offset(*file, {place.getLine(), place.getColumn()});
  return Range{*file, begin, begin + 1};
}

static std::optional<Range> firstRange(const SourceManager &sources, const Places &places) {
  return places.empty() ? std::nullopt : rangeOf(sources, places.front());
}

Diagnostic &internalError(Diagnostics &diagnostics, std::optional<Range> range) {
  return diagnostics.error(range, "internal error: bmc cannot compile this; please report it with the model file");
}

DiagnosticBridge::DiagnosticBridge(mlir::MLIRContext &context, SourceManager &sources, Diagnostics &diagnostics,
                                   bool isIr)
    : handler(&context, [&sources, &diagnostics, isIr](mlir::Diagnostic &found) {
        Places places;
        collectPlaces(found.getLocation(), places);
        auto range = firstRange(sources, places);
        bool isError = found.getSeverity() == mlir::DiagnosticSeverity::Error;
        if (!isError && found.getSeverity() != mlir::DiagnosticSeverity::Warning)
          return mlir::failure();
        bool showsText = isIr || std::getenv("BMC_DEBUG");
        if (isError && !bm::isProgramError(found) && !showsText) {
          internalError(diagnostics, range);
          return mlir::success();
        }
        Diagnostic &diagnostic =
            isError ? diagnostics.error(range, found.str()) : diagnostics.warning(range, found.str());
        for (size_t i = 1; i < places.size() && i <= 5; ++i)
          diagnostic.callers.push_back({Severity::Note, rangeOf(sources, places[i]), "in what is called here"});
        for (mlir::Diagnostic &note : found.getNotes()) {
          Places notePlaces;
          collectPlaces(note.getLocation(), notePlaces);
          diagnostic.note(firstRange(sources, notePlaces), note.str());
        }
        return mlir::success();
      }) {}

} // namespace bmc::frontend
