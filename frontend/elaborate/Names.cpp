// What a name means: the scopes first, then the file with its imports and the library, then the primitives.
#include "Evaluator.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace bmc::frontend {

static std::optional<Object> namedConstant(const std::string &name) {
  if (name == "pi")
    return Object(M_PI);
  if (name == "none")
    return Object();
  if (name == "inf")
    return Object(std::numeric_limits<double>::infinity());
  if (name == "nan")
    return Object(std::numeric_limits<double>::quiet_NaN());
  if (name == "all")
    return Object(std::string("all"));
  return std::nullopt;
}

/// Evaluates `let name = value` of a file, once.
Object Evaluator::constantOf(const Modules::Found &found, Range range) {
  auto &active = constantsBeingEvaluated;
  if (std::find(active.begin(), active.end(), found.decl) != active.end())
    fail(range, fmt::format("the constant '{}' is defined by itself", found.decl->name.text));
  if (auto known = constants.find(found.decl); known != constants.end())
    return known->second;
  active.push_back(found.decl);
  Frame frame(*this, range, found.module);
  Scope empty;
  Object &result = constants[found.decl] = Object(Failed());
  try {
    Object value = evaluate(*found.decl->value, empty);
    if (value.is<Tensor>() || value.is<std::shared_ptr<Instance>>())
      fail(found.decl->value->range,
           fmt::format("a constant of a file is a number, a string or a list, found {}", describe(value)));
    result = value;
  } catch (Stop) {
  }
  active.pop_back();
  return result;
}

std::optional<Object> Evaluator::global(const std::string &name, Range range) {
  if (name == "training")
    return Object(emission && emission->training);
  if (auto found = modules.find(*module, name); found.decl && found.decl->kind != DeclarationKind::Train)
    return found.decl->kind == DeclarationKind::Constant ? constantOf(found, range)
                                                         : Object(DeclaredObject{found.decl, found.module});
  if (const Builtin *builtin = findBuiltin(name))
    return Object(builtin);
  if (mlir::Type type = elementTypeNamed(name, {}))
    return Object(type);
  if (auto constant = namedConstant(name))
    return constant;
  auto op = mlir::RegisteredOperationName::lookup("bm." + name, &context);
  if (!op || !op->hasTrait<mlir::OpTrait::Elementwise>())
    return std::nullopt;
  Object object;
  object.opName = name;
  return object;
}

Object Evaluator::lookup(const std::string &name, Range range, const Scope &scope) {
  std::optional<Object> found;
  for (const Scope *s = &scope; s && !found; s = s->parent)
    if (auto it = s->names.find(name); it != s->names.end())
      found = it->second.object;
    else if (s->owner && method(*s->owner, name))
      found = Object(MethodObject{s->owner->shared_from_this(), name});
  if (!found)
    found = global(name, range);
  if (found && found->is<Failed>())
    throw Stop();
  if (found)
    return *found;
  std::vector<std::string> candidates;
  for (const Scope *s = &scope; s; s = s->parent)
    for (const auto &[known, value] : s->names)
      candidates.push_back(known);
  unknownName(name, range, std::move(candidates));
}

void Evaluator::unknownName(const std::string &name, Range range, std::vector<std::string> candidates) {
  // Of code that is only tried, CheckNames.h has found the unknown names.
  if (trial || diagnostics.hasErrorAt(range))
    throw Stop();
  for (const auto &names : {modules.visibleNames(*module), builtinNames()})
    candidates.insert(candidates.end(), names.begin(), names.end());
  fail(range, fmt::format("unknown name '{}'{}", name, didYouMean(name, candidates)));
}

} // namespace bmc::frontend
