// Walks over expressions that are not evaluated yet.
#pragma once

#include "frontend/syntax/Ast.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace bmc::frontend {

/// Visits all expressions in an expression, outer ones first; not those in scans.
void forEachExpression(const Expr *expr, llvm::function_ref<void(const Expr &)> visit);
/// Visits all calls in an expression.
void forEachCall(const Expr *expr, llvm::function_ref<void(const CallExpr &)> visit);
/// Whether an expression has this name in it.
bool mentions(const Expr &expr, const std::string &name);

} // namespace bmc::frontend
