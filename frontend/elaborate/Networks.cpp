// The network of a program, or its several networks (`networks = {g = Generator(64), d = Critic()}`), and which of them
// predicts.
#include "Program.h"
#include "Syntax.h"

#include <fmt/format.h>

namespace bmc::frontend {

static const Entry *entryNamed(const Declaration *train, std::string_view name) {
  for (const Entry &entry : train ? llvm::ArrayRef(train->entries) : llvm::ArrayRef<Entry>())
    if (entry.name.text == name && !entry.step)
      return &entry;
  return nullptr;
}

static bool isNetwork(const Object &object) {
  auto instance = object.get<std::shared_ptr<Instance>>();
  return instance &&
         ((*instance)->decl->kind == DeclarationKind::Network || (*instance)->decl->kind == DeclarationKind::Layer);
}

void Program::createNetwork() {
  auto found = main.declarations.find("train");
  const Declaration *train = found == main.declarations.end() ? nullptr : found->second;
  const Entry *networks = entryNamed(train, "networks"), *predict = entryNamed(train, "predict");
  if (networks) {
    createNetworks(*networks, *train);
  } else {
    if (predict)
      e.fail(predict->name.range,
             "'predict' says which of several networks predicts, and there are no 'networks' here");
    auto [object, range] = namedNetwork();
    e.root = range;
    if (auto declared = object.get<DeclaredObject>(); declared && declared->decl->hasMembers)
      object = e.call(object, {range, range, {}});
    if (!isNetwork(object))
      e.fail(range, fmt::format("expected a network, found {}", e.describe(object)));
    network = *object.get<std::shared_ptr<Instance>>();
    predictor.network = network;
  }
  e.place(Object(network), "");
  for (unsigned i = 0; i < e.variables.size(); ++i)
    if (!e.variables[i].name.empty())
      order.push_back(i);
  if (networks)
    readPredictor(predict);
}

/// The network that the train block names, or the only one of the file; and where.
std::pair<Object, Range> Program::namedNetwork() {
  const Expr *model = nullptr;
  const Declaration *only = nullptr;
  for (const Declaration &decl : main.file.declarations) {
    if (decl.kind == DeclarationKind::Train)
      model = decl.value.get();
    if (decl.kind != DeclarationKind::Network)
      continue;
    if (only && !main.declarations.count("train"))
      e.report(decl.name.range, "several networks and no train block that names one of them")
          .note(only->name.range, "the other one is here"),
          throw Stop();
    only = &decl;
  }
  Scope scope;
  if (model)
    return {e.evaluate(*model, scope), model->range};
  if (only)
    return {Object(DeclaredObject{only, &main}), only->name.range};
  e.fail({main.file.id, 0, 0}, "there is no network in this file");
}

/// They become the members of a network around them, so their parameters are named `g.fc1.weight`.
void Program::createNetworks(const Entry &networks, const Declaration &train) {
  Range range = networks.name.range;
  if (train.value)
    e.report(range, "a train block has 'networks' or a network behind 'train', not both")
        .note(train.value->range, "the network is named here"),
        throw Stop();
  e.root = range;
  Scope scope;
  Object object = e.evaluate(*networks.value, scope);
  auto record = object.get<RecordObject>();
  if (!record)
    e.fail(
        networks.value->range,
        fmt::format("expected names and networks, {{g = Generator(64), d = Critic()}}, found {}", e.describe(object)));
  several.emplace();
  several->kind = DeclarationKind::Network;
  several->name = {"Networks", range};
  several->hasMembers = true;
  network = std::make_shared<Instance>();
  network->decl = &*several;
  network->module = &main;
  network->range = range;
  network->scope.owner = network.get();
  network->scope.names[""] = {}; // nothing can be assigned to
  for (const Argument &field : as<RecordExpr>(*networks.value).fields) {
    Object member = *record->find(field.name.text);
    Range place = field.value->range;
    if (auto declared = member.get<DeclaredObject>(); declared && declared->decl->hasMembers)
      member = e.call(member, {place, place, {}});
    if (!isNetwork(member))
      e.fail(place, fmt::format("expected a network, found {}", e.describe(member)));
    network->scope.names[field.name.text] = {member, field.name.range};
    network->items.push_back({field.name.text, false});
  }
}

/// `predict = g`, `predict = g.sample`, or an expression: `predict = decoder(encoder(x))`. Without it the first
/// network.
void Program::readPredictor(const Entry *entry) {
  Object object = network->scope.names.at(network->items.front().name).object;
  bool isName =
      entry && entry->value && (entry->value->kind == ExprKind::Name || entry->value->kind == ExprKind::Member);
  if (entry && !isName) {
    predictor.expr = entry->value.get();
    return;
  }
  if (entry) {
    Scope scope;
    scope.parent = &network->scope;
    object = e.evaluate(*entry->value, scope);
  }
  if (auto method = object.get<MethodObject>())
    predictor = {method->instance, method->name, nullptr};
  else if (isNetwork(object))
    predictor = {*object.get<std::shared_ptr<Instance>>(), "forward", nullptr};
  else
    e.fail(
        entry->value->range,
        fmt::format("expected a network, one of its methods, or an expression of them, found {}", e.describe(object)));
}

Range Program::predictorRange() {
  return predictor.expr ? predictor.expr->range : e.method(*predictor.network, predictor.method)->name.range;
}

const std::vector<Parameter> *Program::calledParameters(const CallExpr &call, std::shared_ptr<Instance> &owner) {
  const Expr &callee = *call.callee;
  auto member = [&](const Expr &expr) -> const Object * {
    if (expr.kind != ExprKind::Name)
      return nullptr;
    auto found = network->scope.names.find(as<NameExpr>(expr).name);
    return found == network->scope.names.end() ? nullptr : &found->second.object;
  };
  std::string method = "forward";
  const Object *object = member(callee);
  if (callee.kind == ExprKind::Member) {
    object = member(*as<MemberExpr>(callee).base);
    method = as<MemberExpr>(callee).member.text;
  }
  auto instance = object ? object->get<std::shared_ptr<Instance>>() : nullptr;
  const Member *found = instance ? e.method(**instance, method) : nullptr;
  if (!found)
    return nullptr;
  owner = *instance;
  return &found->parameters;
}

/// The inputs of a predictor that is an expression: names that networks are called with, of the types of the
/// parameters.
void Program::findInputsOf(const Expr &expr) {
  forEachCall(&expr, [&](const CallExpr &call) {
    std::shared_ptr<Instance> owner;
    const std::vector<Parameter> *parameters = calledParameters(call, owner);
    for (size_t i = 0; parameters && i < std::min(parameters->size(), call.arguments.size()); ++i) {
      const Expr &value = *call.arguments[i].value;
      if (value.kind != ExprKind::Name || network->scope.names.count(as<NameExpr>(value).name))
        continue;
      const std::string &name = as<NameExpr>(value).name;
      if (llvm::any_of(inputs, [&](const Input &input) { return input.name == name; }))
        continue;
      inputs.push_back(inputOf((*parameters)[i], *owner));
      inputs.back().name = name;
    }
  });
  if (inputs.empty())
    e.fail(expr.range,
           "'predict' needs an input: a name that a network is called with, as in predict = decoder(encoder(x))");
}

} // namespace bmc::frontend
