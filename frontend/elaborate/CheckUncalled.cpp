// See the header.
#include "CheckUncalled.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <algorithm>

namespace bmc::frontend {
namespace {

/// What is made up for the parameters.
struct Assumption {
  int64_t firstSize; // of dimensions, which all differ; 0: symbols
  bool shrinks;      // each is half of the one before, not twice
  int64_t integer;
  bool truth;
  unsigned packLength;
};
constexpr Assumption assumptions[] = {
    {0, false, 2, true, 1},
    {24, false, 2, true, 2},
    {3 << 10, true, 1, false, 3},
    {48, false, 3, true, 0},
};

/// One elaboration of a declaration.
class Trial {
public:
  Trial(const Evaluator &program, const Assumption &assumption, unsigned number, std::set<const Stmt *> &succeeded)
      : assumption(assumption), number(number), diagnostics(program.sources),
        e(program.context, program.sources, diagnostics, program.modules, {}), succeeded(succeeded) {}

  void run(const Declaration &decl, const Module &module, const std::set<const void *> &called);
  std::deque<Diagnostic> errors() const { return diagnostics.all(); }

private:
  void runMethods(const Declaration &decl, const Module &module, const std::set<const void *> &called);
  std::vector<Bound> arguments(const std::vector<Parameter> &parameters, Scope &scope);
  std::vector<Bound> updateArguments(const Declaration &decl, const Member &method, Instance &instance);
  Object valueOf(const Parameter &parameter, Scope &scope);
  Object tensorOf(const TypeExpr &type, Scope &scope);
  mlir::Value value(mlir::RankedTensorType type) { return block->addArgument(type, mlir::UnknownLoc::get(&e.context)); }
  template <typename Step> void attempt(Step step) {
    try {
      step();
    } catch (Stop) {
    }
  }

  const Assumption &assumption;
  unsigned number;
  Diagnostics diagnostics;
  Evaluator e;
  std::set<const Stmt *> &succeeded;
  mlir::Block *block = nullptr;
  Emission emission;
};

void Trial::run(const Declaration &decl, const Module &module, const std::set<const void *> &called) {
  mlir::OpBuilder builder(&e.context);
  mlir::OwningOpRef<mlir::ModuleOp> scratch = mlir::ModuleOp::create(mlir::UnknownLoc::get(&e.context));
  // Any op with a region will do: nothing of this is verified or kept.
  mlir::OperationState state(mlir::UnknownLoc::get(&e.context), mlir::ModuleOp::getOperationName());
  block = &state.addRegion()->emplaceBlock();
  builder.setInsertionPointToEnd(scratch->getBody());
  builder.create(state);
  e.builder.setInsertionPointToEnd(block);
  Evaluator::Trial values{assumption.firstSize, assumption.shrinks, {}};
  e.trial = &values;
  e.module = &module;
  e.root = decl.name.range;
  e.emission = &emission;
  emission.training = assumption.truth;
  emission.key = value(mlir::RankedTensorType::get({2}, builder.getI32Type()));
  try {
    Scope scope;
    if (decl.hasMembers)
      runMethods(decl, module, called);
    else if (!called.count(&decl))
      attempt([&] {
        e.callFunction({&decl, &module}, {decl.name.range, decl.name.range, arguments(decl.parameters, scope)});
      });
  } catch (Exhausted) {
    // With other values it may be shorter.
  }
  succeeded.insert(values.succeeded.begin(), values.succeeded.end());
}

void Trial::runMethods(const Declaration &decl, const Module &module, const std::set<const void *> &called) {
  Scope scope;
  std::shared_ptr<Instance> instance;
  Range range = decl.name.range;
  attempt([&] { instance = e.instantiate({&decl, &module}, {range, range, arguments(decl.parameters, scope)}); });
  if (!instance)
    return;
  e.place(Object(instance), "");
  for (unsigned i = 0; i < e.variables.size(); ++i)
    emission.variables[i] = value(e.variables[i].type);
  if (!called.count(&decl))
    for (const Variable &variable : std::vector<Variable>(e.variables))
      if (variable.scope == &instance->scope)
        attempt([&] { e.initialValue(variable); });
  for (const Member &member : decl.members) {
    if (member.kind != MemberKind::Method || called.count(&member))
      continue;
    Scope methodScope;
    methodScope.parent = &instance->scope;
    attempt([&] {
      std::vector<Bound> given = decl.kind == DeclarationKind::Layer || decl.kind == DeclarationKind::Network
                                     ? arguments(member.parameters, methodScope)
                                     : updateArguments(decl, member, *instance);
      if (given.size() == member.parameters.size())
        e.runMethod(instance, member.name.text, {range, range, std::move(given)});
    });
  }
}

/// `update(p, g, t)` of an optimizer, `at(step)` and `epoch(value, maximize)` of a schedule have parameters that are
/// known without types.
std::vector<Bound> Trial::updateArguments(const Declaration &decl, const Member &method, Instance &instance) {
  mlir::Builder types(&e.context);
  Range range = decl.name.range;
  auto parameter = mlir::RankedTensorType::get({24}, types.getF32Type());
  Object step(value(mlir::RankedTensorType::get({}, types.getF64Type())));
  bool isSchedule = decl.kind == DeclarationKind::Schedule;
  if (!isSchedule && decl.kind != DeclarationKind::Optimizer)
    return {};
  for (const Member &member : decl.members)
    if (member.kind == MemberKind::State)
      instance.scope.names[member.field.name.text] = {isSchedule ? step : Object(value(parameter)),
                                                      member.field.name.range};
  if (isSchedule && method.parameters.size() > 1)
    return {{"", step, range}, {"", Object(assumption.truth), range}};
  if (isSchedule)
    return {{"", step, range}};
  return {{"", Object(value(parameter)), range}, {"", Object(value(parameter)), range}, {"", step, range}};
}

std::vector<Bound> Trial::arguments(const std::vector<Parameter> &parameters, Scope &scope) {
  std::vector<Bound> result;
  for (const Parameter &parameter : parameters) {
    if (parameter.isPack)
      continue;
    Object made = valueOf(parameter, scope);
    bool usesDefault = parameter.value && (made.is<Failed>() || (!made.is<bool>() && !made.is<Tensor>()));
    if (!usesDefault)
      result.push_back({parameter.name.text, made, parameter.name.range});
  }
  return result;
}

Object Trial::valueOf(const Parameter &parameter, Scope &scope) {
  if (!parameter.type)
    return Object(Failed());
  const TypeExpr &type = *parameter.type;
  if (type.kind != TypeKind::Plain)
    return tensorOf(type, scope);
  Object made = Object(Failed());
  if (type.name == "dim")
    made = Object(e.newDimension(parameter.name.text));
  else if (type.name == "int")
    made = Object(Dim(assumption.integer));
  else if (type.name == "bool")
    made = Object(assumption.truth);
  else if (type.name == "float" || type.name == "number")
    made = Object(0.5);
  else if (e.elementTypeNamed(type.name, scope))
    return tensorOf(type, scope);
  scope.names[parameter.name.text] = {made, parameter.name.range};
  return made;
}

Object Trial::tensorOf(const TypeExpr &type, Scope &scope) {
  if (type.kind == TypeKind::Union)
    return tensorOf(type.elements[number % type.elements.size()], scope);
  if (type.kind != TypeKind::Tensor && type.kind != TypeKind::Plain)
    return Object(Failed());
  for (const ExprPtr &dim : type.dims) {
    if (dim->kind != ExprKind::Pack || scope.names.count(as<PackExpr>(*dim).name))
      continue;
    auto dims = std::make_shared<std::vector<Object>>();
    for (unsigned i = 0; i < assumption.packLength; ++i)
      dims->push_back(Object(e.newDimension(as<PackExpr>(*dim).name + std::to_string(i))));
    scope.names[as<PackExpr>(*dim).name] = {Object(ListObject{dims}), dim->range};
  }
  // `integer` and `number` stand for several element types.
  if (type.name == "integer" || type.name == "number")
    scope.names[type.name] = {Object(mlir::Type(mlir::IntegerType::get(&e.context, 32))), type.range};
  mlir::RankedTensorType made;
  attempt([&] { made = e.tensorType(type, scope, true); });
  return made ? Object(value(made)) : Object(Failed());
}

// What the trials have in common --------------------------------------------------------------------------------------

bool holds(Range outer, Range inner) {
  return outer.file == inner.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

/// The innermost statement at a place.
const Stmt *statementAt(const Block &block, Range place) {
  for (const StmtPtr &stmt : block) {
    const Stmt *inner = nullptr;
    if (stmt->kind == StmtKind::If) {
      inner = statementAt(as<IfStmt>(*stmt).then, place);
      inner = inner ? inner : statementAt(as<IfStmt>(*stmt).otherwise, place);
    } else if (stmt->kind == StmtKind::For) {
      inner = statementAt(as<ForStmt>(*stmt).body, place);
    }
    if (inner || holds(stmt->range, place))
      return inner ? inner : stmt.get();
  }
  return nullptr;
}

const Stmt *statementAt(const Declaration &decl, Range place) {
  const Stmt *found = statementAt(decl.body, place);
  for (const Member &member : decl.members)
    if (!found)
      found = member.requirement && holds(member.requirement->range, place) ? member.requirement.get()
                                                                            : statementAt(member.body, place);
  return found;
}

/// The place inside the declaration that an error is about: its own, or that of the call which led to it.
std::optional<Range> placeWithin(const Declaration &decl, const Diagnostic &diagnostic) {
  if (diagnostic.main.range && holds(decl.range, *diagnostic.main.range))
    return diagnostic.main.range;
  for (const Diagnostic::Place &caller : diagnostic.callers)
    if (caller.range && holds(decl.range, *caller.range) && caller.range->begin != decl.name.range.begin)
      return caller.range;
  return std::nullopt;
}

void check(Evaluator &program, const Declaration &decl, const Module &module) {
  std::set<const Stmt *> succeeded;
  std::vector<std::deque<Diagnostic>> errors;
  for (unsigned i = 0; i < std::size(assumptions); ++i) {
    Trial trial(program, assumptions[i], i, succeeded);
    trial.run(decl, module, program.called);
    errors.push_back(trial.errors());
  }
  auto isIn = [&](const std::deque<Diagnostic> &trial, Range place) {
    return std::any_of(trial.begin(), trial.end(), [&](const Diagnostic &other) {
      auto otherPlace = placeWithin(decl, other);
      return otherPlace && otherPlace->begin == place.begin;
    });
  };
  for (const auto &trial : errors)
    for (const Diagnostic &error : trial) {
      auto place = placeWithin(decl, error);
      if (!place || program.diagnostics.hasErrorAt(*error.main.range))
        continue;
      const Stmt *stmt = statementAt(decl, *place);
      bool isCertain = stmt ? stmt->kind != StmtKind::Require && !succeeded.count(stmt)
                            : std::all_of(errors.begin(), errors.end(), [&](auto &t) { return isIn(t, *place); });
      if (isCertain)
        program.diagnostics.add(error);
    }
}

bool isCalled(const Evaluator &program, const Declaration &decl) {
  if (!decl.hasMembers)
    return program.called.count(&decl);
  return program.called.count(&decl) && std::all_of(decl.members.begin(), decl.members.end(), [&](const Member &m) {
           return m.kind != MemberKind::Method || program.called.count(&m);
         });
}

} // namespace

void checkUncalled(Evaluator &evaluator, const Module &module) {
  for (const Declaration &decl : module.file.declarations) {
    bool isCode = decl.hasMembers || decl.kind == DeclarationKind::Function || decl.kind == DeclarationKind::Loss ||
                  decl.kind == DeclarationKind::Metric || decl.kind == DeclarationKind::Init;
    if (isCode && !isCalled(evaluator, decl))
      check(evaluator, decl, module);
  }
}

} // namespace bmc::frontend
