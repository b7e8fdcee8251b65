// See the header.
#include "tools/bmc/Report.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <iostream>

using namespace llvm;

namespace bmc {

static StringRef severityName(frontend::Severity severity) {
  switch (severity) {
  case frontend::Severity::Error:
    return "error";
  case frontend::Severity::Warning:
    return "warning";
  case frontend::Severity::Note:
    return "note";
  }
  return "";
}

static json::Object placeObject(const frontend::Diagnostic::Place &place, const frontend::SourceManager &sources) {
  json::Object object{{"severity", severityName(place.severity)}, {"message", json::fixUTF8(place.message)}};
  if (place.range) {
    frontend::Position position = sources.position(place.range->file, place.range->begin);
    object["file"] = json::fixUTF8(sources.name(place.range->file));
    object["line"] = position.line;
    object["column"] = position.column;
  }
  return object;
}

void printDiagnostics(const frontend::Diagnostics &diagnostics, const frontend::SourceManager &sources, bool json) {
  if (!json) {
    diagnostics.print(std::cerr);
    return;
  }
  for (const frontend::Diagnostic &diagnostic : diagnostics.all()) {
    json::Object object = placeObject(diagnostic.main, sources);
    json::Array notes;
    for (const auto &note : diagnostic.notes)
      notes.push_back(placeObject(note, sources));
    if (!notes.empty())
      object["notes"] = std::move(notes);
    errs() << json::Value(std::move(object)) << "\n";
  }
}

void printError(StringRef message, bool json) {
  if (json)
    errs() << json::Value(json::Object{{"severity", "error"}, {"message", json::fixUTF8(message)}}) << "\n";
  else
    errs() << "bmc: error: " << message << "\n";
}

} // namespace bmc
