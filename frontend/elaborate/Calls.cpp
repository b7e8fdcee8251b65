// Calls of functions, layers and methods, and the creation of layers.
#include "LayerTable.h"
#include "Limits.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

Object Evaluator::call(const Object &callee, Call call) {
  if (auto declared = callee.get<DeclaredObject>()) {
    if (declared->decl->hasMembers && declared->decl->kind != DeclarationKind::Metric)
      return Object(instantiate(*declared, std::move(call)));
    return callFunction(*declared, std::move(call));
  }
  if (auto instance = callee.get<std::shared_ptr<Instance>>())
    return callMethod(*instance, "forward", std::move(call));
  if (auto bound = callee.get<MethodObject>())
    return callMethod(bound->instance, bound->name, std::move(call));
  if (auto builtin = callee.get<const Builtin *>())
    return callBuiltin(*this, **builtin, call);
  if (callee.is<mlir::Type>()) { // `f32(x)`
    call.arguments.push_back({"type", callee, call.calleeRange});
    return callBuiltin(*this, *findBuiltin("cast"), call);
  }
  if (callee.opName.empty())
    fail(call.calleeRange, fmt::format("{} cannot be called", describe(callee)));
  std::vector<Object> operands;
  for (const Bound &argument : call.arguments) {
    if (!argument.name.empty())
      fail(argument.range, fmt::format("'{}' takes its arguments by position", callee.opName));
    operands.push_back(argument.object);
  }
  return elementwise(callee.opName, std::move(operands), call.range);
}

/// Whether the caller left out the shape of an initialiser, which is then that of the parameter.
static bool isImpliedShape(const Parameter &parameter, mlir::RankedTensorType initialised) {
  return initialised && parameter.name.text == "shape" && !parameter.value;
}

/// Whether a parameter may be left without a value: `weight: float[C] = none`.
static bool isOptional(const Parameter &parameter) {
  const Expr *value = parameter.value.get();
  return value && value->kind == ExprKind::Name && as<NameExpr>(*value).name == "none";
}

Evaluator::Matched Evaluator::match(const std::vector<Parameter> &parameters, const std::string &what, Range declared,
                                    const Call &call) {
  Matched result{std::vector<const Bound *>(parameters.size(), nullptr), {}};
  size_t next = 0;
  for (const Bound &argument : call.arguments) {
    size_t target;
    if (argument.name.empty()) {
      while (next < parameters.size() && isImpliedShape(parameters[next], initialised) &&
             !argument.object.is<ListObject>())
        ++next;
      if (next < parameters.size() && parameters[next].isPack) {
        result.pack.push_back(argument.object);
        continue;
      }
      target = next++;
    } else {
      auto named = [&](const Parameter &p) { return p.name.text == argument.name; };
      target = std::find_if(parameters.begin(), parameters.end(), named) - parameters.begin();
    }
    if (target >= parameters.size()) {
      std::vector<std::string> names;
      for (const Parameter &p : parameters)
        names.push_back(p.name.text);
      report(argument.range,
             argument.name.empty()
                 ? fmt::format("{} takes {} arguments, found more", what, parameters.size())
                 : fmt::format("{} has no parameter '{}'{}", what, argument.name, didYouMean(argument.name, names)))
          .note(declared, "it is declared here");
      throw Stop();
    }
    if (result.given[target]) {
      report(argument.range, fmt::format("{} gets its parameter '{}' twice", what, parameters[target].name.text))
          .note(result.given[target]->range, "it was given here");
      throw Stop();
    }
    result.given[target] = &argument;
  }
  return result;
}

void Evaluator::missingArgument(const Parameter &parameter, const std::string &what, Range call) {
  report(call, fmt::format("{} needs a value for its parameter '{}'", what, parameter.name.text))
      .note(parameter.name.range, "it is declared here");
  throw Stop();
}

void Evaluator::bind(const std::vector<Parameter> &parameters, const std::string &what, Range declared, Call &call,
                     Scope &scope, Scope &evaluationScope) {
  auto [given, pack] = match(parameters, what, declared, call);
  // One list in the place of the pack is the pack.
  if (pack.size() == 1 && pack[0].is<ListObject>())
    pack = std::vector<Object>(*pack[0].get<ListObject>()->elements);
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter &parameter = parameters[i];
    const std::string &name = parameter.name.text;
    if (parameter.isPack) {
      scope.names[name] = {makeList(pack), parameter.name.range};
      continue;
    }
    Object value;
    Range range = parameter.name.range;
    if (given[i]) {
      value = given[i]->object;
      range = given[i]->range;
    } else if (isImpliedShape(parameter, initialised)) {
      std::vector<Object> dims;
      for (const Dim &dim : bm::shapeOf(initialised))
        dims.push_back(Object(dim));
      value = makeList(std::move(dims));
    } else if (parameter.value) {
      value = evaluate(*parameter.value, evaluationScope);
    } else {
      missingArgument(parameter, what, call.range);
    }
    if (parameter.type && !value.is<Failed>() && !(value.is<Absent>() && isOptional(parameter)))
      value = unify(value, range, *parameter.type, fmt::format("parameter '{}' of {}", name, what), scope);
    scope.names[name] = {value, range};
  }
}

Object Evaluator::callFunction(const DeclaredObject &function, Call call) {
  const Declaration &decl = *function.decl;
  if (decl.hasMembers)
    fail(call.calleeRange, fmt::format("the metric '{}' accumulates over batches, so it cannot be called; name it in "
                                       "the metrics of the train block",
                                       decl.name.text));
  std::string what = fmt::format("the {} '{}'", spelling(decl.kind), decl.name.text);
  called.insert(&decl);
  Frame frame(*this, call.range, function.module);
  Scope scope;
  bind(decl.parameters, what, decl.name.range, call, scope, scope);
  auto result = execute(decl.body, scope);
  if (!result)
    fail(decl.name.range, fmt::format("{} ends without 'return'", what));
  return decl.result ? unify(*result, decl.result->range, *decl.result, fmt::format("the result of {}", what), scope)
                     : *result;
}

const Member *Evaluator::method(const Instance &instance, const std::string &name) const {
  for (const Member &member : instance.decl->members)
    if (member.kind == MemberKind::Method && member.name.text == name)
      return &member;
  return nullptr;
}

Object Evaluator::callMethod(const std::shared_ptr<Instance> &instance, const std::string &name, Call call) {
  auto result = runMethod(instance, name, std::move(call));
  if (!result)
    fail(method(*instance, name)->name.range, fmt::format("'{}' of the {} '{}' ends without 'return'", name,
                                                          spelling(instance->decl->kind), instance->decl->name.text));
  return *result;
}

std::optional<Object> Evaluator::runMethod(const std::shared_ptr<Instance> &instance, const std::string &name,
                                           Call call) {
  std::string what = fmt::format("the {} '{}'", spelling(instance->decl->kind), instance->decl->name.text);
  const Member *found = method(*instance, name);
  if (!found)
    report(call.calleeRange, fmt::format("{} has no '{}'", what, name))
        .note(instance->decl->name.range, "it is declared here"),
        throw Stop();
  bool isLayer = instance->decl->kind == DeclarationKind::Layer || instance->decl->kind == DeclarationKind::Network;
  if (isLayer && !instance->placed && !instance->items.empty())
    report(call.calleeRange, fmt::format("{} is not part of the network: its parameters have no names", what))
        .note(instance->range, "it is created here; give it a name in the body of the layer"),
        throw Stop();
  called.insert(found);
  std::string whatMethod = instance->path.empty() ? fmt::format("'{}' of {}", name, what)
                                                  : fmt::format("'{}' ({})", instance->path, instance->decl->name.text);
  Frame frame(*this, call.range, instance->module);
  Scope scope;
  scope.parent = &instance->scope;
  bind(found->parameters, whatMethod, found->name.range, call, scope, scope);
  LayerUses::Call use(layerUses, *instance);
  CallMeter meter(builder);
  auto result = execute(found->body, scope);
  if (result && found->result)
    result = unify(*result, found->result->range, *found->result, fmt::format("the result of '{}' of {}", name, what),
                   scope);
  if (result)
    use.record(*result, meter.flops() * timesRun());
  return result;
}

std::shared_ptr<Instance> Evaluator::instantiate(const DeclaredObject &cls, Call call) {
  auto instance = std::make_shared<Instance>();
  instance->decl = cls.decl;
  instance->module = cls.module;
  instance->range = call.range;
  instance->scope.owner = instance.get();
  std::string what = fmt::format("the {} '{}'", spelling(cls.decl->kind), cls.decl->name.text);
  called.insert(cls.decl);
  Frame frame(*this, call.range, cls.module);
  bind(cls.decl->parameters, what, cls.decl->name.range, call, instance->scope, instance->scope);
  // Layers that were handed in belong to this one.
  for (const Parameter &parameter : cls.decl->parameters) {
    instance->items.push_back({parameter.name.text, false});
    instance->depth = std::max(instance->depth, 1 + depthOf(instance->scope.names[parameter.name.text].object));
  }
  // Optimizers and schedules have requirements too; their states come with the parameters that they are for.
  bool isLayer = cls.decl->kind == DeclarationKind::Layer || cls.decl->kind == DeclarationKind::Network;
  for (const Member &member : cls.decl->members) {
    if (!isLayer && member.kind != MemberKind::Require)
      continue;
    try {
      instantiateMember(*instance, member);
    } catch (Stop) {
      if (diagnostics.full())
        throw Exhausted();
      if (member.kind != MemberKind::Require)
        instance->scope.names[member.field.name.text] = {Object(Failed()), member.field.name.range};
    }
  }
  return instance;
}

void Evaluator::instantiateMember(Instance &instance, const Member &member) {
  switch (member.kind) {
  case MemberKind::Require: {
    Scope inner;
    inner.parent = &instance.scope;
    return require(as<RequireStmt>(*member.requirement), inner);
  }
  case MemberKind::Sublayer: {
    auto [place, isNew] = instance.scope.names.try_emplace(member.field.name.text);
    if (!isNew)
      report(member.field.name.range, fmt::format("'{}' is declared twice in this layer", member.field.name.text))
          .note(place->second.origin.value_or(member.field.name.range), "the first one is here"),
          throw Stop();
    instance.scope.names.erase(place);
    Object value = evaluate(*member.field.value, instance.scope);
    instance.scope.names[member.field.name.text] = {value, member.field.name.range};
    instance.items.push_back({member.field.name.text, false});
    instance.depth = std::max(instance.depth, 1 + depthOf(value));
    return;
  }
  case MemberKind::Param:
  case MemberKind::Buffer:
    return declareField(instance, member);
  case MemberKind::State:
    fail(member.range, "'state' belongs to optimizers and metrics; a layer has buffers");
  case MemberKind::Method:
    if (member.isEntry && instance.decl->kind != DeclarationKind::Network)
      fail(member.name.range, fmt::format("only networks have entries; in the {} '{}' leave 'entry' out",
                                          spelling(instance.decl->kind), instance.decl->name.text));
    if (member.isEntry && member.name.text == "forward")
      fail(member.name.range, "'forward' is what 'predict' calls anyway; leave 'entry' out");
    return;
  }
}

void Evaluator::declareField(Instance &instance, const Member &member) {
  const Parameter &field = member.field;
  std::string kind = member.kind == MemberKind::Param ? "parameter" : "buffer";
  if (!field.type)
    fail(field.name.range, fmt::format("the {} '{}' needs a type", kind, field.name.text));
  if (!field.value)
    fail(field.name.range, fmt::format("the {} '{}' needs an initial value", kind, field.name.text));
  if (instance.scope.names.count(field.name.text) && instance.scope.names[field.name.text].object.is<VariableRef>())
    fail(field.name.range, fmt::format("'{}' is declared twice in this layer", field.name.text));
  const Expr *value = field.value.get();
  bool exists = true;
  if (value->kind == ExprKind::Conditional && !as<ConditionalExpr>(*value).otherwise) {
    exists = condition(evaluate(*as<ConditionalExpr>(*value).condition, instance.scope), value->range);
    value = as<ConditionalExpr>(*value).value.get();
  }
  // An absent parameter hides an argument of its name: `bias` is a condition and then a tensor.
  if (!exists) {
    instance.scope.names[field.name.text] = {Object(), field.name.range};
    return;
  }
  auto type = tensorType(*field.type, instance.scope, false);
  if (!type.hasStaticShape() && !trial)
    fail(field.type->range,
         fmt::format("a {} has a shape that is known at compile time, found {}", kind, bm::describe(type)));
  if (variables.size() >= mostVariables)
    exhausted(field.name.range, fmt::format("the program has more than {} parameters and buffers", mostVariables));
  Variable variable;
  variable.role = kind;
  variable.trainable = member.kind == MemberKind::Param && !member.isFrozen;
  variable.type = type;
  variable.initialiser = value;
  variable.scope = &instance.scope;
  variable.module = module;
  variable.range = field.name.range;
  variables.push_back(variable);
  instance.scope.names[field.name.text] = {Object(VariableRef{unsigned(variables.size() - 1)}), field.name.range};
  instance.items.push_back({field.name.text, true});
}

mlir::Value Evaluator::initialValue(const Variable &variable) {
  Range range = variable.initialiser->range;
  Frame frame(*this, range, variable.module);
  struct Initialised {
    Evaluator &evaluator;
    ~Initialised() { evaluator.initialised = {}; }
  } reset{*this};
  initialised = variable.type;
  Scope scope;
  scope.parent = variable.scope;
  Object object = evaluate(*variable.initialiser, scope);
  // The name of an initialiser is enough: `= xavier_uniform`.
  if (object.is<DeclaredObject>() || object.is<const Builtin *>())
    object = call(object, {range, range, {}});
  mlir::Value value = tensor(object, variable.type.getElementType(), range);
  value = broadcast(value, bm::shapeOf(variable.type), range);
  if (value.getType() != variable.type)
    fail(range, fmt::format("the initial value of '{}' must be {}, found {}", variable.name,
                            bm::describe(variable.type), bm::describe(value.getType())));
  return value;
}

/// Names the variables of a layer by its place: `blocks.0.attn.q.weight`. What has a place keeps it: tied weights have
/// the name of their first place.
void Evaluator::place(const Object &object, const std::string &path) {
  std::string inside = path.empty() ? "" : path + ".";
  if (auto list = object.get<ListObject>()) {
    for (size_t i = 0; i < list->elements->size(); ++i)
      place((*list->elements)[i], fmt::format("{}{}", inside, i));
    return;
  }
  if (auto record = object.get<RecordObject>()) {
    for (const auto &[name, value] : *record->fields)
      place(value, inside + name);
    return;
  }
  auto found = object.get<std::shared_ptr<Instance>>();
  if (!found || (*found)->placed)
    return;
  Instance &instance = **found;
  instance.placed = true;
  instance.path = path;
  for (const Instance::Item &item : instance.items) {
    const Object &value = instance.scope.names[item.name].object;
    if (auto variable = value.get<VariableRef>(); variable && item.isVariable)
      variables[variable->index].name = inside + item.name;
    bool isPack = false;
    for (const Parameter &parameter : instance.decl->parameters)
      isPack |= parameter.isPack && parameter.name.text == item.name;
    if (!item.isVariable)
      place(value, isPack ? path : inside + item.name);
  }
}

} // namespace bmc::frontend
