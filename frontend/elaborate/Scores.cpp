// Losses and metrics: what their parameters get, and their values.
#include "Program.h"
#include "Syntax.h"

#include "dialects/Ops.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

/// The parameter of losses that names the class of rows that do not count.
static constexpr std::string_view ignoreIndex = "ignore_index";

using mlir::RankedTensorType;
using mlir::Value;

/// What the parameters of a function get that the caller did not give: first the outputs of the network; then the field
/// of the data that has the parameter's name; else, where there is no default, the next target that no name asks for.
std::vector<Program::Source> Program::sourcesOf(const std::vector<Parameter> &parameters,
                                                const std::vector<Bound> &given) {
  std::vector<Source> sources;
  auto isField = [&](const std::string &name) {
    return llvm::any_of(training->fields(), [&](const Field &field) { return field.name.text == name; });
  };
  auto isNamed = [&](const std::string &field) {
    return llvm::any_of(parameters, [&](const Parameter &p) { return p.name.text == field; });
  };
  std::vector<std::string> rest;
  for (const Field &field : training->fields())
    if (!isInput(field.name.text) && !isNamed(field.name.text))
      rest.push_back(field.name.text);
  size_t output = 0, next = 0;
  for (const Parameter &parameter : parameters) {
    const std::string &name = parameter.name.text;
    if (parameter.isPack || llvm::any_of(given, [&](const Bound &bound) { return bound.name == name; }))
      continue;
    if (predictsFromData && output < predictionTypes.size())
      sources.push_back({&parameter, static_cast<int>(output++), ""});
    else if (isField(name))
      sources.push_back({&parameter, -1, name});
    else if (!parameter.value && next < rest.size())
      sources.push_back({&parameter, -1, rest[next++]});
  }
  return sources;
}

/// The same for arguments that are written out: `prediction`, `prediction[1]` and the fields of the data by name.
std::vector<Program::Source> Program::sourcesIn(const std::vector<Parameter> &parameters,
                                                const std::vector<const Expr *> &arguments) {
  std::vector<Source> sources;
  for (size_t i = 0; i < std::min(parameters.size(), arguments.size()); ++i) {
    const Expr *expr = arguments[i];
    size_t output = 0;
    if (expr->kind == ExprKind::Index && as<IndexExpr>(*expr).items.size() == 1 &&
        as<IndexExpr>(*expr).items[0]->kind == ExprKind::Number) {
      output = static_cast<size_t>(as<NumberExpr>(*as<IndexExpr>(*expr).items[0]).integer);
      expr = as<IndexExpr>(*expr).base.get();
    }
    std::string name = expr->kind == ExprKind::Name ? as<NameExpr>(*expr).name : "";
    if (name == "prediction" && predictsFromData && output < predictionTypes.size())
      sources.push_back({&parameters[i], static_cast<int>(output), ""});
    else if (!name.empty())
      sources.push_back({&parameters[i], -1, name});
  }
  return sources;
}

/// Whether a type has any number of dimensions.
static bool isOpen(const TypeExpr &type) {
  return llvm::any_of(type.dims, [](const ExprPtr &dim) { return dim->kind == ExprKind::Pack; });
}

/// `ignore_index` of a loss, if it is given as a number.
static std::optional<int64_t> ignoredClass(const Object &object) {
  auto dim = object.get<Dim>();
  return dim ? dim->constant() : std::nullopt;
}

/// All calls that outputs and fields go into, losses first.
std::vector<Program::Use> Program::uses() {
  std::vector<Use> result;
  auto addCall = [&](const CallExpr &call) {
    std::vector<const Expr *> arguments;
    std::optional<int64_t> ignored;
    Scope scope;
    scope.parent = &network->scope;
    for (const Argument &argument : call.arguments)
      if (argument.name.text.empty())
        arguments.push_back(argument.value.get());
      else if (argument.name.text == ignoreIndex)
        ignored = ignoredClass(e.evaluate(*argument.value, scope));
    std::shared_ptr<Instance> owner;
    if (const std::vector<Parameter> *parameters = calledParameters(call, owner)) {
      Use use{sourcesIn(*parameters, arguments), owner->module, call.range, &owner->scope, {}};
      llvm::erase_if(use.sources,
                     [](const Source &source) { return !source.parameter->type || isOpen(*source.parameter->type); });
      result.push_back(std::move(use));
      return;
    }
    auto found =
        call.callee->kind == ExprKind::Name ? e.modules.find(main, as<NameExpr>(*call.callee).name) : Modules::Found();
    if (found.decl && !found.decl->hasMembers)
      result.push_back({sourcesIn(found.decl->parameters, arguments), found.module, call.range, nullptr, ignored});
  };
  auto add = [&](const Score &score) {
    if (score.applied) {
      const DeclaredObject &function = score.applied->function;
      result.push_back(
          {sourcesOf(function.decl->parameters, score.applied->arguments), function.module, score.range, nullptr, {}});
      for (const Bound &given : score.applied->arguments)
        if (given.name == ignoreIndex)
          result.back().ignored = ignoredClass(given.object);
    }
    forEachCall(score.expr, addCall);
  };
  for (const Objective &objective : training->objectives)
    for (const Score &part : objective.losses)
      add(part);
  for (const Metric &metric : training->metrics)
    if (metric.instance)
      result.push_back({sourcesOf(metric), metric.instance->module, metric.range, nullptr, {}});
    else
      add(metric);
  return result;
}

std::vector<Program::Source> Program::sourcesOf(const Metric &metric) {
  const Member &method = inputMethod(metric);
  return metric.given.empty() ? sourcesOf(method.parameters, {}) : sourcesIn(method.parameters, metric.given);
}

/// What an expression of the train block sees.
Scope Program::names(const Object &prediction, const Body &body) {
  Scope scope;
  scope.parent = &network->scope;
  if (!prediction.is<Absent>())
    scope.names["prediction"] = {prediction, std::nullopt};
  for (const auto &[name, value] : body.inputs)
    scope.names[name] = {Object(value), std::nullopt};
  const Input &input = inputs.front();
  if (!input.rowName.empty() && !network->scope.names.count(input.rowName))
    scope.names.try_emplace(input.rowName, NamedObject{Object(bm::shapeOf(input.type)[0]), std::nullopt});
  return scope;
}

/// A call that gets outputs and fields.
Call Program::scored(const std::vector<Source> &sources, const Object &prediction, const Body &body, Range range) {
  auto list = prediction.get<ListObject>();
  Call call{range, range, {}};
  for (const Source &source : sources) {
    Object value = source.output < 0 ? Object(body.inputs.at(source.field))
                   : list            ? (*list->elements)[source.output]
                                     : prediction;
    call.arguments.push_back({source.parameter->name.text, value, range});
  }
  return call;
}

Value Program::score(const Score &score, const Object &prediction, Body &body, const std::string &what) {
  Object object;
  if (score.applied) {
    const auto &[function, given, range] = *score.applied;
    Call call = scored(sourcesOf(function.decl->parameters, given), prediction, body, score.range);
    for (Bound argument : given) {
      if (score.numbers)
        if (auto number = score.numbers->names.find(argument.name); number != score.numbers->names.end())
          argument.object = number->second.object;
      call.arguments.push_back(std::move(argument));
    }
    object = e.call(Object(function), std::move(call));
  } else {
    Scope scope = names(prediction, body);
    object = e.evaluate(*score.expr, scope);
  }
  auto tensor = object.get<Tensor>();
  auto type = tensor ? llvm::cast<RankedTensorType>(tensor->value.getType()) : RankedTensorType();
  if (!type || type.getRank() != 0 || !llvm::isa<mlir::FloatType>(type.getElementType()))
    e.fail(score.range, fmt::format("{} must be a float scalar, found {}", what, e.describe(object)));
  return tensor->value;
}

/// Whether a loss or a metric needs what the network predicts.
bool Program::asksForPrediction(const Score &score) {
  auto isOutput = [](const Source &source) { return source.output >= 0; };
  if (score.applied && !score.applied->function.decl->hasMembers)
    return llvm::any_of(sourcesOf(score.applied->function.decl->parameters, score.applied->arguments), isOutput);
  return score.expr && mentions(*score.expr, "prediction");
}

/// What the network predicts. Of several networks the one that does so runs only where it is asked for, since it may
/// take what the data does not have, and change buffers.
Object Program::predictionFor(Body &body, const Objective *objective, bool measures) {
  bool isAskedFor = !several;
  for (const Objective &each : training->objectives)
    if (!objective || &each == objective)
      for (const Score &part : each.losses)
        isAskedFor |= asksForPrediction(part);
  for (const Metric &metric : training->metrics)
    isAskedFor |= measures && (metric.instance || asksForPrediction(metric));
  return isAskedFor && predictsFromData ? forward(body) : Object();
}

/// A loss is the sum of its parts. Where there are several, each is reported as metrics are, and so are those of steps.
Value Program::lossOf(Body &body, const Objective &objective, const Object &prediction) {
  std::vector<Value> parts;
  Value loss;
  for (const Score &part : objective.losses) {
    parts.push_back(score(part, prediction, body, "the loss"));
    loss = parts.size() == 1
               ? parts[0]
               : e.tensor(e.binary(Operator::Add, Object(loss), Object(parts.back()), part.range), part.range);
  }
  if (objective.isNamed())
    result(body, loss, role("metric", objective.name.text));
  for (size_t i = 0; parts.size() > 1 && i < parts.size(); ++i)
    result(body, parts[i], role("metric", objective.reportedName(objective.losses[i])));
  return loss;
}

void Program::measure(Body &body, const Object &prediction) {
  keepPredictions(body, prediction);
  auto prepared = body.inputs;
  Object shown = inUnits(body, prediction);
  for (const Metric &metric : training->metrics)
    if (!metric.instance)
      result(body, score(metric, shown, body, "a metric"), role("metric", metric.name));
  addToMetrics(body, shown);
  body.inputs = std::move(prepared);
}

} // namespace bmc::frontend
