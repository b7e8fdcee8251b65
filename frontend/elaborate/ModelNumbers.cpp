// The numbers of losses and layers that `--set` changes beside those of optimizers: what the model file gives them.
// They become arguments of the functions that need them. A number that decides what is compiled (a condition, a size),
// or that predictions need, stays as it is; then the program says why.
#include "Bindings.h"
#include "Syntax.h"

#include "dialects/Ops.h"
#include "dialects/reference/Interpreter.h"

#include <cmath>
#include <fmt/format.h>

namespace bmc::frontend {

using mlir::Value;

// Which there are -----------------------------------------------------------------------------------------------------

static bool takesNumber(const Parameter &parameter) {
  const TypeExpr *type = parameter.type.get();
  return !parameter.isPack &&
         (!type || (type->kind == TypeKind::Plain && (type->name == "float" || type->name == "number")));
}

static std::optional<double> numberOf(const Object &object) {
  if (auto real = object.get<double>())
    return *real;
  auto dim = object.get<Dim>();
  return dim && dim->constant() ? std::optional(static_cast<double>(*dim->constant())) : std::nullopt;
}

void Program::findModelNumbers() {
  for (Objective &objective : training->objectives)
    for (Score &part : objective.losses) {
      std::string owner = objective.losses.size() > 1 ? objective.reportedName(part)
                          : objective.isNamed()       ? objective.name.text
                                                      : "loss";
      part.numbers = std::make_shared<Scope>();
      if (part.applied)
        findNumbersOf(*part.applied, owner, *part.numbers);
      else
        findNumbersIn(*part.expr, owner, *part.numbers);
    }
  std::set<const Instance *> seen;
  findNumbersOf(Object(network), seen);
}

void Program::addModelNumber(const std::string &owner, const std::string &argument, Scope &scope, Hyper::Kind kind) {
  std::string name = owner.empty() ? argument : owner + "." + argument;
  bool isTaken = llvm::any_of(training->hypers, [&](const Hyper &other) { return other.name == name; });
  if (!isTaken)
    training->hypers.push_back({{name, ""}, *numberOf(scope.names[argument].object), &scope, argument, kind});
}

/// `loss = huber(delta = 2.0)`.
void Program::findNumbersOf(const Applied &loss, const std::string &owner, Scope &scope) {
  for (const Bound &given : loss.arguments)
    for (const Parameter &parameter : loss.function.decl->parameters)
      if (parameter.name.text == given.name && takesNumber(parameter) && numberOf(given.object)) {
        scope.names[given.name] = {given.object, given.range};
        addModelNumber(owner, given.name, scope, Hyper::Loss);
      }
}

/// `loss = 0.5 * cross_entropy(prediction, c, label_smoothing = 0.1)`: what is called by a name.
void Program::findNumbersIn(const Expr &expr, const std::string &owner, Scope &scope) {
  forEachCall(&expr, [&](const CallExpr &call) {
    auto found =
        call.callee->kind == ExprKind::Name ? e.modules.find(main, as<NameExpr>(*call.callee).name) : Modules::Found();
    if (!found.decl)
      return;
    for (const Argument &argument : call.arguments)
      for (const Parameter &parameter : found.decl->parameters)
        if (argument.value && argument.value->kind == ExprKind::Number && parameter.name.text == argument.name.text &&
            takesNumber(parameter)) {
          const std::string &name = argument.name.text;
          if (scope.names.count(name))
            continue; // a second one of this name stays as it is
          Scope empty;
          scope.names[name] = {e.evaluate(*argument.value, empty), argument.value->range};
          e.namedNumbers[argument.value.get()] = &scope.names[name];
          addModelNumber(owner, name, scope, Hyper::Loss);
        }
  });
}

/// `Dropout(0.2)`: a number with a fraction that a layer was given.
void Program::findNumbersOf(const Object &object, std::set<const Instance *> &seen) {
  if (auto list = object.get<ListObject>())
    for (const Object &element : *list->elements)
      findNumbersOf(element, seen);
  if (auto record = object.get<RecordObject>())
    for (const auto &[name, value] : *record->fields)
      findNumbersOf(value, seen);
  auto found = object.get<std::shared_ptr<Instance>>();
  if (!found || !seen.insert(found->get()).second)
    return;
  Instance &layer = **found;
  for (const Parameter &parameter : layer.decl->parameters) {
    auto place = layer.scope.names.find(parameter.name.text);
    if (place == layer.scope.names.end())
      continue;
    NamedObject argument = place->second;
    bool isDefault = argument.origin && argument.origin->file == parameter.name.range.file &&
                     argument.origin->begin == parameter.name.range.begin;
    if (!isDefault && takesNumber(parameter) && argument.object.is<double>())
      addModelNumber(layer.path, parameter.name.text, layer.scope, Hyper::Layer);
  }
  for (const Instance::Item &item : layer.items)
    if (!item.isVariable)
      findNumbersOf(layer.scope.names.at(item.name).object, seen);
}

// What becomes of them ------------------------------------------------------------------------------------------------

/// Evaluates what is computed from numbers of the model file and from constants alone.
static std::optional<bm::ReferenceTensor<double>> evaluate(Value value, const Emission &emission,
                                                           std::set<Hyper *> &used) {
  if (auto found = emission.numbers.find(value); found != emission.numbers.end()) {
    used.insert(found->second);
    bm::ReferenceTensor<double> number(llvm::ArrayRef<int64_t>(), true);
    number.reals[0] = found->second->value;
    return number;
  }
  mlir::Operation *op = value.getDefiningOp();
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  if (!op || type.getRank() != 0 || op->getNumResults() != 1 || !llvm::isa<bm::ReferenceOpInterface>(op))
    return std::nullopt;
  llvm::SmallVector<bm::ReferenceTensor<double>> operands;
  for (Value operand : op->getOperands()) {
    auto known = evaluate(operand, emission, used);
    if (!known)
      return std::nullopt;
    operands.push_back(*known);
  }
  return bm::evaluateOp<double>(op, operands, {})[0];
}

std::optional<double> Evaluator::numberAtCompileTime(const Object &object, std::optional<Range> decidesAt) {
  auto tensor = object.get<Tensor>();
  if (!tensor || !emission || emission->numbers.empty())
    return std::nullopt;
  std::set<Hyper *> used;
  auto result = frontend::evaluate(tensor->value, *emission, used);
  if (!result || used.empty())
    return std::nullopt;
  for (Hyper *hyper : used)
    if (decidesAt && !hyper->decidesAt)
      hyper->decidesAt = decidesAt;
  return result->isReal ? result->reals[0] : static_cast<double>(result->integers[0]);
}

/// A layer's number that an evaluation needs is one that predictions need.
void Program::noteNumbersOfPredictions(const Body &body) {
  for (Hyper &hyper : training->hypers)
    if (hyper.kind == Hyper::Layer && !body.hypers.at(hyper.name).use_empty())
      hyper.isPredictedWith = true;
}

std::string Program::whyFixed(const Hyper &hyper) const {
  if (hyper.isPredictedWith)
    return "predictions need it, which know only the model file's";
  if (!hyper.decidesAt)
    return "";
  Range range = *hyper.decidesAt;
  return fmt::format("what is compiled depends on it ({}:{})", e.sources.name(range.file),
                     e.sources.position(range.file, range.begin).line);
}

/// Numbers that are fixed, or that nothing needs, are no arguments of the functions.
void Program::settleModelNumbers() {
  std::vector<Hyper> kept;
  for (const Hyper &hyper : training->hypers) {
    std::string why = whyFixed(hyper);
    bool isUsed = hyper.kind == Hyper::Optimizer;
    auto visit = [&](llvm::function_ref<void(mlir::func::FuncOp, mlir::BlockArgument)> act) {
      for (auto function : module.getOps<mlir::func::FuncOp>())
        for (unsigned number = function.getNumArguments(); number-- > 0;) {
          mlir::BlockArgument argument = function.getArgument(number);
          auto name = function.getArgAttrOfType<mlir::StringAttr>(number, "bm.name");
          auto role = function.getArgAttrOfType<mlir::StringAttr>(number, "bm.role");
          if (role && role.getValue() == "hyper" && name.getValue() == hyper.name)
            act(function, argument);
        }
    };
    visit([&](mlir::func::FuncOp, mlir::BlockArgument argument) { isUsed |= !argument.use_empty(); });
    if (isUsed && why.empty()) {
      kept.push_back(hyper);
      continue;
    }
    visit([&](mlir::func::FuncOp function, mlir::BlockArgument argument) {
      mlir::OpBuilder builder(&function.getBody().front(), function.getBody().front().begin());
      auto type = llvm::cast<mlir::RankedTensorType>(argument.getType());
      if (!argument.use_empty())
        argument.replaceAllUsesWith(bm::splat(builder, function.getLoc(), hyper.value, type));
      (void)function.eraseArgument(argument.getArgNumber());
    });
    if (!why.empty())
      fixedNumbers.push_back({hyper.name, why});
  }
  training->hypers = std::move(kept);
}

} // namespace bmc::frontend
