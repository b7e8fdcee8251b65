// See the header.
#include "Syntax.h"

namespace bmc::frontend {

void forEachExpression(const Expr *expr, llvm::function_ref<void(const Expr &)> visit) {
  if (!expr)
    return;
  visit(*expr);
  auto all = [&](const auto &exprs) {
    for (const ExprPtr &each : exprs)
      forEachExpression(each.get(), visit);
  };
  auto arguments = [&](const std::vector<Argument> &arguments) {
    for (const Argument &argument : arguments)
      forEachExpression(argument.value.get(), visit);
  };
  switch (expr->kind) {
  case ExprKind::Unary:
    return forEachExpression(as<UnaryExpr>(*expr).operand.get(), visit);
  case ExprKind::Binary:
    forEachExpression(as<BinaryExpr>(*expr).left.get(), visit);
    return forEachExpression(as<BinaryExpr>(*expr).right.get(), visit);
  case ExprKind::Conditional:
    forEachExpression(as<ConditionalExpr>(*expr).value.get(), visit);
    forEachExpression(as<ConditionalExpr>(*expr).condition.get(), visit);
    return forEachExpression(as<ConditionalExpr>(*expr).otherwise.get(), visit);
  case ExprKind::Index:
    return forEachExpression(as<IndexExpr>(*expr).base.get(), visit);
  case ExprKind::Member:
    return forEachExpression(as<MemberExpr>(*expr).base.get(), visit);
  case ExprKind::List:
    return all(as<ListExpr>(*expr).elements);
  case ExprKind::Tuple:
    return all(as<TupleExpr>(*expr).elements);
  case ExprKind::Record:
    return arguments(as<RecordExpr>(*expr).fields);
  case ExprKind::Call:
    forEachExpression(as<CallExpr>(*expr).callee.get(), visit);
    return arguments(as<CallExpr>(*expr).arguments);
  default:
    return;
  }
}

void forEachCall(const Expr *expr, llvm::function_ref<void(const CallExpr &)> visit) {
  forEachExpression(expr, [&](const Expr &each) {
    if (each.kind == ExprKind::Call)
      visit(as<CallExpr>(each));
  });
}

bool mentions(const Expr &expr, const std::string &name) {
  bool found = false;
  forEachExpression(&expr,
                    [&](const Expr &each) { found |= each.kind == ExprKind::Name && as<NameExpr>(each).name == name; });
  return found;
}

} // namespace bmc::frontend
