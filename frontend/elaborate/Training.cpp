// The training step: gradients, and what optimizers and schedules make of them.
#include "Bindings.h"

#include "dialects/Ops.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

/// The states that an optimizer or a schedule keeps. Which of them exist may depend on its arguments.
std::vector<const Member *> Program::stateMembers(const Instance &owner) {
  Body scratch;
  begin(scratch, "scratch", Hypers);
  std::vector<const Member *> members;
  std::optional<BoundHypers> bound(std::in_place, *training, scratch);
  for (const Member &member : owner.decl->members) {
    if (member.kind != MemberKind::State)
      continue;
    if (!member.field.value)
      e.fail(member.field.name.range, fmt::format("the state '{}' needs an initial value", member.field.name.text));
    const Expr &value = *member.field.value;
    bool isConditional = value.kind == ExprKind::Conditional && !as<ConditionalExpr>(value).otherwise;
    Evaluator::Frame frame(e, owner.range, owner.module);
    Scope scope;
    scope.parent = &owner.scope;
    if (!isConditional || e.condition(e.evaluate(*as<ConditionalExpr>(value).condition, scope), value.range))
      members.push_back(&member);
  }
  bound.reset();
  e.emission = nullptr;
  scratch.function.erase();
  return members;
}

/// Gives the program another variable; its index.
unsigned Program::declareState(const Instance &owner, const Member &member, std::string name, RankedTensorType type) {
  const Expr *value = member.field.value.get();
  if (value->kind == ExprKind::Conditional && !as<ConditionalExpr>(*value).otherwise)
    value = as<ConditionalExpr>(*value).value.get();
  Variable state;
  state.name = std::move(name);
  state.role = "state";
  state.type = type;
  if (member.field.type) {
    Evaluator::Frame frame(e, owner.range, owner.module);
    Scope scope;
    scope.parent = &owner.scope;
    state.type = e.tensorType(*member.field.type, scope, false);
  }
  state.initialiser = value;
  state.scope = &owner.scope;
  state.module = owner.module;
  state.range = member.field.name.range;
  order.push_back(e.variables.size());
  e.variables.push_back(std::move(state));
  return order.back();
}

/// The optimizers' states, one set for each trained variable: `fc1.weight.m`. Where several steps train a variable, the
/// step's name stands before the state's.
void Program::prepareStates() {
  auto parameters = order;
  std::map<unsigned, int> trainedBy;
  for (const Objective &objective : training->objectives)
    for (unsigned index : trainedVariables(objective))
      ++trainedBy[index];
  for (const Objective &objective : training->objectives)
    for (const Group &group : objective.groups) {
      std::vector<const Member *> members = stateMembers(*group.optimizer);
      for (unsigned index : parameters)
        for (const Member *member : group.variables.count(index) ? members : std::vector<const Member *>()) {
          const Variable &variable = e.variables[index];
          std::string step = trainedBy[index] > 1 ? "." + objective.name.text : "", name = member->field.name.text;
          states[&group][index][name] =
              declareState(*group.optimizer, *member, fmt::format("{}{}.{}", variable.name, step, name), variable.type);
        }
    }
}

Value Program::stepParameter(Body &body, const Group &group, unsigned index, Value gradient) {
  const std::shared_ptr<Instance> &optimizer = group.optimizer;
  const std::map<std::string, unsigned> &kept = states[&group][index];
  Value parameter = body.emission.variables[index];
  for (auto &[name, state] : kept)
    optimizer->scope.names[name] = {Object(body.emission.variables[state]), e.variables[state].range};
  Range range = optimizer->range;
  Object stepped = e.callMethod(
      optimizer, "update",
      {range, range, {{"", Object(parameter), range}, {"", Object(gradient), range}, {"", Object(body.step), range}}});
  auto check = [&](const Object &object, RankedTensorType type, const std::string &what) {
    Value value = e.tensor(object, type.getElementType(), range);
    if (value.getType() != type)
      e.fail(
          e.method(*optimizer, "update")->name.range,
          fmt::format("{} must keep its shape, {}, found {}", what, bm::describe(type), bm::describe(value.getType())));
    return value;
  };
  for (auto &[name, state] : kept)
    body.emission.variables[state] =
        check(optimizer->scope.names[name].object, e.variables[state].type, fmt::format("the state '{}'", name));
  return check(stepped, e.variables[index].type, "the parameter that 'update' gives");
}

/// The gradients behind the functions that the train block names, one after the other.
std::vector<Value> Program::changedGradients(const Objective &objective, std::vector<Value> gradients) {
  for (const GradientFunction &function : objective.gradientFunctions) {
    Range range = function.range;
    auto list = std::make_shared<std::vector<Object>>(gradients.begin(), gradients.end());
    Call call{range, range, {{"", Object(ListObject{list, false}), range}}};
    for (const auto &[name, value] : function.arguments->names)
      call.arguments.push_back({name, value.object, range});
    Object changed = e.call(Object(function.function), std::move(call));
    auto results = changed.get<ListObject>();
    if (!results || results->elements->size() != gradients.size())
      e.fail(range, fmt::format("a function of the gradients must give a list of as many, {}, found {}",
                                gradients.size(), e.describe(changed)));
    for (size_t i = 0; i < gradients.size(); ++i) {
      mlir::Type type = gradients[i].getType();
      gradients[i] = e.tensor((*results->elements)[i], llvm::cast<RankedTensorType>(type).getElementType(), range);
      if (gradients[i].getType() != type)
        e.fail(range, fmt::format("a function of the gradients must keep their shapes, {}, found {}",
                                  bm::describe(type), bm::describe(gradients[i].getType())));
    }
  }
  return gradients;
}

/// Those that its optimizers train, in the program's order.
std::vector<unsigned> Program::trainedVariables(const Objective &objective) {
  std::vector<unsigned> trained;
  llvm::copy_if(order, std::back_inserter(trained), [&](unsigned index) {
    return llvm::any_of(objective.groups, [&](const Group &group) { return group.variables.count(index) != 0; });
  });
  if (trained.empty())
    e.fail(network->range, fmt::format("the network '{}' has no parameter to train", network->decl->name.text));
  return trained;
}

std::vector<Value> Program::gradientsOf(Body &body, const Objective &objective, Value loss) {
  std::vector<Value> values;
  for (unsigned index : trainedVariables(objective))
    values.push_back(body.emission.variables[index]);
  auto op = bm::GradOp::create(e.builder, e.location(objective.losses.front().range), loss, values);
  return {op.getGradients().begin(), op.getGradients().end()};
}

void Program::update(Body &body, const Objective &objective, std::vector<Value> gradients) {
  BoundHypers bound(*training, body);
  BoundSchedules boundSchedules(*this, body);
  gradients = changedGradients(objective, std::move(gradients));
  std::vector<unsigned> trained = trainedVariables(objective);
  for (const Group &group : objective.groups) {
    auto &names = group.optimizer->scope.names;
    auto outer = names;
    for (auto &[name, argument] : names)
      argument.object = numberAt(argument.object, body.step, group.range);
    auto given = names;
    for (size_t i = 0; i < trained.size(); ++i) {
      if (!group.variables.count(trained[i]))
        continue;
      names = given; // what one parameter's update assigned is not the next one's
      body.emission.variables[trained[i]] = stepParameter(body, group, trained[i], gradients[i]);
    }
    names = outer;
  }
}

/// The random numbers of each step are others, and those of each batch of an evaluation.
void Program::foldStepIntoKey(Body &body) {
  mlir::Location loc = e.location(network->decl->name.range);
  Value step = e.cast(body.step, e.builder.getI64Type(), network->decl->name.range);
  body.emission.key = bm::FoldInOp::create(e.builder, loc, body.emission.key.getType(), body.emission.key, step);
}

void Program::emitTrain() {
  for (size_t i = 0; i < training->objectives.size(); ++i)
    emitStep(i);
}

/// Steps count those of their own: every fifth batch is the first, the second and so on of a step `every 5`. Metrics
/// are measured with the first of several steps.
void Program::emitStep(size_t number) {
  const Objective &objective = training->objectives[number];
  bool measures = number == 0;
  Body body;
  begin(body, objective.isNamed() ? "step." + objective.name.text : "train",
        Variables | States | Inputs | Targets | Hypers | Step | Key | (measures ? MetricStates : 0));
  const Emission before = body.emission;
  BoundHypers bound(*training, body);
  body.emission.training = true;
  foldStepIntoKey(body);
  body.emission.keysUsed = static_cast<int64_t>(number) << 20; // the random numbers of steps differ
  Range range = objective.losses.front().range;
  if (objective.every > 1)
    body.step = e.tensor(
        e.binary(Operator::Div, Object(body.step), Object(static_cast<double>(objective.every)), range), range);
  Object prediction = predictionFor(body, &objective, measures);
  Value loss = lossOf(body, objective, prediction);
  std::vector<Result> scored = {{loss, role("loss", "loss")}};
  if (measures)
    measure(body, prediction);
  scored.insert(scored.end(), body.results.begin(), body.results.end());
  body.results.clear();
  std::vector<Value> gradients = gradientsOf(body, objective, loss);
  if (accumulation)
    accumulate(body, gradients);
  else
    update(body, objective, std::move(gradients));
  addResults(body, before);
  body.results.insert(body.results.end(), scored.begin(), scored.end());
  finish(body, accumulation || objective.isNamed());
}

/// The variables that have changed.
void Program::addResults(Body &body, const Emission &before) {
  for (unsigned index : order)
    if (auto old = before.variables.find(index); e.variables[index].role != "metric" && old != before.variables.end())
      if (Value value = body.emission.variables[index]; value != old->second)
        result(body, value, variableAttribute(index));
}

} // namespace bmc::frontend
