// How diagnostics reach the user: as text with the source line and a caret, or as JSON lines.
#ifndef BMC_TOOLS_BMC_REPORT_H
#define BMC_TOOLS_BMC_REPORT_H

#include "frontend/syntax/Diagnostics.h"
#include "llvm/ADT/StringRef.h"

namespace bmc {

/// Prints all of them to standard error.
void printDiagnostics(const frontend::Diagnostics &diagnostics, const frontend::SourceManager &sources, bool json);

/// An error that has no place in the model file.
void printError(llvm::StringRef message, bool json);

} // namespace bmc

#endif
