// The inputs of the network and the targets: which fields of the data they are, and their types.
#include "Limits.h"
#include "Program.h"

#include "dialects/Ops.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;

int64_t Program::valuesOfRow(RankedTensorType type) {
  int64_t product = 1;
  for (int64_t extent : type.getShape().drop_front())
    product *= mlir::ShapedType::isDynamic(extent) ? 0 : extent;
  return product;
}

Program::Input Program::inputOf(const Parameter &parameter, const Instance &owner) {
  Evaluator::Frame frame(e, owner.range, owner.module);
  Scope scope;
  scope.parent = &owner.scope;
  if (!parameter.type)
    e.fail(parameter.name.range,
           fmt::format("the input '{}' of a network needs a type, such as f32[N, 3]", parameter.name.text));
  const TypeExpr &type = *parameter.type;
  Input input;
  input.name = parameter.name.text;
  input.range = type.range;
  input.type = e.tensorType(type, scope, true);
  if (input.type.getRank() == 0)
    e.fail(input.range, "the first dimension of an input is the row; found a scalar");
  if (int64_t values = valuesOfRow(input.type); values > mostRowValues)
    e.fail(input.range, fmt::format("a row of an input has at most {} values, found {}", mostRowValues, values));
  if (type.bound)
    input.classes = e.integer(e.evaluate(*type.bound, scope), type.bound->range, "the bound");
  if (!type.dims.empty() && type.dims.front()->kind == ExprKind::Name)
    input.rowName = as<NameExpr>(*type.dims.front()).name;
  return input;
}

void Program::findInputs() {
  if (predictor.expr)
    return findInputsOf(*predictor.expr);
  const Instance &owner = *predictor.network;
  const Member *method = e.method(owner, predictor.method);
  if (!method)
    e.fail(owner.decl->name.range, fmt::format("the network '{}' has no 'forward'", owner.decl->name.text));
  for (const Parameter &parameter : method->parameters)
    if (!parameter.value)
      inputs.push_back(inputOf(parameter, owner));
  if (inputs.empty())
    e.fail(method->name.range, fmt::format("the '{}' of a network needs an input", predictor.method));
}

/// What no data has: the next columns of a table that has nothing else, or an array of the input's name.
void Program::giveColumns(Input &input, int64_t &column) {
  bool areArrays = training && training->datasets[0].source.holdsArrays;
  Feature feature;
  feature.columnCount = valuesOfRow(input.type);
  if (areArrays) {
    feature.selection = Selection::Array;
    feature.names = {input.name};
  }
  for (int64_t i = 0; !areArrays && i < feature.columnCount; ++i)
    feature.numbers.push_back(column++);
  input.features = {feature};
}

void Program::numberColumns() {
  int64_t column = 0;
  for (Input &input : inputs)
    giveColumns(input, column);
}

/// The fields of the data give the network's inputs. Of several networks, the one that predicts may take what no data
/// has: random numbers, say. `predict` then reads tables with the inputs' columns alone.
void Program::fitInputs() {
  numberColumns();
  for (Input &input : inputs) {
    auto field = std::find_if(training->fields().begin(), training->fields().end(),
                              [&](auto &f) { return f.name.text == input.name; });
    if (field == training->fields().end() && several) {
      input.isOutside = true;
      predictsFromData = false;
      continue;
    }
    if (field == training->fields().end())
      e.report(training->datasets[0].range,
               fmt::format("the data has no field '{}', which the network takes", input.name))
          .note(input.range, "the input is declared here"),
          throw Stop();
    if (!field->fitTo(valuesOfRow(input.type)))
      e.report(field->name.range, fmt::format("the field '{}' has {} values a row, the network takes {}", input.name,
                                              field->width(), bm::describe(input.type)))
          .note(input.range, "the input is declared here"),
          throw Stop();
    input.features = field->features;
    for (const Feature &feature : input.features)
      if (input.classes && feature.codes() > input.classes)
        e.report(feature.range, fmt::format("the numbers of '{}' are below {}, the network takes those below {}",
                                            input.name, feature.codes(), input.classes))
            .note(input.range, "the input is declared here"),
            throw Stop();
  }
}

bool Program::isInput(const std::string &field) const {
  return llvm::any_of(inputs, [&](const Input &input) { return input.name == field; });
}

/// The losses, then the metrics say what the targets are: class numbers, one-hot rows, or values in the shape of the
/// prediction.
void Program::findTargets() {
  fitInputs();
  std::map<std::string, Input> found;
  for (const Use &use : uses()) {
    Evaluator::Frame frame(e, use.range, use.module);
    Scope scope;
    scope.parent = use.scope;
    for (const Source &source : use.sources)
      if (source.output >= 0 && source.parameter->type)
        e.fits(predictionTypes[source.output], *source.parameter->type, scope);
    for (const Source &source : use.sources)
      for (Field &field : training->fields())
        if (field.name.text == source.field && !isInput(source.field) && !found.count(source.field))
          found[source.field] = target(field, source.parameter->type.get(), scope, source.parameter);
    for (const Source &source : use.sources)
      if (auto known = found.find(source.field); use.ignored && known != found.end() && known->second.classes)
        known->second.ignored = use.ignored;
  }
  Scope scope;
  for (Field &field : training->fields()) {
    if (isInput(field.name.text))
      continue;
    auto known = found.find(field.name.text);
    targets.push_back(known != found.end() ? known->second : target(field, nullptr, scope, nullptr));
  }
}

/// A category takes its number of classes from the loss; where both are given they must agree.
void Program::countCategories(Field &field, Input &input) {
  for (Feature &feature : field.features) {
    if (feature.encoding.symbol.empty() || feature.isOneHot() || feature.encoding.length)
      continue;
    if (feature.encoding.count == 0)
      feature.encoding.count = input.classes;
    if (feature.encoding.count == 0)
      e.fail(feature.range, "the loss does not say how many categories there are: category(column, 3)");
    if (input.classes != 0 && feature.encoding.count != input.classes)
      e.fail(feature.range,
             fmt::format("the column has {} categories, the loss takes {} classes for a prediction of {}",
                         feature.encoding.count, input.classes, bm::describe(predictionType)));
  }
  input.features = field.features;
}

/// A weight for each class of the field: a class number, or a row with one value a class.
void Program::shapeClassWeights() {
  for (const ClassWeights &weights : training->classWeights) {
    auto target = std::find_if(targets.begin(), targets.end(), [&](auto &t) { return t.name == weights.field.text; });
    if (target == targets.end())
      e.fail(weights.field.range, fmt::format("the data has no target '{}'", weights.field.text));
    int64_t classes = target->classes ? target->classes : valuesOfRow(target->type);
    if (target->classes == 0 && target->features[0].encoding.symbol.empty())
      e.fail(weights.field.range, fmt::format("the target '{}' has no classes", weights.field.text));
    Variable &variable = e.variables[weights.variable];
    variable.type = RankedTensorType::get({classes}, e.floatType);
    target->classWeights = variable.name;
    order.push_back(weights.variable);
  }
}

/// The field as a tensor of one alternative of a declared type, if its values fit into a row.
std::optional<Program::Input> Program::fit(Field &field, const TypeExpr &type, Scope &scope) {
  Scope trial = scope;
  auto isKnown = [&](const std::string &name) {
    for (const Scope *s = &trial; s; s = s->parent)
      if (s->names.count(name))
        return true;
    return false;
  };
  if (!type.dims.empty() && type.dims.front()->kind == ExprKind::Name)
    if (const std::string &name = as<NameExpr>(*type.dims.front()).name; !isKnown(name))
      trial.names[name] = {Object(bm::shapeOf(inputs.front().type)[0]), type.dims.front()->range};
  // `C` in `f32[N, C]` may have no value yet: then it is what the field has.
  if (!type.dims.empty() && type.dims.back()->kind == ExprKind::Name) {
    const std::string &name = as<NameExpr>(*type.dims.back()).name;
    // An array whose width nothing tells has one value a row.
    if (!isKnown(name) && type.dims.size() > 1)
      trial.names[name] = {Object(Dim(field.isOpen() ? 1 : field.width())), field.name.range};
  }
  Input input;
  input.name = field.name.text;
  input.isTarget = true;
  input.range = type.range;
  input.type = e.tensorType(type, trial, false);
  if (input.type.getRank() == 0 || !field.fitTo(valuesOfRow(input.type)))
    return std::nullopt;
  if (type.bound)
    input.classes = e.integer(e.evaluate(*type.bound, trial), type.bound->range, "the number of classes");
  countCategories(field, input);
  scope = std::move(trial);
  return input;
}

Program::Input Program::target(Field &field, const TypeExpr *type, Scope &scope, const Parameter *parameter) {
  if (!type) {
    if (field.isOpen())
      field.fitTo(valuesOfRow(predictionType));
    bm::Shape shape = {bm::shapeOf(predictionType)[0], Dim(field.width())};
    Input input;
    input.name = field.name.text;
    input.isTarget = true;
    input.features = field.features;
    input.range = field.name.range;
    input.type = bm::tensorType(shape, e.floatType);
    return input;
  }
  std::vector<const TypeExpr *> alternatives;
  if (type->kind == TypeKind::Union)
    for (const TypeExpr &alternative : type->elements)
      alternatives.push_back(&alternative);
  else
    alternatives.push_back(type);
  for (const TypeExpr *alternative : alternatives)
    if (auto input = fit(field, *alternative, scope))
      return *input;
  e.report(field.name.range,
           fmt::format(
               "the field '{}' has {} value{} a row, which does not fit '{}: {}' of the loss for a prediction of {}",
               field.name.text, field.width(), field.width() == 1 ? "" : "s", parameter->name.text,
               e.sources.text(type->range), bm::describe(predictionType)))
      .note(type->range, "it is declared here");
  throw Stop();
}

} // namespace bmc::frontend
