// Text to tokens.
#pragma once

#include "Diagnostics.h"
#include "Token.h"

namespace bmc::frontend {

/// All tokens of a file, ending with EndOfFile. Characters that begin no token are reported and left out.
std::vector<Token> lex(const SourceManager &sources, FileId file, Diagnostics &diagnostics);

} // namespace bmc::frontend
