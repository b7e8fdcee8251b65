// See the header. A walk over the tree with the names of each scope; the scopes open where elaboration opens them.
#include "CheckNames.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {
namespace {

/// The names of a scope. Of a layer that is made by its declaration (`fc = Linear(3, 2)`) the declaration is known.
struct Names {
  const Names *parent = nullptr;
  std::map<std::string, const Declaration *> known;

  void add(const std::string &name, const Declaration *layer = nullptr) { known[name] = layer; }
  const std::pair<const std::string, const Declaration *> *find(const std::string &name) const {
    for (const Names *names = this; names; names = names->parent)
      if (auto it = names->known.find(name); it != names->known.end())
        return &*it;
    return nullptr;
  }
};

class NameChecker {
public:
  NameChecker(Evaluator &evaluator, const Module &module) : e(evaluator), module(module) {}
  void declaration(const Declaration &decl);

private:
  void classLike(const Declaration &decl);
  void method(const Member &member, const Names &outer);
  void parameters(const std::vector<Parameter> &parameters, Names &names);
  void type(const TypeExpr &type, Names &names, bool binds);
  void block(const Block &block, Names &names);
  void statement(const Stmt &stmt, Names &names);
  void assignment(const Pattern &pattern, const Names &names);
  void expression(const Expr *expr, const Names &names);
  void name(const std::string &name, Range range, const Names &names);
  void call(const CallExpr &expr, const Names &names);
  void member(const MemberExpr &expr, const Names &names);
  void scan(const ScanExpr &expr, const Names &names);
  const Declaration *layerOf(const Expr &expr, const Names &names);
  const Declaration *declared(const std::string &name) const { return e.modules.find(module, name).decl; }

  /// Does it and goes on after an error.
  template <typename Check> void each(Check check) {
    try {
      check();
    } catch (Stop) {
    }
  }

  Evaluator &e;
  const Module &module;
};

// Declarations ------------------------------------------------------------------------------------------------------

void NameChecker::declaration(const Declaration &decl) {
  switch (decl.kind) {
  case DeclarationKind::Train:
  case DeclarationKind::Data:
    return; // always elaborated
  case DeclarationKind::Constant:
    return expression(decl.value.get(), {});
  default:
    break;
  }
  if (decl.hasMembers)
    return classLike(decl);
  Names names;
  parameters(decl.parameters, names);
  if (decl.result)
    type(*decl.result, names, true);
  block(decl.body, names);
}

/// Members are made in their order, and see those above; methods and first values see all.
void NameChecker::classLike(const Declaration &decl) {
  Names names;
  parameters(decl.parameters, names);
  // The states of a metric may have the dimensions of what it is given.
  for (const Member &member : decl.members)
    for (const Parameter &parameter : member.parameters)
      if (decl.kind == DeclarationKind::Metric && parameter.type)
        type(*parameter.type, names, true);
  for (const Member &member : decl.members) {
    if (member.kind == MemberKind::Method)
      names.add(member.name.text);
    if (member.kind == MemberKind::Method)
      continue;
    if (member.kind == MemberKind::Require) {
      statement(*member.requirement, names);
      continue;
    }
    if (member.field.type)
      type(*member.field.type, names, false);
    const Expr *value = member.field.value.get();
    if (value && member.kind == MemberKind::Sublayer)
      expression(value, names);
    else if (value && value->kind == ExprKind::Conditional)
      expression(as<ConditionalExpr>(*value).condition.get(), names);
    names.add(member.field.name.text, value ? layerOf(*value, names) : nullptr);
  }
  for (const Member &member : decl.members)
    if (member.kind == MemberKind::Method)
      method(member, names);
    else if (member.kind != MemberKind::Require && member.kind != MemberKind::Sublayer)
      expression(member.field.value.get(), names);
}

void NameChecker::method(const Member &member, const Names &outer) {
  Names names;
  names.parent = &outer;
  parameters(member.parameters, names);
  if (member.result)
    type(*member.result, names, true);
  block(member.body, names);
}

void NameChecker::parameters(const std::vector<Parameter> &parameters, Names &names) {
  for (const Parameter &parameter : parameters) {
    if (parameter.type)
      type(*parameter.type, names, true);
    expression(parameter.value.get(), names);
    names.add(parameter.name.text);
  }
}

/// `binds`: names of dimensions that mean nothing yet get their meaning here.
void NameChecker::type(const TypeExpr &type, Names &names, bool binds) {
  for (const TypeExpr &element : type.elements)
    this->type(element, names, binds);
  for (const ExprPtr &dim : type.dims) {
    bool isPack = dim->kind == ExprKind::Pack;
    bool isName = dim->kind == ExprKind::Name && !declared(as<NameExpr>(*dim).name);
    if (binds && type.kind == TypeKind::Tensor && (isPack || isName))
      names.add(isPack ? as<PackExpr>(*dim).name : as<NameExpr>(*dim).name);
    else
      expression(dim.get(), names);
  }
  for (const Argument &argument : type.arguments)
    expression(argument.value.get(), names);
  expression(type.bound.get(), names);
  // In the body `float` is the element type that was met.
  if (binds && isElementClass(type.name))
    names.add(type.name);
  bool isNamed = type.kind == TypeKind::Tensor || type.kind == TypeKind::Plain;
  bool isTensor = isElementClass(type.name) || e.elementTypeNamed(type.name, {}) || names.find(type.name);
  if (isNamed && !isTensor && (type.kind == TypeKind::Tensor || !isValueType(type.name)))
    each([&] { e.unknownType(type); });
}

// Statements --------------------------------------------------------------------------------------------------------

void NameChecker::block(const Block &block, Names &names) {
  for (const StmtPtr &stmt : block)
    statement(*stmt, names);
}

void NameChecker::statement(const Stmt &stmt, Names &names) {
  Names inner;
  inner.parent = &names;
  switch (stmt.kind) {
  case StmtKind::Let:
    for (const Binding &binding : as<LetStmt>(stmt).bindings) {
      expression(binding.value.get(), names);
      for (const Name &name : binding.pattern.names)
        names.add(name.text, binding.pattern.isTuple ? nullptr : layerOf(*binding.value, names));
    }
    return;
  case StmtKind::Assign:
    expression(as<AssignStmt>(stmt).binding.value.get(), names);
    return assignment(as<AssignStmt>(stmt).binding.pattern, names);
  case StmtKind::Return:
  case StmtKind::Yield:
    return expression(as<ResultStmt>(stmt).value.get(), names);
  case StmtKind::If: {
    const auto &node = as<IfStmt>(stmt);
    expression(node.condition.get(), names);
    Names other = inner;
    block(node.then, inner);
    return block(node.otherwise, other);
  }
  case StmtKind::For:
    expression(as<ForStmt>(stmt).sequence.get(), names);
    inner.add(as<ForStmt>(stmt).variable.text);
    return block(as<ForStmt>(stmt).body, inner);
  case StmtKind::Require:
    expression(as<RequireStmt>(stmt).condition.get(), names);
    return expression(as<RequireStmt>(stmt).message.get(), names);
  case StmtKind::Expression:
    expression(as<ExpressionStmt>(stmt).value.get(), names);
    return each([&] {
      if (!e.diagnostics.hasErrorAt(stmt.range))
        e.unusedValue(stmt.range);
    });
  }
}

void NameChecker::assignment(const Pattern &pattern, const Names &names) {
  for (const Name &name : pattern.names)
    if (!names.find(name.text))
      each([&] { e.unknownTarget(name); });
}

// Expressions -------------------------------------------------------------------------------------------------------

void NameChecker::name(const std::string &name, Range range, const Names &names) {
  if (name.empty() || names.find(name) || declared(name))
    return;
  each([&] {
    if (e.global(name, range))
      return;
    std::vector<std::string> candidates;
    for (const Names *scope = &names; scope; scope = scope->parent)
      for (const auto &[known, layer] : scope->known)
        candidates.push_back(known);
    e.unknownName(name, range, std::move(candidates));
  });
}

/// The declaration that a layer comes from, where the text says it.
const Declaration *NameChecker::layerOf(const Expr &expr, const Names &names) {
  if (expr.kind == ExprKind::Name) {
    auto local = names.find(as<NameExpr>(expr).name);
    return local ? local->second : nullptr;
  }
  if (expr.kind != ExprKind::Call || as<CallExpr>(expr).callee->kind != ExprKind::Name)
    return nullptr;
  const std::string &callee = as<NameExpr>(*as<CallExpr>(expr).callee).name;
  const Declaration *decl = names.find(callee) ? nullptr : declared(callee);
  bool isLayer = decl && (decl->kind == DeclarationKind::Layer || decl->kind == DeclarationKind::Network);
  return isLayer ? decl : nullptr;
}

void NameChecker::call(const CallExpr &expr, const Names &names) {
  Call call{expr.range, expr.callee->range, {}};
  bool isSpread = false;
  for (const Argument &argument : expr.arguments) {
    expression(argument.value.get(), names);
    isSpread |= argument.value->kind == ExprKind::Pack;
    call.arguments.push_back({argument.name.text, {}, argument.value->range});
  }
  expression(expr.callee.get(), names);
  if (isSpread || expr.callee->kind != ExprKind::Name)
    return;
  const std::string &callee = as<NameExpr>(*expr.callee).name;
  if (names.find(callee))
    return;
  each([&] {
    const Declaration *decl = declared(callee);
    if (!decl) {
      if (const Builtin *builtin = findBuiltin(callee))
        matchBuiltin(e, *builtin, call);
      return;
    }
    // An initialiser's shape may be implied.
    bool isCallable = decl->kind != DeclarationKind::Constant && decl->kind != DeclarationKind::Data;
    bool hasShape = !decl->parameters.empty() && decl->parameters[0].name.text == "shape";
    if (!isCallable || hasShape)
      return;
    std::string what = fmt::format("the {} '{}'", spelling(decl->kind), decl->name.text);
    auto matched = e.match(decl->parameters, what, decl->name.range, call);
    for (size_t i = 0; i < decl->parameters.size(); ++i)
      if (const Parameter &parameter = decl->parameters[i]; !matched.given[i] && !parameter.value && !parameter.isPack)
        e.missingArgument(parameter, what, call.range);
  });
}

static bool hasDimension(const TypeExpr &type, const std::string &name) {
  auto isName = [&](const ExprPtr &dim) {
    return (dim->kind == ExprKind::Name && as<NameExpr>(*dim).name == name) ||
           (dim->kind == ExprKind::Pack && as<PackExpr>(*dim).name == name);
  };
  return std::any_of(type.dims.begin(), type.dims.end(), isName) ||
         std::any_of(type.elements.begin(), type.elements.end(),
                     [&](const TypeExpr &element) { return hasDimension(element, name); });
}

void NameChecker::member(const MemberExpr &expr, const Names &names) {
  expression(expr.base.get(), names);
  const Declaration *layer = layerOf(*expr.base, names);
  if (!layer)
    return;
  const std::string &name = expr.member.text;
  auto isParameter = [&](const Parameter &p) { return p.name.text == name || (p.type && hasDimension(*p.type, name)); };
  auto isMember = [&](const Member &m) { return m.field.name.text == name || m.name.text == name; };
  if (std::none_of(layer->parameters.begin(), layer->parameters.end(), isParameter) &&
      std::none_of(layer->members.begin(), layer->members.end(), isMember))
    each([&] {
      std::vector<std::string> known;
      for (const Parameter &parameter : layer->parameters)
        known.push_back(parameter.name.text);
      for (const Member &m : layer->members)
        known.push_back(m.kind == MemberKind::Method ? m.name.text : m.field.name.text);
      e.noMember(*layer, expr.member, known);
    });
}

void NameChecker::scan(const ScanExpr &expr, const Names &names) {
  expression(expr.sequence.get(), names);
  Names inner;
  inner.parent = &names;
  inner.add(expr.variable.text);
  for (const Argument &carried : expr.carried) {
    expression(carried.value.get(), names);
    inner.add(carried.name.text);
  }
  block(expr.body, inner);
}

void NameChecker::expression(const Expr *expr, const Names &names) {
  if (!expr)
    return;
  auto all = [&](const auto &parts) {
    for (const auto &part : parts)
      expression(part.get(), names);
  };
  switch (expr->kind) {
  case ExprKind::Number:
  case ExprKind::String:
  case ExprKind::Bool:
    return;
  case ExprKind::Name:
    return name(as<NameExpr>(*expr).name, expr->range, names);
  case ExprKind::Pack:
    return name(as<PackExpr>(*expr).name, expr->range, names);
  case ExprKind::Unary:
    return expression(as<UnaryExpr>(*expr).operand.get(), names);
  case ExprKind::Binary:
    expression(as<BinaryExpr>(*expr).left.get(), names);
    return expression(as<BinaryExpr>(*expr).right.get(), names);
  case ExprKind::Conditional:
    expression(as<ConditionalExpr>(*expr).condition.get(), names);
    expression(as<ConditionalExpr>(*expr).value.get(), names);
    return expression(as<ConditionalExpr>(*expr).otherwise.get(), names);
  case ExprKind::Range:
    expression(as<RangeExpr>(*expr).low.get(), names);
    return expression(as<RangeExpr>(*expr).high.get(), names);
  case ExprKind::Slice:
    expression(as<SliceExpr>(*expr).low.get(), names);
    return expression(as<SliceExpr>(*expr).high.get(), names);
  case ExprKind::Call:
    return call(as<CallExpr>(*expr), names);
  case ExprKind::Index:
    expression(as<IndexExpr>(*expr).base.get(), names);
    return all(as<IndexExpr>(*expr).items);
  case ExprKind::Member:
    return member(as<MemberExpr>(*expr), names);
  case ExprKind::List:
    return all(as<ListExpr>(*expr).elements);
  case ExprKind::Tuple:
    return all(as<TupleExpr>(*expr).elements);
  case ExprKind::Comprehension: {
    const auto &node = as<ComprehensionExpr>(*expr);
    expression(node.sequence.get(), names);
    Names inner;
    inner.parent = &names;
    inner.add(node.variable.text);
    return expression(node.element.get(), inner);
  }
  case ExprKind::Record:
    for (const Argument &field : as<RecordExpr>(*expr).fields)
      expression(field.value.get(), names);
    return;
  case ExprKind::Scan:
    return scan(as<ScanExpr>(*expr), names);
  }
}

} // namespace

void checkNames(Evaluator &evaluator, const Module &module) {
  const Module *outer = std::exchange(evaluator.module, &module);
  for (const Declaration &decl : module.file.declarations)
    NameChecker(evaluator, module).declaration(decl);
  evaluator.module = outer;
}

} // namespace bmc::frontend
