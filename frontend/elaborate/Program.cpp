// Emits the functions of the module. What the program is as a whole stands in Description.cpp.
#include "Program.h"
#include "Limits.h"

#include "dialects/Ops.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

Program::Program(Evaluator &evaluator, const Module &main, mlir::ModuleOp module)
    : e(evaluator), main(main), module(module) {}

void Program::build() {
  e.module = &main;
  auto train = main.declarations.find("train");
  bool trains = train != main.declarations.end() && train->second->kind == DeclarationKind::Train;
  // The network's own errors come first; the train block is read even so, for its own.
  bool hasNetwork = attempt([&] {
    createNetwork();
    findInputs();
  });
  bool predicts = hasNetwork && attempt([&] { emitPredict(); });
  bool isRead = trains && attempt([&] { training = readTrainBlock(e, *train->second); });
  if (predicts && isRead)
    attempt([&] {
      findTargets();
      shapeClassWeights();
      prepareStates();
      prepareMetrics();
      if (!training->loss->function.decl->link.text.empty())
        emitPredict();
      emitTrain();
      emitEvaluate();
      emitReset();
      emitMeasure();
    });
  if (!trains)
    numberColumns();
  if (hasNetwork)
    attempt([&] { emitInit(); });
  if (e.diagnostics.hasErrors())
    throw Stop();
  describeProgram();
}

/// Whether a step was done without an error that ended it; the steps that do not need it go on.
bool Program::attempt(llvm::function_ref<void()> step) {
  try {
    step();
    return true;
  } catch (Stop) {
    if (e.diagnostics.full())
      throw Exhausted();
    return false;
  }
}

void Program::createNetwork() {
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
  Object object;
  Range range = only ? only->name.range : Range{main.file.id, 0, 0};
  if (model) {
    Scope scope;
    range = model->range;
    object = e.evaluate(*model, scope);
  } else if (only) {
    object = Object(DeclaredObject{only, &main});
  } else {
    e.fail(range, "there is no network in this file");
  }
  e.root = range;
  if (auto declared = object.get<DeclaredObject>(); declared && declared->decl->hasMembers)
    object = e.call(object, {range, range, {}});
  auto instance = object.get<std::shared_ptr<Instance>>();
  if (!instance || (*instance)->decl->kind == DeclarationKind::Optimizer ||
      (*instance)->decl->kind == DeclarationKind::Schedule)
    e.fail(range, fmt::format("expected a network, found {}", e.describe(object)));
  network = *instance;
  e.place(object, "");
  for (unsigned i = 0; i < e.variables.size(); ++i)
    if (!e.variables[i].name.empty())
      order.push_back(i);
}

// Inputs ------------------------------------------------------------------------------------------------------------

static int64_t valuesOfRow(RankedTensorType type) {
  int64_t product = 1;
  for (int64_t extent : type.getShape().drop_front())
    product *= mlir::ShapedType::isDynamic(extent) ? 0 : extent;
  return product;
}

void Program::findInputs() {
  const Member *forward = e.method(*network, "forward");
  if (!forward)
    e.fail(network->decl->name.range, fmt::format("the network '{}' has no 'forward'", network->decl->name.text));
  Evaluator::Frame frame(e, network->range, network->module);
  Scope scope;
  scope.parent = &network->scope;
  for (const Parameter &parameter : forward->parameters) {
    if (parameter.value)
      continue;
    if (!parameter.type)
      e.fail(parameter.name.range,
             fmt::format("the input '{}' of a network needs a type, such as f32[N, 3]", parameter.name.text));
    Input input;
    input.name = parameter.name.text;
    input.range = parameter.type->range;
    input.type = e.tensorType(*parameter.type, scope, true);
    if (input.type.getRank() == 0)
      e.fail(input.range, "the first dimension of an input is the row; found a scalar");
    if (int64_t values = valuesOfRow(input.type); values > mostRowValues)
      e.fail(input.range, fmt::format("a row of an input has at most {} values, found {}", mostRowValues, values));
    if (parameter.type->bound)
      input.classes = e.integer(e.evaluate(*parameter.type->bound, scope), parameter.type->bound->range, "the bound");
    inputs.push_back(input);
  }
  if (inputs.empty())
    e.fail(forward->name.range, "the 'forward' of a network needs an input");
}

/// A program without data takes tables with the inputs' columns alone.
void Program::numberColumns() {
  int64_t column = 0;
  for (Input &input : inputs) {
    Feature feature;
    feature.columnCount = valuesOfRow(input.type);
    for (int64_t i = 0; i < feature.columnCount; ++i)
      feature.numbers.push_back(column++);
    input.features = {feature};
  }
}

void Program::findTargets() {
  const Declaration &loss = *training->loss->function.decl;
  for (Input &input : inputs) {
    auto field = std::find_if(training->fields().begin(), training->fields().end(),
                              [&](auto &f) { return f.name.text == input.name; });
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
  }
  // The loss says what its targets are: class numbers, one-hot rows, or values in the shape of the prediction.
  Evaluator::Frame frame(e, training->loss->range, training->loss->function.module);
  Scope scope;
  if (!loss.parameters.empty() && loss.parameters[0].type)
    e.fits(predictionType, *loss.parameters[0].type, scope);
  size_t next = 1;
  for (Field &field : training->fields()) {
    auto isInput = [&](const Input &input) { return input.name == field.name.text; };
    if (std::any_of(inputs.begin(), inputs.end(), isInput))
      continue;
    const Parameter *parameter = next < loss.parameters.size() ? &loss.parameters[next++] : nullptr;
    targets.push_back(target(field, parameter ? parameter->type.get() : nullptr, scope, parameter));
  }
}

/// A category takes its number of classes from the loss; where both are given they must agree.
void Program::countCategories(Field &field, Input &input) {
  for (Feature &feature : field.features) {
    if (feature.encoding.symbol.empty() || feature.isOneHot())
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
  // `C` in `f32[N, C]` may have no value yet: then it is what the field has.
  if (!type.dims.empty() && type.dims.back()->kind == ExprKind::Name) {
    const std::string &name = as<NameExpr>(*type.dims.back()).name;
    bool known = false;
    for (const Scope *s = &trial; s; s = s->parent)
      known |= s->names.count(name) != 0;
    // An array whose width nothing tells has one value a row.
    if (!known && type.dims.size() > 1)
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

// Functions ---------------------------------------------------------------------------------------------------------

mlir::DictionaryAttr Program::role(const std::string &role, const std::string &name) {
  mlir::NamedAttrList list;
  list.set("bm.role", e.builder.getStringAttr(role));
  if (!name.empty())
    list.set("bm.name", e.builder.getStringAttr(name));
  return list.getDictionary(&e.context);
}

mlir::DictionaryAttr Program::variableAttribute(unsigned index) {
  auto path = mlir::FlatSymbolRefAttr::get(&e.context, e.variables[index].name);
  return e.builder.getDictionaryAttr(e.builder.getNamedAttr("bm.variable", path));
}

/// Opens a function with these arguments and lets the evaluator emit into it.
void Program::begin(Body &body, const std::string &name, unsigned arguments) {
  std::vector<mlir::Type> types;
  std::vector<mlir::Attribute> attributes;
  std::vector<Value *> targetsOfArguments;
  auto add = [&](mlir::Type type, mlir::DictionaryAttr attribute, Value *value) {
    types.push_back(type);
    attributes.push_back(attribute);
    targetsOfArguments.push_back(value);
  };
  auto scalar = RankedTensorType::get({}, e.builder.getF64Type());
  for (unsigned index : order) {
    const std::string &role = e.variables[index].role;
    if (arguments & (role == "state" ? States : role == "metric" ? MetricStates : Variables))
      add(e.variables[index].type, variableAttribute(index), &body.emission.variables[index]);
  }
  body.predictions.resize(predictionTypes.size());
  if (arguments & Predictions)
    for (size_t i = 0; i < predictionTypes.size(); ++i)
      add(predictionTypes[i], role("prediction", fmt::format("output.{}", i)), &body.predictions[i]);
  if (arguments & Inputs)
    for (const Input &input : inputs)
      add(input.type, role("input", input.name), &body.inputs[input.name]);
  if (arguments & Targets)
    for (const Input &input : targets)
      add(input.type, role("input", input.name), &body.inputs[input.name]);
  if (arguments & Hypers)
    for (const Hyper &hyper : training->hypers)
      add(scalar, role("hyper", hyper.name), &body.hypers[hyper.name]);
  if (arguments & Step)
    add(scalar, role("step"), &body.step);
  if (arguments & Key)
    add(RankedTensorType::get({2}, e.builder.getI32Type()), role("key"), &body.emission.key);

  e.builder.setInsertionPointToEnd(module.getBody());
  mlir::Location loc = e.location(network->decl->name.range);
  body.function = mlir::func::FuncOp::create(e.builder, loc, name, e.builder.getFunctionType(types, {}));
  body.function.setArgAttrsAttr(e.builder.getArrayAttr(attributes));
  mlir::Block *block = body.function.addEntryBlock();
  for (size_t i = 0; i < types.size(); ++i)
    *targetsOfArguments[i] = block->getArgument(i);
  e.builder.setInsertionPointToEnd(block);
  e.emission = &body.emission;
}

void Program::finish(Body &body, bool dropUnused) {
  std::vector<Value> values;
  std::vector<mlir::Type> types;
  std::vector<mlir::Attribute> attributes;
  for (const Result &result : body.results) {
    values.push_back(result.value);
    types.push_back(result.value.getType());
    attributes.push_back(result.attributes);
  }
  mlir::func::ReturnOp::create(e.builder, e.location(network->decl->name.range), values);
  auto inputTypes = body.function.getFunctionType().getInputs();
  body.function.setFunctionType(e.builder.getFunctionType(inputTypes, types));
  body.function.setResAttrsAttr(e.builder.getArrayAttr(attributes));
  if (dropUnused) {
    llvm::BitVector unused(body.function.getNumArguments());
    for (mlir::BlockArgument argument : body.function.getArguments())
      if (argument.use_empty() && body.function.getArgAttr(argument.getArgNumber(), "bm.variable"))
        unused.set(argument.getArgNumber());
    (void)body.function.eraseArguments(unused);
  }
  e.emission = nullptr;
}

Object Program::forward(Body &body) {
  Call call{network->range, network->range, {}};
  for (const Input &input : inputs)
    call.arguments.push_back({input.name, Object(body.inputs[input.name]), input.range});
  return e.callMethod(network, "forward", std::move(call));
}

/// Where the target is a category and the loss says how: the probabilities of its classes, beside the output.
void Program::emitProbabilities(Body &body) {
  const Applied &loss = *training->loss;
  auto isCategory = [](const Input &target) {
    return target.features.size() == 1 && !target.features[0].encoding.symbol.empty();
  };
  if (targets.size() != 1 || !isCategory(targets[0]) || body.results.size() != 1)
    return;
  const Name &link = loss.function.decl->link;
  Object output = body.results[0].value;
  Object probabilities;
  {
    Evaluator::Frame frame(e, loss.range, loss.function.module);
    Scope scope;
    Object function = e.lookup(link.text, link.range, scope);
    probabilities = e.call(function, {link.range, link.range, {{"", output, link.range}}});
  }
  auto tensor = probabilities.get<Tensor>();
  if (!tensor || bm::shapeOf(tensor->value.getType()) != bm::shapeOf(body.results[0].value.getType()))
    e.fail(link.range,
           fmt::format("'{}' must give a probability for each value of the prediction, {}, found {}", link.text,
                       bm::describe(body.results[0].value.getType()), e.describe(probabilities)));
  result(body, tensor->value, role("probabilities", targets[0].name));
}

/// With a train block the function is emitted twice: its errors come first, and what is made of the output depends on
/// the loss.
void Program::emitPredict() {
  if (auto first = module.lookupSymbol<mlir::func::FuncOp>("predict"))
    first.erase();
  Body body;
  begin(body, "predict", Variables | Inputs);
  layerUses = {};
  e.layerUses = &layerUses;
  Object output = forward(body);
  e.layerUses = nullptr;
  const Member *method = e.method(*network, "forward");
  auto check = [&](const Object &object) {
    if (!object.is<Tensor>())
      e.fail(method->name.range,
             fmt::format("the 'forward' of a network must return tensors, found {}", e.describe(object)));
    return object.get<Tensor>()->value;
  };
  if (auto list = output.get<ListObject>()) {
    for (size_t i = 0; i < list->elements->size(); ++i)
      result(body, check((*list->elements)[i]), role("output", fmt::format("output.{}", i)));
  } else {
    result(body, check(output), role("output", "output"));
  }
  if (body.results.empty())
    e.fail(method->name.range, "the 'forward' of a network must return a tensor");
  predictionTypes.clear();
  for (const Result &output : body.results)
    predictionTypes.push_back(llvm::cast<RankedTensorType>(output.value.getType()));
  predictionType = predictionTypes[0];
  if (predictionType.getRank() == 0)
    e.fail(method->name.range, "the first dimension of a network's output is the row; found a scalar");
  if (llvm::isa<mlir::FloatType>(predictionType.getElementType()))
    e.floatType = predictionType.getElementType();
  if (training)
    emitProbabilities(body);
  finish(body, true);
}

/// A call with the prediction and the targets.
Call Program::scored(const Object &prediction, const Body &body, Range range) {
  Call call{range, range, {}};
  call.arguments.push_back({"", prediction, range});
  for (const Input &target : targets)
    call.arguments.push_back({"", Object(body.inputs.at(target.name)), range});
  return call;
}

Value Program::score(const Applied &applied, const Object &prediction, Body &body, const std::string &what) {
  Call call = scored(prediction, body, applied.range);
  call.arguments.insert(call.arguments.end(), applied.arguments.begin(), applied.arguments.end());
  Object object = e.call(Object(applied.function), std::move(call));
  auto tensor = object.get<Tensor>();
  auto type = tensor ? llvm::cast<RankedTensorType>(tensor->value.getType()) : RankedTensorType();
  if (!type || type.getRank() != 0 || !llvm::isa<mlir::FloatType>(type.getElementType()))
    e.fail(applied.range, fmt::format("{} must be a float scalar, found {}", what, e.describe(object)));
  return tensor->value;
}

void Program::scores(Body &body, const Object &prediction, Value &loss) {
  loss = score(*training->loss, prediction, body, "the loss");
  result(body, loss, role("loss", "loss"));
  for (const Metric &metric : training->metrics)
    if (!metric.instance)
      result(body, score(metric.applied, prediction, body, "a metric"), role("metric", metric.name));
  addToMetrics(body, prediction);
}

void Program::emitEvaluate() {
  Body body;
  begin(body, "evaluate", Variables | MetricStates | Inputs | Targets);
  Value loss;
  scores(body, forward(body), loss);
  finish(body, true);
}

// Training ----------------------------------------------------------------------------------------------------------

/// While it lives, the numbers that `--set` changes are arguments of the function that is being emitted.
class Program::BoundHypers {
public:
  BoundHypers(const TrainBlock &training, Body &body) {
    for (const Hyper &hyper : training.hypers) {
      Object &object = hyper.scope->names[hyper.argument].object;
      saved.emplace_back(&hyper, std::exchange(object, Object(Tensor{body.hypers[hyper.name], true})));
    }
  }
  ~BoundHypers() {
    for (auto &[hyper, object] : saved)
      hyper->scope->names[hyper->argument].object = std::move(object);
  }

private:
  std::vector<std::pair<const Hyper *, Object>> saved;
};

/// The optimizer's state, one set for each trainable variable: `fc1.weight.m`. Which of it exists may depend on the
/// optimizer's arguments.
void Program::prepareStates() {
  Body scratch;
  begin(scratch, "scratch", Hypers);
  std::vector<const Member *> members;
  std::optional<BoundHypers> bound(std::in_place, *training, scratch);
  for (const Member &member : training->optimizer->decl->members) {
    if (member.kind != MemberKind::State)
      continue;
    if (!member.field.value)
      e.fail(member.field.name.range, fmt::format("the state '{}' needs an initial value", member.field.name.text));
    const Expr &value = *member.field.value;
    bool isConditional = value.kind == ExprKind::Conditional && !as<ConditionalExpr>(value).otherwise;
    Evaluator::Frame frame(e, training->optimizer->range, training->optimizer->module);
    if (!isConditional ||
        e.condition(e.evaluate(*as<ConditionalExpr>(value).condition, training->optimizer->scope), value.range))
      members.push_back(&member);
  }
  bound.reset();
  e.emission = nullptr;
  scratch.function.erase();
  auto parameters = order;
  for (unsigned index : parameters) {
    if (!e.variables[index].trainable)
      continue;
    for (const Member *member : members) {
      const Expr *value = member->field.value.get();
      if (value->kind == ExprKind::Conditional && !as<ConditionalExpr>(*value).otherwise)
        value = as<ConditionalExpr>(*value).value.get();
      Variable state;
      state.name = e.variables[index].name + "." + member->field.name.text;
      state.role = "state";
      state.type = e.variables[index].type;
      if (member->field.type) {
        Evaluator::Frame frame(e, training->optimizer->range, training->optimizer->module);
        state.type = e.tensorType(*member->field.type, training->optimizer->scope, false);
      }
      state.initialiser = value;
      state.scope = &training->optimizer->scope;
      state.module = training->optimizer->module;
      state.range = member->field.name.range;
      states[index][member->field.name.text] = e.variables.size();
      order.push_back(e.variables.size());
      e.variables.push_back(std::move(state));
    }
  }
}

/// A schedule gives its number for the step.
static Object numberAt(Evaluator &e, const Object &object, Value step, Range range) {
  auto schedule = object.get<std::shared_ptr<Instance>>();
  if (!schedule || (*schedule)->decl->kind != DeclarationKind::Schedule)
    return object;
  (*schedule)->placed = true;
  return e.callMethod(*schedule, "at", {range, range, {{"", Object(step), range}}});
}

Value Program::stepParameter(Body &body, unsigned index, Value gradient) {
  const std::shared_ptr<Instance> &optimizer = training->optimizer;
  Value parameter = body.emission.variables[index];
  for (auto &[name, state] : states[index])
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
  for (auto &[name, state] : states[index])
    body.emission.variables[state] =
        check(optimizer->scope.names[name].object, e.variables[state].type, fmt::format("the state '{}'", name));
  return check(stepped, e.variables[index].type, "the parameter that 'update' gives");
}

void Program::update(Body &body, Value loss) {
  std::vector<unsigned> trained;
  std::vector<Value> values;
  for (unsigned index : order)
    if (e.variables[index].trainable) {
      trained.push_back(index);
      values.push_back(body.emission.variables[index]);
    }
  if (trained.empty())
    e.fail(network->range, fmt::format("the network '{}' has no parameter to train", network->decl->name.text));
  auto gradients = bm::GradOp::create(e.builder, e.location(training->loss->range), loss, values);
  BoundHypers bound(*training, body);
  auto outer = training->optimizer->scope.names;
  for (auto &[name, argument] : training->optimizer->scope.names)
    argument.object = numberAt(e, argument.object, body.step, training->optimizer->range);
  auto given = training->optimizer->scope.names;
  for (size_t i = 0; i < trained.size(); ++i) {
    training->optimizer->scope.names = given; // what one parameter's update assigned is not the next one's
    body.emission.variables[trained[i]] = stepParameter(body, trained[i], gradients.getGradients()[i]);
  }
  training->optimizer->scope.names = outer;
}

void Program::emitTrain() {
  Body body;
  begin(body, "train", Variables | States | MetricStates | Inputs | Targets | Hypers | Step | Key);
  body.emission.training = true;
  Object prediction = forward(body);
  Value loss;
  scores(body, prediction, loss);
  std::vector<Result> scored = std::exchange(body.results, {});
  update(body, loss);
  for (unsigned index : order)
    if (e.variables[index].role != "metric")
      result(body, body.emission.variables[index], variableAttribute(index));
  body.results.insert(body.results.end(), scored.begin(), scored.end());
  finish(body, false);
}

// Initial values ----------------------------------------------------------------------------------------------------

void Program::emitInit() {
  Body body;
  begin(body, "init", Key);
  for (unsigned index : order) {
    const Variable variable = e.variables[index];
    if (variable.role != "metric")
      attempt([&] { result(body, e.initialValue(variable), variableAttribute(index)); });
  }
  finish(body, false);
}

} // namespace bmc::frontend
