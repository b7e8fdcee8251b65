// Evaluates expressions.
#include "Evaluator.h"
#include "Limits.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace bmc::frontend {

Evaluator::Evaluator(mlir::MLIRContext &context, SourceManager &sources, Diagnostics &diagnostics,
                     const Modules &modules, bm::SymbolValues bindings)
    : context(context), sources(sources), diagnostics(diagnostics), modules(modules), builder(&context),
      bindings(std::move(bindings)), floatType(builder.getF32Type()) {}

Evaluator::Frame::Frame(Evaluator &evaluator, Range callRange, const Module *module)
    : evaluator(evaluator), outer(evaluator.module) {
  if (evaluator.frames.size() >= deepestCalls)
    evaluator.exhausted(
        callRange,
        fmt::format("calls are nested more than {} levels deep; does a layer contain itself?", deepestCalls));
  // Nobody wrote the call of the network itself: the places of its ops begin in its `forward`.
  bool isRoot = callRange.file == evaluator.root.file && callRange.begin == evaluator.root.begin;
  mlir::LocationAttr place = isRoot ? mlir::LocationAttr() : mlir::LocationAttr(evaluator.place(callRange));
  evaluator.frames.push_back({callRange, place});
  evaluator.module = module;
}

Evaluator::Frame::~Frame() {
  evaluator.frames.pop_back();
  evaluator.module = outer;
}

Diagnostic &Evaluator::report(Range range, std::string message) {
  Diagnostic &diagnostic = diagnostics.error(range, std::move(message));
  unsigned shown = 0;
  for (auto frame = frames.rbegin(); frame != frames.rend() && shown < 5; ++frame) {
    Range call = frame->range;
    // A call that holds the error's own place says nothing new.
    bool isRoot = !frame->location;
    bool holdsError = call.file == range.file && call.begin <= range.begin && range.end <= call.end;
    bool isShown = !diagnostic.callers.empty() && diagnostic.callers.back().range->begin == call.begin &&
                   diagnostic.callers.back().range->file == call.file;
    if (isRoot || holdsError || isShown)
      continue;
    diagnostic.callers.push_back({Severity::Note, call, "in what is called here"});
    ++shown;
  }
  return diagnostic;
}

void Evaluator::fail(Range range, std::string message) {
  report(range, std::move(message));
  throw Stop();
}

mlir::Location Evaluator::location(Range range) {
  countOperation(range);
  return place(range);
}

mlir::Location Evaluator::place(Range range) {
  Position position = sources.position(range.file, range.begin);
  mlir::Location place = mlir::FileLineColLoc::get(&context, sources.name(range.file), position.line, position.column);
  bool isOuter = frames.empty() || !frames.back().location;
  return isOuter ? place : mlir::CallSiteLoc::get(place, mlir::Location(frames.back().location));
}

std::string Evaluator::describe(const Object &object) {
  if (!object.opName.empty())
    return fmt::format("the function '{}'", object.opName);
  if (auto dim = object.get<Dim>())
    return dim->constant() ? fmt::format("the number {}", dim->text()) : fmt::format("the dimension {}", dim->text());
  if (auto real = object.get<double>())
    return fmt::format("the number {}", *real);
  if (auto tensor = object.get<Tensor>())
    return bm::describe(tensor->value.getType());
  if (auto variable = object.get<VariableRef>())
    return bm::describe(variables[variable->index].type);
  if (auto declared = object.get<DeclaredObject>())
    return fmt::format("the {} '{}'", spelling(declared->decl->kind), declared->decl->name.text);
  if (auto instance = object.get<std::shared_ptr<Instance>>())
    return fmt::format("a {} '{}'", spelling((*instance)->decl->kind), (*instance)->decl->name.text);
  if (auto list = object.get<ListObject>())
    return fmt::format("a {} of {} elements", list->isTuple ? "tuple" : "list", list->elements->size());
  if (auto record = object.get<RecordObject>())
    return fmt::format("a record of {} fields", record->fields->size());
  if (auto bound = object.get<MethodObject>())
    return fmt::format("the method '{}'", bound->name);
  if (auto builtin = object.get<const Builtin *>())
    return fmt::format("the function '{}'", (*builtin)->name);
  if (auto truth = object.get<bool>())
    return *truth ? "true" : "false";
  return object.is<std::string>()   ? "a string"
         : object.is<RangeObject>() ? "a range"
         : object.is<mlir::Type>()  ? "an element type"
                                    : "nothing";
}

int64_t Evaluator::integer(const Object &object, Range range, const std::string &what) {
  if (auto number = numberAtCompileTime(object, range); number && *number == std::floor(*number))
    return static_cast<int64_t>(*number);
  auto dim = object.get<Dim>();
  if (trial && dim && !dim->constant())
    throw Stop();
  if (!dim || !dim->constant())
    fail(range, fmt::format("{} must be an integer that is known at compile time, found {}", what, describe(object)));
  return *dim->constant();
}

bool Evaluator::condition(const Object &object, Range range) {
  if (auto truth = object.get<bool>())
    return *truth;
  if (object.is<Absent>())
    return false;
  if (object.is<std::shared_ptr<Instance>>() || object.is<VariableRef>())
    return true;
  if (auto number = numberAtCompileTime(object, range))
    return *number != 0;
  if (object.is<Tensor>())
    fail(range, "this condition is only known when the program runs; use select(condition, a, b)");
  fail(range, fmt::format("expected a condition, found {}", describe(object)));
}

Object Evaluator::conditional(const ConditionalExpr &expr, Scope &scope) {
  if (condition(evaluate(*expr.condition, scope), expr.condition->range))
    return evaluate(*expr.value, scope);
  return expr.otherwise ? evaluate(*expr.otherwise, scope) : Object();
}

std::vector<Object> Evaluator::sequence(const Expr &expr, Scope &scope) {
  Object object = evaluate(expr, scope);
  if (auto list = object.get<ListObject>())
    return *list->elements;
  auto range = object.get<RangeObject>();
  if (!range)
    fail(expr.range, fmt::format("expected a list or a range, found {}", describe(object)));
  if (!range->high)
    fail(expr.range, "this range has no end");
  int64_t low = integer(Object(range->low), expr.range, "the start of the range");
  int64_t high = integer(Object(*range->high), expr.range, "the end of the range");
  if (low >= high)
    return {};
  countSteps(expr.range, uint64_t(high) - uint64_t(low));
  std::vector<Object> result;
  for (int64_t i = low; i < high; ++i)
    result.push_back(Object(Dim(i)));
  return result;
}

/// `[a, ..more]`, `(a, b)`
Object Evaluator::list(const std::vector<ExprPtr> &elements, Range range, bool isTuple, Scope &scope) {
  std::vector<Object> result;
  for (const ExprPtr &element : elements) {
    Object value = evaluate(*element, scope);
    auto list = value.get<ListObject>();
    if (element->kind == ExprKind::Pack && list) {
      countSteps(range, list->elements->size());
      result.insert(result.end(), list->elements->begin(), list->elements->end());
    } else {
      result.push_back(std::move(value));
    }
  }
  return makeList(std::move(result), isTuple);
}

/// `f(x, ..rest, axis = 1)`
Object Evaluator::callExpression(const CallExpr &expr, Scope &scope) {
  // The one primitive whose argument is not evaluated before it.
  if (expr.callee->kind == ExprKind::Name && as<NameExpr>(*expr.callee).name == "checkpoint" &&
      lookup("checkpoint", expr.callee->range, scope).is<const Builtin *>())
    return checkpoint(expr, scope);
  Call call{expr.range, expr.callee->range, {}};
  for (const Argument &argument : expr.arguments) {
    Object value = evaluate(*argument.value, scope);
    auto list = value.get<ListObject>();
    if (argument.value->kind == ExprKind::Pack && list) {
      countSteps(argument.value->range, list->elements->size());
      for (const Object &element : *list->elements)
        call.arguments.push_back({"", element, argument.value->range});
    } else {
      call.arguments.push_back({argument.name.text, value, argument.value->range});
    }
  }
  return this->call(evaluate(*expr.callee, scope), std::move(call));
}

namespace {
struct Deeper {
  unsigned &depth;
  explicit Deeper(unsigned &depth) : depth(++depth) {}
  ~Deeper() { --depth; }
};
} // namespace

Object Evaluator::evaluate(const Expr &expr, Scope &scope) {
  countSteps(expr.range);
  Deeper deeper(depth);
  if (depth > deepestEvaluation)
    exhausted(expr.range, "expressions and calls are nested too deeply");
  Object result = evaluateNode(expr, scope);
  checkSize(result, expr.range);
  return result;
}

Object Evaluator::evaluateNode(const Expr &expr, Scope &scope) {
  switch (expr.kind) {
  case ExprKind::Number: {
    const auto &number = as<NumberExpr>(expr);
    if (auto named = namedNumbers.find(&expr); named != namedNumbers.end())
      return named->second->object;
    return number.isInteger ? Object(Dim(number.integer)) : Object(number.real);
  }
  case ExprKind::String:
    return Object(as<StringExpr>(expr).value);
  case ExprKind::Bool:
    return Object(as<BoolExpr>(expr).value);
  case ExprKind::Name:
    return lookup(as<NameExpr>(expr).name, expr.range, scope);
  case ExprKind::Pack:
    if (as<PackExpr>(expr).name.empty())
      fail(expr.range, "'..' without a name can only stand in a type or an index");
    return lookup(as<PackExpr>(expr).name, expr.range, scope);
  case ExprKind::Unary:
    return unary(as<UnaryExpr>(expr).op, evaluate(*as<UnaryExpr>(expr).operand, scope), expr.range);
  case ExprKind::Binary: {
    const auto &node = as<BinaryExpr>(expr);
    Object left = evaluate(*node.left, scope);
    // `a and b` does not look at b if a decides.
    if (auto truth = left.get<bool>(); truth && (node.op == Operator::And || node.op == Operator::Or))
      if (*truth == (node.op == Operator::Or))
        return left;
    return binary(node.op, left, evaluate(*node.right, scope),
                  node.opRange.file == expr.range.file ? expr.range : node.opRange);
  }
  case ExprKind::Conditional:
    return conditional(as<ConditionalExpr>(expr), scope);
  case ExprKind::Range: {
    const auto &node = as<RangeExpr>(expr);
    RangeObject range;
    range.low = dimension(evaluate(*node.low, scope), node.low->range, "the start of a range");
    if (node.high)
      range.high = dimension(evaluate(*node.high, scope), node.high->range, "the end of a range");
    return Object(range);
  }
  case ExprKind::Slice:
    fail(expr.range, "'a:b' can only stand in an index");
  case ExprKind::Call:
    return callExpression(as<CallExpr>(expr), scope);
  case ExprKind::Index:
    return index(evaluate(*as<IndexExpr>(expr).base, scope), as<IndexExpr>(expr), scope);
  case ExprKind::Member:
    return member(evaluate(*as<MemberExpr>(expr).base, scope), as<MemberExpr>(expr).member, expr.range);
  case ExprKind::List:
    return list(as<ListExpr>(expr).elements, expr.range, false, scope);
  case ExprKind::Tuple:
    return list(as<TupleExpr>(expr).elements, expr.range, true, scope);
  case ExprKind::Comprehension: {
    const auto &node = as<ComprehensionExpr>(expr);
    std::vector<Object> elements;
    for (const Object &item : sequence(*node.sequence, scope)) {
      Scope inner;
      inner.parent = &scope;
      inner.names[node.variable.text] = {item, node.variable.range};
      elements.push_back(evaluate(*node.element, inner));
    }
    return makeList(std::move(elements));
  }
  case ExprKind::Record:
    return record(as<RecordExpr>(expr), scope);
  case ExprKind::Scan:
    return scan(as<ScanExpr>(expr), scope);
  }
  return {};
}

} // namespace bmc::frontend
