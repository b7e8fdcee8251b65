// The generated parts of docs/language.md: the primitives, from their table, and the standard library, from its files.
#pragma once

#include "mlir/IR/MLIRContext.h"

#include <optional>
#include <string>

namespace bmc::frontend {

/// `text` with the lines between `<!-- generated: NAME -->` and `<!-- end -->` made anew, for the names `primitives`
/// and `library`. Null and a message in `error` if the page has no such parts or the library cannot be read.
std::optional<std::string> renewReference(mlir::MLIRContext &context, const std::string &text,
                                          const std::string &libraryDir, std::string &error);

} // namespace bmc::frontend
