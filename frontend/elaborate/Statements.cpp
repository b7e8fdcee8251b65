// Executes statements.
#include "Evaluator.h"

#include <fmt/format.h>

namespace bmc::frontend {

/// The names that a statement which failed would have set have no value.
static void forget(const Stmt &stmt, Scope &scope);

static void forget(const Block &block, Scope &scope) {
  for (const StmtPtr &stmt : block)
    forget(*stmt, scope);
}

/// Whether the names of a scope are a layer's arguments and members, of which only buffers are assigned to.
static bool isOfLayer(const Scope &scope) {
  return scope.owner &&
         (scope.owner->decl->kind == DeclarationKind::Layer || scope.owner->decl->kind == DeclarationKind::Network);
}

static void forgetAssigned(const Name &name, Scope &scope) {
  for (Scope *s = &scope; s; s = const_cast<Scope *>(s->parent))
    if (auto it = s->names.find(name.text); it != s->names.end()) {
      // What belongs to a layer stays: a buffer has a value of the right type, and its variables live in its
      // sub-layers.
      if (!isOfLayer(*s))
        it->second.object = Object(Failed());
      return;
    }
}

static void forget(const Stmt &stmt, Scope &scope) {
  if (stmt.kind == StmtKind::Let)
    for (const Binding &binding : as<LetStmt>(stmt).bindings)
      for (const Name &name : binding.pattern.names)
        scope.names[name.text] = {Object(Failed()), name.range};
  if (stmt.kind == StmtKind::Assign)
    for (const Name &name : as<AssignStmt>(stmt).binding.pattern.names)
      forgetAssigned(name, scope);
  Scope inner;
  inner.parent = &scope;
  if (stmt.kind == StmtKind::If) {
    forget(as<IfStmt>(stmt).then, inner);
    forget(as<IfStmt>(stmt).otherwise, inner);
  }
  if (stmt.kind == StmtKind::For)
    forget(as<ForStmt>(stmt).body, inner);
}

/// The value of the first `return` that is reached, or of the `yield` of a scan's body.
std::optional<Object> Evaluator::execute(const Block &block, Scope &scope) {
  bool hasFailed = false;
  for (const StmtPtr &stmt : block) {
    try {
      countSteps(stmt->range);
      auto result = execute(*stmt, scope);
      if (trial)
        trial->succeeded.insert(stmt.get());
      if (result)
        return result;
    } catch (Stop) {
      if (diagnostics.full())
        throw Exhausted();
      if (stmt->kind == StmtKind::Return || stmt->kind == StmtKind::Yield)
        throw;
      hasFailed = true;
      forget(*stmt, scope);
    }
  }
  // Whether the statements that failed would have returned is not known.
  if (hasFailed)
    throw Stop();
  return std::nullopt;
}

std::optional<Object> Evaluator::execute(const Stmt &stmt, Scope &scope) {
  switch (stmt.kind) {
  case StmtKind::Let:
    for (const Binding &binding : as<LetStmt>(stmt).bindings)
      bindPattern(binding.pattern, evaluate(*binding.value, scope), binding.value->range, scope, true);
    return std::nullopt;
  case StmtKind::Assign: {
    const Binding &binding = as<AssignStmt>(stmt).binding;
    bindPattern(binding.pattern, evaluate(*binding.value, scope), binding.value->range, scope, false);
    return std::nullopt;
  }
  case StmtKind::Return:
    if (step && step->callDepth == callDepth())
      fail(stmt.range, "'return' cannot leave a scan; 'yield' gives the output of a step");
    if (!as<ResultStmt>(stmt).value)
      fail(stmt.range, "expected a value behind 'return'");
    return evaluate(*as<ResultStmt>(stmt).value, scope);
  case StmtKind::Yield: {
    if (!step || step->callDepth != callDepth())
      fail(stmt.range, "'yield' can only stand in a scan");
    const Expr &value = *as<ResultStmt>(stmt).value;
    step->yielded = evaluate(value, scope);
    step->range = value.range;
    return step->yielded;
  }
  case StmtKind::If:
    return executeIf(as<IfStmt>(stmt), scope);
  case StmtKind::For:
    return executeFor(as<ForStmt>(stmt), scope);
  case StmtKind::Require:
    require(as<RequireStmt>(stmt), scope);
    return std::nullopt;
  case StmtKind::Expression:
    evaluate(*as<ExpressionStmt>(stmt).value, scope);
    unusedValue(stmt.range);
  }
  return std::nullopt;
}

std::optional<Object> Evaluator::executeIf(const IfStmt &stmt, Scope &scope) {
  bool holds = condition(evaluate(*stmt.condition, scope), stmt.condition->range);
  Scope inner;
  inner.parent = &scope;
  return execute(holds ? stmt.then : stmt.otherwise, inner);
}

std::optional<Object> Evaluator::executeFor(const ForStmt &stmt, Scope &scope) {
  for (const Object &item : sequence(*stmt.sequence, scope)) {
    Scope inner;
    inner.parent = &scope;
    inner.names[stmt.variable.text] = {item, stmt.variable.range};
    if (auto result = execute(stmt.body, inner))
      return result;
  }
  return std::nullopt;
}

void Evaluator::require(const RequireStmt &stmt, Scope &scope) {
  Object object = evaluate(*stmt.condition, scope);
  auto number = numberAtCompileTime(object, std::nullopt); // of the model file; what is set later is not checked
  if (number ? *number != 0 : condition(object, stmt.condition->range))
    return;
  if (trial)
    throw Stop();
  std::string text = fmt::format("'{}' does not hold", sources.text(stmt.condition->range));
  if (stmt.message)
    if (Object message = evaluate(*stmt.message, scope); auto given = message.get<std::string>())
      text = fmt::format("{} ({})", *given, text);
  fail(stmt.range, text);
}

void Evaluator::bindPattern(const Pattern &pattern, Object value, Range range, Scope &scope, bool isNew) {
  auto set = [&](const Name &name, Object object) {
    if (!isNew)
      return assign(name, std::move(object), range, scope);
    if (scope.parent && scope.parent->scan && scope.parent->names.count(name.text))
      fail(name.range, fmt::format("'{}' belongs to the scan; it is assigned to without 'let'", name.text));
    // The new name keeps this value when the buffer gets another one.
    if (auto variable = object.get<VariableRef>(); variable && variables[variable->index].role == "buffer")
      object = Object(tensor(object, range));
    auto [place, inserted] = scope.names.try_emplace(name.text, NamedObject{object, name.range});
    if (!inserted)
      place->second = {std::move(object), name.range};
  };
  if (!pattern.isTuple)
    return set(pattern.names[0], std::move(value));
  auto list = value.get<ListObject>();
  if (!list || list->elements->size() != pattern.names.size())
    fail(range,
         fmt::format("expected {} values for the names on the left, found {}", pattern.names.size(), describe(value)));
  auto elements = *list->elements;
  for (size_t i = 0; i < elements.size(); ++i)
    set(pattern.names[i], elements[i]);
}

void Evaluator::unusedValue(Range range) { fail(range, "the value of this expression is not used"); }

void Evaluator::unknownTarget(const Name &name) {
  fail(name.range, fmt::format("unknown name '{}'; a new name is introduced by 'let'", name.text));
}

void Evaluator::assign(const Name &name, Object value, Range range, Scope &scope) {
  const ScanExpr *leaving = nullptr; // the scan whose body the name is outside of
  for (Scope *s = &scope; s; s = const_cast<Scope *>(s->parent)) {
    auto it = s->names.find(name.text);
    if (it == s->names.end()) {
      leaving = leaving ? leaving : s->scan;
      continue;
    }
    if (it->second.object.is<Failed>() && isOfLayer(*s))
      throw Stop(); // a buffer with an error
    if (!isOfLayer(*s)) {
      if (leaving)
        fail(name.range,
             fmt::format("'{}' is from outside of the scan; what changes from step to step is carried: carry "
                         "({} = ...)",
                         name.text, name.text));
      if (s->scan && s->scan->variable.text == name.text)
        fail(name.range, fmt::format("'{}' counts the steps and cannot be assigned to", name.text));
      it->second.object = std::move(value);
      return;
    }
    auto variable = it->second.object.get<VariableRef>();
    if (!variable)
      fail(name.range, fmt::format("'{}' belongs to the layer and cannot be assigned to; only buffers can", name.text));
    const Variable &target = variables[variable->index];
    if (target.role == "parameter")
      fail(name.range, fmt::format("the parameter '{}' cannot be assigned to; only buffers can", name.text));
    mlir::Value result = tensor(value, target.type.getElementType(), range);
    if (bm::shapeOf(result.getType()).empty())
      result = broadcast(result, bm::shapeOf(target.type), range);
    if (result.getType() != target.type)
      report(range, fmt::format("the buffer '{}' has the shape {}, found {}", name.text, bm::describe(target.type),
                                bm::describe(result.getType())))
          .note(target.range, "it is declared here"),
          throw Stop();
    emission->variables[variable->index] = result;
    return;
  }
  unknownTarget(name);
}

} // namespace bmc::frontend
