// Losses and metrics as a train block writes them: see ScoreEntries.h.
#include "ScoreEntries.h"

#include <fmt/format.h>

namespace bmc::frontend {

static const CallExpr *classWeightsCall(const Expr &expr) {
  bool isCall = expr.kind == ExprKind::Call && as<CallExpr>(expr).callee->kind == ExprKind::Name;
  return isCall && as<NameExpr>(*as<CallExpr>(expr).callee).name == "class_weights" ? &as<CallExpr>(expr) : nullptr;
}

/// `class_weights(y)`; its shape follows from the field, which is read later.
Object ScoreReader::classWeights(const CallExpr &call) {
  if (call.arguments.size() != 1 || call.arguments[0].value->kind != ExprKind::Name)
    e.fail(call.range, "expected a field of the data: class_weights(y)");
  static const NumberExpr one = [] {
    NumberExpr number{Range()};
    number.isInteger = true;
    number.integer = 1;
    return number;
  }();
  static const Scope empty;
  Name field{as<NameExpr>(*call.arguments[0].value).name, call.arguments[0].value->range};
  for (const ClassWeights &known : block.classWeights)
    if (known.field.text == field.text)
      return Object(VariableRef{known.variable});
  Variable variable;
  variable.name = "class_weights." + field.text;
  variable.role = "buffer";
  variable.type = mlir::RankedTensorType::get({1}, e.floatType);
  variable.initialiser = &one;
  variable.scope = &empty;
  variable.module = e.module;
  variable.range = call.range;
  auto index = static_cast<unsigned>(e.variables.size());
  e.variables.push_back(std::move(variable));
  block.classWeights.push_back({field, index});
  return Object(VariableRef{index});
}

/// A function by its name, or with some of its arguments: `cross_entropy`, `smooth(amount = 0.1)`.
Applied ScoreReader::applied(const Expr &expr) {
  Scope scope;
  bool isCall = expr.kind == ExprKind::Call;
  Object callee = e.evaluate(isCall ? *as<CallExpr>(expr).callee : expr, scope);
  auto declared = callee.get<DeclaredObject>();
  bool isFunction = declared && (!declared->decl->hasMembers || declared->decl->kind == DeclarationKind::Metric);
  if (!isFunction)
    e.fail(expr.range, fmt::format("expected a loss, a metric or a function, found {}", e.describe(callee)));
  Applied result{*declared, {}, expr.range};
  if (isCall)
    for (const Argument &argument : as<CallExpr>(expr).arguments) {
      if (argument.name.text.empty())
        e.fail(argument.value->range, "arguments of a loss or metric are given by name here");
      const CallExpr *weights = classWeightsCall(*argument.value);
      Object value = weights ? classWeights(*weights) : e.evaluate(*argument.value, scope);
      result.arguments.push_back({argument.name.text, std::move(value), argument.value->range});
    }
  return result;
}

/// A function by its name or with arguments by name; anything else is an expression.
Score ScoreReader::score(const std::string &name, const Expr &expr) {
  Score result{name, std::nullopt, nullptr, expr.range, {}};
  auto isGiven = [](const Argument &argument) { return argument.name.text.empty(); };
  bool isApplied = expr.kind == ExprKind::Name || expr.kind == ExprKind::Number || expr.kind == ExprKind::String ||
                   expr.kind == ExprKind::Bool;
  if (expr.kind == ExprKind::Call)
    isApplied = llvm::none_of(as<CallExpr>(expr).arguments, isGiven);
  if (isApplied)
    result.applied = applied(expr);
  else
    result.expr = &expr;
  return result;
}

void ScoreReader::checkName(const std::string &name, Range range) {
  auto check = [&](const std::string &other, Range place, const char *what) {
    if (other == name)
      e.report(range, fmt::format("two {} are called '{}'; names can be given: metrics = {{first = {}, ...}}", what,
                                  name, name))
          .note(place, "the first one is here"),
          throw Stop();
  };
  for (const Objective &objective : block.objectives) {
    check(objective.name.text, objective.name.range, "metrics or steps");
    for (const Score &part : objective.losses)
      check(objective.reportedName(part), part.range, "metrics or parts of the loss");
  }
  for (const Metric &metric : block.metrics)
    check(metric.name, metric.range, "metrics");
}

void ScoreReader::lossPart(Objective &objective, const std::string &name, const Expr &expr) {
  Score part = score(name, expr);
  if (part.applied && part.applied->function.decl->hasMembers)
    e.fail(expr.range, "a metric that accumulates over batches cannot be a loss");
  objective.losses.push_back(std::move(part));
}

void ScoreReader::loss(Objective &objective, const Entry &entry) {
  if (entry.value->kind != ExprKind::Record)
    return lossPart(objective, "loss", *entry.value);
  for (const Argument &part : as<RecordExpr>(*entry.value).fields) {
    checkName(objective.isNamed() ? objective.name.text + "." + part.name.text : part.name.text, part.name.range);
    lossPart(objective, part.name.text, *part.value);
  }
}

void ScoreReader::metric(const std::string &name, const Expr &expr) {
  Metric metric;
  static_cast<Score &>(metric) = score(name, expr);
  const Declaration *decl = metric.applied ? metric.applied->function.decl : nullptr;
  if (!decl && expr.kind == ExprKind::Call) {
    Scope scope;
    const auto &call = as<CallExpr>(expr);
    Object callee = call.callee->kind == ExprKind::Name ? e.evaluate(*call.callee, scope) : Object();
    auto declared = callee.get<DeclaredObject>();
    decl = declared ? declared->decl : nullptr;
    if (decl && decl->hasMembers && decl->kind == DeclarationKind::Metric) {
      metric.applied = Applied{*declared, {}, expr.range};
      for (const Argument &argument : call.arguments)
        if (argument.name.text.empty())
          metric.given.push_back(argument.value.get());
        else
          metric.applied->arguments.push_back(
              {argument.name.text, e.evaluate(*argument.value, scope), argument.value->range});
    }
  }
  if (name.empty() && !decl)
    e.fail(expr.range, "this metric needs a name: metrics = {name = ...}");
  metric.name = name.empty() ? decl->name.text : name;
  checkName(metric.name, expr.range);
  if (metric.applied && decl->hasMembers)
    metric.instance = e.instantiate(metric.applied->function, {expr.range, expr.range, metric.applied->arguments});
  block.metrics.push_back(std::move(metric));
}

void ScoreReader::metrics(const Entry &entry) {
  if (entry.value->kind == ExprKind::List)
    for (const ExprPtr &element : as<ListExpr>(*entry.value).elements)
      metric("", *element);
  else if (entry.value->kind == ExprKind::Record)
    for (const Argument &field : as<RecordExpr>(*entry.value).fields)
      metric(field.name.text, *field.value);
  else
    metric("", *entry.value);
}

} // namespace bmc::frontend
