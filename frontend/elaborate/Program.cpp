// Emits the functions of the module. What the program is as a whole stands in Description.cpp.
#include "Bindings.h"

#include "dialects/Ops.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

Program::Program(Evaluator &evaluator, const Module &main, mlir::ModuleOp module, bool explains)
    : e(evaluator), main(main), module(module), explains(explains) {}

void Program::build() {
  e.module = &main;
  auto train = main.declarations.find("train");
  bool trains = train != main.declarations.end() && train->second->kind == DeclarationKind::Train;
  // The network's own errors come first; the train block is read even so, for its own.
  bool hasNetwork = attempt([&] {
    createNetwork();
    findInputs();
  });
  Body predict;
  bool predicts = hasNetwork && attempt([&] { beginPredict(predict); });
  bool isRead = trains && attempt([&] { training = readTrainBlock(e, *train->second, network.get()); });
  if (predicts && isRead)
    attempt([&] {
      findTargets();
      finishPredict(predict);
      shapeClassWeights();
      prepareStates();
      prepareSchedules();
      prepareAccumulation();
      declareUnits();
      prepareMetrics();
      findModelNumbers();
      emitTrain();
      emitEvaluate();
      emitUpdate();
      emitEpoch();
      emitRates();
      emitReset();
      emitMeasure();
      settleModelNumbers();
    });
  if (!trains) {
    numberColumns();
    if (predicts)
      finishPredict(predict);
  }
  if (predicts)
    attempt([&] { emitEntries(); });
  if (explains && predicts)
    attempt([&] { emitExplain(); });
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

/// Opens a function with these arguments and lets the evaluator emit into it. `own` are inputs of its own.
void Program::begin(Body &body, const std::string &name, unsigned arguments, llvm::ArrayRef<Input> own) {
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
  for (const Input &input : own)
    add(input.type, role("input", input.name), &body.inputs[input.name]);
  for (const Input &input : inputs)
    if (arguments & Inputs && !input.isOutside)
      add(input.type, role("input", input.name), &body.inputs[input.name]);
  if (arguments & Targets)
    for (const Input &input : targets)
      add(input.type, role("input", input.name), &body.inputs[input.name]);
  if (arguments & Hypers)
    for (const Hyper &hyper : training->hypers)
      add(scalar, role("hyper", hyper.name), &body.hypers[hyper.name]);
  if (arguments & Step)
    add(scalar, role("step"), &body.step);
  if (arguments & Monitored)
    add(scalar, role("monitored"), &body.monitored);
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
  if (arguments & Hypers)
    for (Hyper &hyper : training->hypers)
      body.emission.numbers[body.hypers.at(hyper.name)] = &hyper;
  e.emission = &body.emission;
}

/// With what it alone was computed for.
static void eraseIfDead(mlir::Operation *op) {
  if (!op || !mlir::isOpTriviallyDead(op))
    return;
  llvm::SmallVector<Value> operands(op->getOperands());
  op->erase();
  for (Value operand : operands)
    eraseIfDead(operand.getDefiningOp());
}

static bool isGivenByData(llvm::StringRef role) { return role == "input" || role == "prediction"; }

/// Closes the function. `dropUnused`: arguments that nothing reads go, but for those that tell the number of rows.
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
  eraseIfDead(body.emission.key ? body.emission.key.getDefiningOp() : nullptr);
  if (dropUnused) {
    llvm::BitVector unused(body.function.getNumArguments());
    for (mlir::BlockArgument argument : body.function.getArguments())
      if (unsigned number = argument.getArgNumber(); argument.use_empty()) {
        auto role = body.function.getArgAttrOfType<mlir::StringAttr>(number, "bm.role");
        unused[number] = !role || !isGivenByData(role.getValue());
      }
    (void)body.function.eraseArguments(unused);
  }
  e.emission = nullptr;
}

/// A method of a network, called with inputs of the function.
Object Program::callWith(Body &body, const std::shared_ptr<Instance> &owner, const std::string &method,
                         llvm::ArrayRef<Input> given) {
  Call call{owner->range, owner->range, {}};
  for (const Input &input : given)
    call.arguments.push_back({input.name, Object(body.inputs[input.name]), input.range});
  return e.callMethod(owner, method, std::move(call));
}

/// What the predictor gives.
Object Program::forward(Body &body) {
  if (!predictor.expr)
    return callWith(body, predictor.network, predictor.method, inputs);
  Scope scope = names(Object(), body);
  return e.evaluate(*predictor.expr, scope);
}

/// The loss, where it is one function that says how to make probabilities of the output.
const Applied *Program::linkedLoss() const {
  const std::vector<Score> &losses = training->objectives.front().losses;
  const Score &first = losses.front();
  bool isLinked = !several && !training->hasSteps() && losses.size() == 1 && first.applied &&
                  !first.applied->function.decl->link.text.empty();
  return isLinked ? &*first.applied : nullptr;
}

/// Where the target is a category and the loss says how: the probabilities of its classes, beside the output.
void Program::emitProbabilities(Body &body) {
  if (!linkedLoss())
    return;
  const Applied &loss = *linkedLoss();
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

/// The tensors that a method gives become the results of the function.
void Program::addOutputs(Body &body, const Object &output, Range place, const std::string &what) {
  auto add = [&](const Object &object, const std::string &name) {
    if (!object.is<Tensor>())
      e.fail(place, fmt::format("{} must return tensors, found {}", what, e.describe(object)));
    Value value = object.get<Tensor>()->value;
    if (llvm::cast<RankedTensorType>(value.getType()).getRank() == 0)
      e.fail(place, "the first dimension of a network's output is the row; found a scalar");
    result(body, value, role("output", name));
  };
  auto list = output.get<ListObject>();
  for (size_t i = 0; list && i < list->elements->size(); ++i)
    add((*list->elements)[i], fmt::format("output.{}", i));
  if (!list)
    add(output, "output");
  if (body.results.empty())
    e.fail(place, fmt::format("{} must return a tensor", what));
}

/// The network's own errors come before those of the train block, which needs to know what it predicts. What the loss
/// makes of that is added when the train block was read.
void Program::beginPredict(Body &body) {
  begin(body, "predict", Variables, inputs);
  e.layerUses = &layerUses;
  Object output = forward(body);
  e.layerUses = nullptr;
  addOutputs(body, output, predictorRange(),
             predictor.expr ? "'predict'" : fmt::format("the '{}' of a network", predictor.method));
  for (const Result &output : body.results)
    predictionTypes.push_back(llvm::cast<RankedTensorType>(output.value.getType()));
  predictionType = predictionTypes[0];
  if (llvm::isa<mlir::FloatType>(predictionType.getElementType()))
    e.floatType = predictionType.getElementType();
  e.emission = nullptr;
}

void Program::finishPredict(Body &body) {
  e.emission = &body.emission;
  e.builder.setInsertionPointToEnd(&body.function.front());
  // The outputs of a network are the targets' counterparts, one by one.
  for (size_t i = 0; !several && i < std::min(body.results.size(), targets.size()); ++i) {
    mlir::NamedAttrList attributes(body.results[i].attributes);
    attributes.set("bm.predicts", e.builder.getStringAttr(targets[i].name));
    body.results[i].attributes = attributes.getDictionary(&e.context);
  }
  if (training)
    emitProbabilities(body);
  finish(body, true);
}

void Program::emitEvaluate() {
  Body body;
  begin(body, "evaluate", Variables | MetricStates | Inputs | Targets | Hypers | Step | Key);
  std::optional<BoundHypers> bound(std::in_place, *training, body);
  foldStepIntoKey(body);
  Object prediction = predictionFor(body, nullptr, true);
  Value loss;
  std::vector<Result> parts;
  for (const Objective &objective : training->objectives) {
    Value own = lossOf(body, objective, prediction);
    Range range = objective.losses.front().range;
    loss = loss ? e.tensor(e.binary(Operator::Add, Object(loss), Object(own), range), range) : own;
  }
  parts = std::exchange(body.results, {});
  result(body, loss, role("loss", "loss"));
  body.results.insert(body.results.end(), parts.begin(), parts.end());
  measure(body, prediction);
  bound.reset();
  noteNumbersOfPredictions(body);
  finish(body, true);
}

// Initial values ----------------------------------------------------------------------------------------------------

void Program::emitInit() {
  Body body;
  begin(body, "init", Key | (training ? Hypers : 0));
  std::optional<BoundHypers> bound;
  if (training)
    bound.emplace(*training, body);
  for (unsigned index : order) {
    const Variable variable = e.variables[index];
    if (variable.role != "metric")
      attempt([&] { result(body, e.initialValue(variable), variableAttribute(index)); });
  }
  finish(body, true);
}

} // namespace bmc::frontend
