// Schedules: their numbers, and the states of those that learn from the epochs. `at(step)` reads the states, and behind
// each epoch `epoch(value, maximize)` changes them.
#include "Bindings.h"

#include "dialects/Ops.h"

#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

Program::BoundHypers::BoundHypers(const TrainBlock &training, Body &body) {
  for (const Hyper &hyper : training.hypers) {
    Object &object = hyper.scope->names[hyper.argument].object;
    saved.emplace_back(&hyper, std::exchange(object, Object(Tensor{body.hypers[hyper.name], true})));
  }
}

Program::BoundHypers::~BoundHypers() {
  for (auto &[hyper, object] : saved)
    hyper->scope->names[hyper->argument].object = std::move(object);
}

Program::BoundSchedules::BoundSchedules(Program &program, const Body &body) : program(program) {
  for (const ScheduledNumber &number : program.training->scheduled)
    for (const auto &[name, index] : program.scheduleStates[number.schedule.get()])
      number.schedule->scope.names[name] = {Object(body.emission.variables.at(index)),
                                            program.e.variables[index].range};
}

Program::BoundSchedules::~BoundSchedules() {
  for (const ScheduledNumber &number : program.training->scheduled)
    for (const auto &[name, index] : program.scheduleStates[number.schedule.get()])
      number.schedule->scope.names.erase(name);
}

/// Declares the states: `schedule:lr.scale`. A colon is in no name of the model's own.
void Program::prepareSchedules() {
  for (const ScheduledNumber &number : training->scheduled) {
    const Instance &schedule = *number.schedule;
    auto [place, isNew] = scheduleStates.try_emplace(&schedule);
    if (!isNew)
      continue;
    std::vector<const Member *> members = stateMembers(schedule);
    if (!members.empty() && !e.method(schedule, "epoch"))
      e.fail(
          members[0]->field.name.range,
          fmt::format("the schedule '{}' keeps a state, so it needs 'epoch(value)', which changes it behind each epoch",
                      schedule.decl->name.text));
    auto scalar = RankedTensorType::get({}, e.builder.getF64Type());
    for (const Member *member : members) {
      const std::string &name = member->field.name.text;
      if (place->second.count(name))
        e.fail(member->field.name.range, fmt::format("'{}' is declared twice in this schedule", name));
      place->second[name] = declareState(schedule, *member, fmt::format("schedule:{}.{}", number.name, name), scalar);
    }
  }
}

/// A schedule gives its number for the step; anything else is the number itself.
Object Program::numberAt(const Object &object, Value step, Range range) {
  auto found = object.get<std::shared_ptr<Instance>>();
  if (!found || (*found)->decl->kind != DeclarationKind::Schedule)
    return object;
  Instance &schedule = **found;
  schedule.placed = true;
  auto states = schedule.scope.names;
  Object number = e.callMethod(*found, "at", {range, range, {{"", Object(step), range}}});
  for (const auto &[name, index] : scheduleStates[&schedule]) {
    auto state = schedule.scope.names[name].object.get<Tensor>();
    if (!state || state->value != states[name].object.get<Tensor>()->value)
      e.fail(e.method(schedule, "at")->name.range,
             fmt::format("'at' of a schedule changes no state, found an assignment to '{}'; 'epoch(value)' may do so",
                         name));
  }
  return number;
}

void Program::changeStates(Body &body, const ScheduledNumber &number) {
  Instance &schedule = *number.schedule;
  Range range = schedule.range;
  const Member &method = *e.method(schedule, "epoch");
  schedule.placed = true;
  Call call{range, range, {{"", Object(body.monitored), range}}};
  if (method.parameters.size() > 1)
    call.arguments.push_back({"", Object(training->monitor.maximize), range});
  if (e.runMethod(number.schedule, "epoch", std::move(call)))
    e.fail(method.name.range, "'epoch' of a schedule returns nothing: it assigns to states");
  for (const auto &[name, index] : scheduleStates[&schedule]) {
    const Variable &state = e.variables[index];
    Value value = e.tensor(schedule.scope.names[name].object, state.type.getElementType(), state.range);
    if (value.getType() != state.type)
      e.fail(state.range, fmt::format("the state '{}' must keep its shape, {}, found {}", name,
                                      bm::describe(state.type), bm::describe(value.getType())));
    result(body, value, variableAttribute(index));
  }
}

/// What schedules make of the value that is monitored, behind an epoch.
void Program::emitEpoch() {
  std::vector<const ScheduledNumber *> changing;
  std::set<const Instance *> seen;
  for (const ScheduledNumber &number : training->scheduled)
    if (!scheduleStates[number.schedule.get()].empty() && seen.insert(number.schedule.get()).second)
      changing.push_back(&number);
  if (changing.empty())
    return;
  Body body;
  begin(body, "epoch", States | Hypers | Monitored);
  BoundHypers hypers(*training, body);
  BoundSchedules states(*this, body);
  for (const ScheduledNumber *number : changing)
    changeStates(body, *number);
  finish(body, true);
}

/// The last step of an optimizer at a batch: the first one, where there was none yet.
Value Program::stepOf(const ScheduledNumber &number, Value batch) {
  if (number.every == 1)
    return batch;
  Range range = number.schedule->range;
  Object steps = e.binary(Operator::Div, Object(batch), Object(static_cast<double>(number.every)), range);
  return e.tensor(e.elementwise("max", {e.elementwise("floor", {steps}, range), Object(1.0)}, range), range);
}

/// The numbers that schedules give to optimizers in a step, for the run log.
void Program::emitRates() {
  auto isShown = [](const ScheduledNumber &number) { return number.isOfOptimizer; };
  if (llvm::none_of(training->scheduled, isShown))
    return;
  Body body;
  begin(body, "rates", States | Hypers | Step);
  BoundHypers hypers(*training, body);
  BoundSchedules states(*this, body);
  if (accumulation)
    body.step = body.emission.variables[accumulation->updates];
  for (const ScheduledNumber &number : training->scheduled)
    if (number.isOfOptimizer) {
      Range range = number.schedule->range;
      Value value =
          e.tensor(numberAt(Object(number.schedule), stepOf(number, body.step), range), e.builder.getF64Type(), range);
      if (value.getType() != body.step.getType())
        e.fail(e.method(*number.schedule, "at")->name.range,
               fmt::format("'at' of a schedule gives a number, found {}", bm::describe(value.getType())));
      result(body, value, role("rate", number.name));
    }
  finish(body, true);
}

} // namespace bmc::frontend
