// Executes statements.
#include "Evaluator.h"

#include <fmt/format.h>

namespace bmc::frontend {

/// The value of the first `return` that is reached.
std::optional<Object> Evaluator::execute(const Block &block, Scope &scope) {
  for (const StmtPtr &stmt : block) {
    countStep(stmt->range);
    switch (stmt->kind) {
    case StmtKind::Let:
      for (const Binding &binding : as<LetStmt>(*stmt).bindings)
        bindPattern(binding.pattern, evaluate(*binding.value, scope), binding.value->range, scope, true);
      break;
    case StmtKind::Assign: {
      const Binding &binding = as<AssignStmt>(*stmt).binding;
      bindPattern(binding.pattern, evaluate(*binding.value, scope), binding.value->range, scope, false);
      break;
    }
    case StmtKind::Return: {
      const auto &node = as<ResultStmt>(*stmt);
      if (!node.value)
        fail(node.range, "expected a value behind 'return'");
      return evaluate(*node.value, scope);
    }
    case StmtKind::Yield:
      fail(stmt->range, "'yield' can only stand in a scan");
    case StmtKind::If: {
      const auto &node = as<IfStmt>(*stmt);
      bool holds = condition(evaluate(*node.condition, scope), node.condition->range);
      Scope inner;
      inner.parent = &scope;
      if (auto result = execute(holds ? node.then : node.otherwise, inner))
        return result;
      break;
    }
    case StmtKind::For: {
      const auto &node = as<ForStmt>(*stmt);
      for (const Object &item : sequence(*node.sequence, scope)) {
        Scope inner;
        inner.parent = &scope;
        inner.names[node.variable.text] = {item, node.variable.range};
        if (auto result = execute(node.body, inner))
          return result;
      }
      break;
    }
    case StmtKind::Require: {
      const auto &node = as<RequireStmt>(*stmt);
      if (condition(evaluate(*node.condition, scope), node.condition->range))
        break;
      std::string text = fmt::format("'{}' does not hold", sources.text(node.condition->range));
      if (node.message)
        if (Object message = evaluate(*node.message, scope); auto given = message.get<std::string>())
          text = fmt::format("{} ({})", *given, text);
      fail(node.range, text);
    }
    case StmtKind::Expression:
      evaluate(*as<ExpressionStmt>(*stmt).value, scope);
      fail(stmt->range, "the value of this expression is not used");
    }
  }
  return std::nullopt;
}

void Evaluator::bindPattern(const Pattern &pattern, Object value, Range range, Scope &scope, bool isNew) {
  auto set = [&](const Name &name, Object object) {
    if (!isNew)
      return assign(name, std::move(object), range, scope);
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

void Evaluator::assign(const Name &name, Object value, Range range, Scope &scope) {
  for (Scope *s = &scope; s; s = const_cast<Scope *>(s->parent)) {
    auto it = s->names.find(name.text);
    if (it == s->names.end())
      continue;
    if (!s->names.count("")) { // marks the scope of a layer's arguments and sub-layers
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
  fail(name.range, fmt::format("unknown name '{}'; a new name is introduced by 'let'", name.text));
}

} // namespace bmc::frontend
