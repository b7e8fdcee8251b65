// Metrics with members. One accumulates: `add` changes its states batch by batch, `value` makes the result of them. Or
// it asks for all rows at once: `whole` gets the predictions and targets of a whole pass.
#include "Program.h"

#include "dialects/Ops.h"

#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

/// What the members of a metric must be; its `add` or `whole`, the method that gets predictions and targets.
const Member &Program::inputMethod(const Metric &metric) {
  const Declaration &decl = *metric.instance->decl;
  const Member *add = e.method(*metric.instance, "add"), *value = e.method(*metric.instance, "value"),
               *whole = e.method(*metric.instance, "whole");
  if (whole && (add || value))
    e.report(whole->name.range,
             fmt::format("the metric '{}' has 'whole', so it can have neither 'add' nor 'value'", metric.name))
        .note((add ? add : value)->name.range, "it is declared here"),
        throw Stop();
  if (!whole && !(add && value))
    e.fail(decl.name.range, fmt::format("the metric '{}' needs {}", metric.name,
                                        add     ? "'value', which gives its result"
                                        : value ? "'add', which gets each batch"
                                                : "'add' and 'value', or 'whole'"));
  for (const Member &member : decl.members)
    if (member.kind == MemberKind::State && whole)
      e.fail(member.field.name.range,
             fmt::format("the metric '{}' gets all rows at once, so it keeps no state", metric.name));
    else if (member.kind != MemberKind::State && member.kind != MemberKind::Method)
      e.fail(member.range, "a metric has states and methods only");
  return whole ? *whole : *add;
}

/// Dimensions that the method's types name, such as `C` in `float[N, C]`, are known to states and to `value`.
void Program::bindMetricDims(Metric &metric) {
  Evaluator::Frame frame(e, metric.range, metric.instance->module);
  Scope &scope = metric.instance->scope, found;
  found.parent = &scope;
  for (const Source &source : sourcesOf(metric)) {
    const TypeExpr *declared = source.parameter->type.get();
    auto target = llvm::find_if(targets, [&](const Input &input) { return input.name == source.field; });
    if (!declared || (source.output < 0 && target == targets.end()))
      continue;
    RankedTensorType type = source.output < 0 ? target->type : predictionTypes[source.output];
    if (declared->kind != TypeKind::Union)
      e.fits(type, *declared, found);
    for (const TypeExpr &alternative : declared->elements)
      if (declared->kind == TypeKind::Union && e.fits(type, alternative, found))
        break;
  }
  for (auto &[name, value] : found.names)
    if (auto dim = value.object.get<Dim>(); dim && dim->isConstant())
      scope.names.try_emplace(name, value);
}

/// The call of `add` or `whole`.
Call Program::calledWith(const Metric &metric, const Object &prediction, const Body &body) {
  if (metric.given.empty())
    return scored(sourcesOf(metric), prediction, body, metric.range);
  Call call{metric.range, metric.range, {}};
  Scope scope = names(prediction, body);
  for (const Expr *expr : metric.given)
    call.arguments.push_back({"", e.evaluate(*expr, scope), expr->range});
  return call;
}

void Program::declareMetricState(Metric &metric, const Member &member) {
  const Parameter &field = member.field;
  if (!field.value)
    e.fail(field.name.range, fmt::format("the state '{}' needs an initial value", field.name.text));
  auto &states = metricStates[&metric];
  if (llvm::any_of(states, [&](const auto &state) { return state.first == field.name.text; }))
    e.fail(field.name.range, fmt::format("'{}' is declared twice in this metric", field.name.text));
  Evaluator::Frame frame(e, metric.range, metric.instance->module);
  states.emplace_back(field.name.text, e.variables.size());
  Variable state;
  state.name = metric.name + "." + field.name.text;
  state.role = "metric";
  state.type = field.type ? e.tensorType(*field.type, metric.instance->scope, false)
                          : RankedTensorType::get({}, e.builder.getF64Type());
  if (!state.type.hasStaticShape())
    e.fail(field.type->range,
           fmt::format("a state has a shape that is known at compile time, found {}", bm::describe(state.type)));
  state.initialiser = field.value.get();
  state.scope = &metric.instance->scope;
  state.module = metric.instance->module;
  state.range = field.name.range;
  order.push_back(e.variables.size());
  e.variables.push_back(std::move(state));
}

void Program::prepareMetrics() {
  for (Metric &metric : training->metrics) {
    if (!metric.instance)
      continue;
    metric.instance->placed = true;
    bindMetricDims(metric);
    for (const Member &member : metric.instance->decl->members)
      if (member.kind == MemberKind::State)
        declareMetricState(metric, member);
  }
}

bool Program::asksForAllRows() const {
  for (const Metric &metric : training->metrics)
    if (metric.instance && e.method(*metric.instance, "whole"))
      return true;
  return false;
}

/// Whether one of these metrics asks for an input of the network too.
bool Program::asksForInputs() {
  return llvm::any_of(training->metrics, [&](const Metric &metric) {
    return metric.instance && e.method(*metric.instance, "whole") &&
           llvm::any_of(sourcesOf(metric), [&](const Source &source) { return isInput(source.field); });
  });
}

void Program::setMetricStates(const Metric &metric, const Body &body) {
  for (auto &[name, index] : metricStates[&metric])
    metric.instance->scope.names[name] = {Object(body.emission.variables.at(index)), e.variables[index].range};
}

/// The states behind the batch as results of the function.
void Program::addToMetrics(Body &body, const Object &prediction) {
  for (const Metric &metric : training->metrics) {
    if (!metric.instance || !e.method(*metric.instance, "add"))
      continue;
    auto outer = metric.instance->scope.names;
    setMetricStates(metric, body);
    if (e.runMethod(metric.instance, "add", calledWith(metric, prediction, body)))
      e.fail(e.method(*metric.instance, "add")->name.range, "'add' of a metric returns nothing: it assigns to states");
    for (auto &[name, index] : metricStates[&metric]) {
      const Variable &state = e.variables[index];
      Value value = e.tensor(metric.instance->scope.names[name].object, state.type.getElementType(), state.range);
      value = e.cast(value, state.type.getElementType(), state.range);
      if (value.getType() != state.type)
        e.report(metric.range, fmt::format("the state '{}' is {}, but 'add' makes it {}", state.name,
                                           bm::describe(state.type), bm::describe(value.getType())))
            .note(state.range, "it is declared here"),
            throw Stop();
      result(body, value, variableAttribute(index));
    }
    metric.instance->scope.names = std::move(outer);
  }
}

/// Of the batch, where a metric will need those of all rows.
void Program::keepPredictions(Body &body, const Object &prediction) {
  if (!asksForAllRows())
    return;
  auto list = prediction.get<ListObject>();
  std::vector<Object> outputs = list ? *list->elements : std::vector<Object>{prediction};
  for (size_t i = 0; i < outputs.size(); ++i)
    result(body, e.tensor(outputs[i], metricsRange()), role("prediction", fmt::format("output.{}", i)));
}

Range Program::metricsRange() const { return training->metrics.front().range; }

/// The first values of all states.
void Program::emitReset() {
  if (metricStates.empty())
    return;
  Body body;
  begin(body, "reset", 0);
  for (unsigned index : order)
    if (e.variables[index].role == "metric" && !isUnits(index))
      result(body, e.initialValue(e.variables[index]), variableAttribute(index));
  finish(body, false);
}

Value Program::valueOf(const Metric &metric, Body &body, const Object &prediction) {
  Range range = metric.range;
  auto outer = metric.instance->scope.names;
  setMetricStates(metric, body);
  bool isWhole = e.method(*metric.instance, "whole");
  Object object = isWhole ? e.callMethod(metric.instance, "whole", calledWith(metric, prediction, body))
                          : e.callMethod(metric.instance, "value", {range, range, {}});
  metric.instance->scope.names = std::move(outer);
  Value value = e.tensor(object, range);
  auto type = llvm::cast<RankedTensorType>(value.getType());
  if (!type.hasStaticShape())
    e.fail(range, fmt::format("the value of the metric '{}' must have a shape that is known at compile time, found {}",
                              metric.name, bm::describe(type)));
  const std::string &monitored = training->monitor.name;
  if (type.getRank() > 0 && (monitored == metric.name || monitored == "valid " + metric.name))
    e.report(training->monitor.range, fmt::format("what is monitored must be one number, found {}", bm::describe(type)))
        .note(range, "the metric is named here"),
        throw Stop();
  return value;
}

/// The values of the metrics at the end of a pass.
void Program::emitMeasure() {
  auto hasMembers = [](const Metric &metric) { return metric.instance != nullptr; };
  if (llvm::none_of(training->metrics, hasMembers))
    return;
  Body body;
  begin(body, "measure",
        MetricStates | (asksForAllRows() ? Predictions | Targets : 0) | (asksForInputs() ? Inputs : 0));
  std::vector<Object> outputs(body.predictions.begin(), body.predictions.end());
  Object prediction =
      outputs.size() == 1 ? outputs[0] : Object(ListObject{std::make_shared<std::vector<Object>>(outputs), true});
  if (asksForAllRows())
    prediction = inUnits(body, prediction);
  for (const Metric &metric : training->metrics)
    if (metric.instance)
      result(body, valueOf(metric, body, prediction), role("metric", metric.name));
  finish(body, true);
}

} // namespace bmc::frontend
