// The syntax tree as text: `bmc --emit=ast`.
#pragma once

#include "Ast.h"

#include <ostream>

namespace bmc::frontend {

/// Declarations and statements are indented lines; expressions are fully parenthesised, operator first.
void printAst(std::ostream &out, const File &file);
std::string toString(const Expr &expr);
std::string toString(const TypeExpr &type);

} // namespace bmc::frontend
