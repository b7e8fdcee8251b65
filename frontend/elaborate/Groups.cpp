// What is trained and how: see Groups.h.
#include "Groups.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

/// What numbers of a group are called by where others have their names: `head` of `Adam over head`.
static std::string ownerOf(SourceManager &sources, const Entry &entry, size_t number) {
  bool isName = entry.over && (entry.over->kind == ExprKind::Name || entry.over->kind == ExprKind::Member);
  return isName ? std::string(sources.text(entry.over->range)) : fmt::format("{}", number);
}

void GroupReader::optimizer(Objective &objective, const Entry &entry) {
  if (entry.value)
    return group(objective, entry, objective.isNamed() ? objective.name.text : ownerOf(e.sources, entry, 0));
  if (entry.parts.empty())
    e.fail(entry.name.range, "expected an optimizer, found an empty list");
  for (size_t i = 0; i < entry.parts.size(); ++i) {
    if (!entry.parts[i].over && entry.parts.size() > 1)
      e.fail(entry.parts[i].value->range, "each of several optimizers says what it trains: Adam(lr = 0.001) over head");
    std::string owner = ownerOf(e.sources, entry.parts[i], i);
    group(objective, entry.parts[i], objective.isNamed() ? objective.name.text + "." + owner : owner);
  }
}

void GroupReader::group(Objective &objective, const Entry &entry, const std::string &owner) {
  Scope scope;
  Range range = entry.value->range;
  Object object = e.evaluate(*entry.value, scope);
  if (auto declared = object.get<DeclaredObject>(); declared && declared->decl->kind == DeclarationKind::Optimizer)
    object = e.call(object, {range, range, {}});
  auto instance = object.get<std::shared_ptr<Instance>>();
  if (!instance || (*instance)->decl->kind != DeclarationKind::Optimizer)
    e.fail(range, fmt::format("expected an optimizer, found {}", e.describe(object)));
  Group group{*instance, {}, !entry.over, range};
  group.optimizer->placed = true;
  if (entry.over)
    group.variables = parameters(*entry.over);
  for (const Parameter &parameter : (*instance)->decl->parameters)
    argument((*instance)->scope, parameter, owner, true);
  objective.groups.push_back(std::move(group));
}

void GroupReader::freeze(const Entry &entry) { block.frozen = parameters(*entry.value); }

void GroupReader::gradients(Objective &objective, const Entry &entry) {
  if (entry.value->kind != ExprKind::List)
    return gradientFunction(objective, *entry.value);
  for (const ExprPtr &element : as<ListExpr>(*entry.value).elements)
    gradientFunction(objective, *element);
}

/// A function by its name, or with all arguments but the first by name: `clip_by_norm(limit = 1.0)`.
void GroupReader::gradientFunction(Objective &objective, const Expr &expr) {
  Scope scope;
  const auto *call = expr.kind == ExprKind::Call ? &as<CallExpr>(expr) : nullptr;
  Object callee = e.evaluate(call ? *call->callee : expr, scope);
  auto declared = callee.get<DeclaredObject>();
  if (!declared || declared->decl->hasMembers || declared->decl->parameters.empty())
    e.fail(expr.range, fmt::format("expected a function of the list of gradients, such as clip_by_norm, found {}",
                                   e.describe(callee)));
  GradientFunction function{*declared, std::make_shared<Scope>(), expr.range};
  for (const Argument &argument : call ? llvm::ArrayRef(call->arguments) : llvm::ArrayRef<Argument>()) {
    if (argument.name.text.empty())
      e.fail(argument.value->range, "arguments of a function of the gradients are given by name here");
    function.arguments->names[argument.name.text] = {e.evaluate(*argument.value, scope), argument.value->range};
  }
  Evaluator::Frame frame(e, expr.range, declared->module);
  for (const Parameter &parameter : llvm::ArrayRef(declared->decl->parameters).drop_front()) {
    if (parameter.value && !function.arguments->names.count(parameter.name.text))
      function.arguments->names[parameter.name.text] = {e.evaluate(*parameter.value, scope), parameter.name.range};
    if (function.arguments->names.count(parameter.name.text))
      argument(*function.arguments, parameter,
               (objective.isNamed() ? objective.name.text + "." : "") + declared->decl->name.text, false);
  }
  objective.gradientFunctions.push_back(std::move(function));
}

/// The parameters that an expression of the network's members names: `head`, `[fc1.weight, blocks[0]]`.
std::set<unsigned> GroupReader::parameters(const Expr &expr) {
  if (!network)
    return {};
  Scope scope;
  scope.parent = &network->scope;
  std::set<unsigned> found;
  Object object = e.evaluate(expr, scope);
  collect(object, found);
  if (found.empty())
    e.fail(expr.range, fmt::format("expected layers or parameters of the network '{}', found {}",
                                   network->decl->name.text, e.describe(object)));
  return found;
}

void GroupReader::collect(const Object &object, std::set<unsigned> &found) {
  if (auto variable = object.get<VariableRef>())
    found.insert(variable->index);
  if (auto list = object.get<ListObject>())
    for (const Object &element : *list->elements)
      collect(element, found);
  if (auto record = object.get<RecordObject>())
    for (const auto &[name, value] : *record->fields)
      collect(value, found);
  if (auto layer = object.get<std::shared_ptr<Instance>>())
    for (const Instance::Item &item : (*layer)->items)
      collect((*layer)->scope.names.at(item.name).object, found);
}

/// Numbers that were given, and numbers with a fraction, can be changed by `--set`. A whole number that is a default is
/// a switch (`momentum = 0`): what it switches off is not compiled.
void GroupReader::argument(Scope &scope, const Parameter &parameter, const std::string &owner, bool isOfOptimizer) {
  const std::string &name = parameter.name.text;
  const NamedObject &argument = scope.names[name];
  bool isDefault = parameter.value && argument.origin && argument.origin->begin == parameter.name.range.begin &&
                   argument.origin->file == parameter.name.range.file;
  auto dim = argument.object.get<Dim>();
  if (dim && dim->constant() && !isDefault)
    block.hypers.push_back({{name, owner}, static_cast<double>(*dim->constant()), &scope, name});
  else
    number(scope, name, {name, owner}, isOfOptimizer);
}

/// A number with a fraction, or those of a schedule and of the schedules in it. A schedule's whole numbers are known at
/// compile time, as its conditions may ask for them.
void GroupReader::number(Scope &scope, const std::string &argument, const Named &named, bool isOfOptimizer) {
  const Object &object = scope.names[argument].object;
  if (auto real = object.get<double>())
    block.hypers.push_back({named, *real, &scope, argument});
  else
    scheduleNumbers(object, named, isOfOptimizer);
}

void GroupReader::scheduleNumbers(const Object &object, const Named &named, bool isOfOptimizer) {
  auto schedule = object.get<std::shared_ptr<Instance>>();
  if (schedule && (*schedule)->decl->kind == DeclarationKind::Schedule) {
    block.scheduled.push_back({named, *schedule, isOfOptimizer, block.objectives.back().every});
    for (const Parameter &parameter : (*schedule)->decl->parameters)
      number((*schedule)->scope, parameter.name.text, {named.name + "." + parameter.name.text, named.owner}, false);
  }
  if (auto list = object.get<ListObject>())
    for (size_t i = 0; i < list->elements->size(); ++i)
      scheduleNumbers((*list->elements)[i], {fmt::format("{}.{}", named.name, i), named.owner}, false);
}

template <typename Entry> static void nameApart(std::vector<Entry> &entries) {
  std::map<std::string, int> count;
  for (const Named &named : entries)
    ++count[named.name];
  for (Named &named : entries)
    if (count[named.name] > 1)
      named.name = named.owner + "." + named.name;
}

void GroupReader::settle() {
  std::set<unsigned> trained;
  for (Objective &objective : block.objectives) {
    settle(objective);
    for (const Group &group : objective.groups)
      trained.insert(group.variables.begin(), group.variables.end());
  }
  for (unsigned index = 0; index < e.variables.size(); ++index)
    e.variables[index].trainable = trained.count(index) != 0;
  nameApart(block.hypers);
  nameApart(block.scheduled);
}

/// Which variables its groups train; none may be in two of them.
void GroupReader::settle(Objective &objective) {
  auto isTrainable = [&](unsigned index) {
    return e.variables[index].trainable && !e.variables[index].name.empty() && !block.frozen.count(index);
  };
  std::map<unsigned, const Group *> groupOf;
  for (Group &group : objective.groups) {
    for (unsigned index = 0; group.isOverAll && index < e.variables.size(); ++index)
      group.variables.insert(index);
    std::erase_if(group.variables, [&](unsigned index) { return !isTrainable(index); });
    if (network && group.variables.empty() && !group.isOverAll)
      e.report(group.range, "this optimizer trains nothing: all parameters that it names are frozen");
    for (unsigned index : group.variables)
      if (auto [place, isFirst] = groupOf.try_emplace(index, &group); !isFirst) {
        e.report(group.range, fmt::format("the parameter '{}' has two optimizers", e.variables[index].name))
            .note(place->second->range, "the first one is here");
        break;
      }
  }
}

} // namespace bmc::frontend
