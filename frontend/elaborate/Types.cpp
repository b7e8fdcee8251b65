// Declared types against values: `f32[N, ..S, in]`. A name that has no value yet gets it from the value that it meets.
#include "Evaluator.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace bmc::frontend {

mlir::Type Evaluator::elementTypeNamed(const std::string &name, const Scope &scope) const {
  for (const Scope *s = &scope; s; s = s->parent)
    if (auto it = s->names.find(name); it != s->names.end())
      if (auto type = it->second.object.get<mlir::Type>())
        return *type;
  mlir::OpBuilder types(&context);
  if (name == "f32")
    return types.getF32Type();
  if (name == "f64")
    return types.getF64Type();
  if (name == "i32")
    return types.getI32Type();
  if (name == "i64")
    return types.getI64Type();
  if (name == "bool")
    return types.getI1Type();
  return {};
}

/// `float`, `integer` and `number` stand for several element types.
static bool elementFits(const std::string &name, mlir::Type wanted, mlir::Type found) {
  if (name == "float")
    return llvm::isa<mlir::FloatType>(found);
  if (name == "integer")
    return found.isInteger(32) || found.isInteger(64);
  if (name == "number")
    return llvm::isa<mlir::FloatType>(found) || found.isInteger(32) || found.isInteger(64);
  return wanted == found;
}

bool isValueType(const std::string &name) {
  static const std::set<std::string> names = {"dim",   "int",     "float",    "number", "bool",   "string",
                                              "layer", "network", "schedule", "list",   "record", "fn"};
  return names.count(name) != 0;
}

bool isElementClass(const std::string &name) { return name == "float" || name == "integer" || name == "number"; }

static bool isTensorType(const TypeExpr &type, mlir::Type element) {
  if (type.kind == TypeKind::Tensor)
    return true;
  return type.kind == TypeKind::Plain && element && type.name != "bool";
}

Dim Evaluator::dimension(const Object &object, Range range, const std::string &what) {
  if (auto dim = object.get<Dim>())
    return *dim;
  if (auto number = numberAtCompileTime(object, range); number && *number == std::floor(*number))
    return Dim(static_cast<int64_t>(*number));
  fail(range, fmt::format("{} must be an integer or a dimension, found {}", what, describe(object)));
}

std::vector<Dim> Evaluator::shapeArgument(const Object &object, Range range) {
  std::vector<Dim> shape;
  auto list = object.get<ListObject>();
  if (!list)
    return {dimension(object, range, "a shape")};
  checkRank(list->elements->size(), range);
  for (const Object &element : *list->elements) {
    shape.push_back(dimension(element, range, "a dimension of a shape"));
    if (auto constant = shape.back().constant(); constant && *constant < 0)
      fail(range, fmt::format("a dimension cannot be negative, found {}", *constant));
  }
  return shape;
}

static const NamedObject *findName(const Scope &scope, const std::string &name) {
  for (const Scope *s = &scope; s; s = s->parent)
    if (auto it = s->names.find(name); it != s->names.end())
      return &it->second;
  return nullptr;
}

/// The name of a dimension that has no value yet.
static const std::string *unboundName(const Expr &expr, const Scope &scope) {
  if (expr.kind != ExprKind::Name)
    return nullptr;
  const std::string &name = as<NameExpr>(expr).name;
  return findName(scope, name) ? nullptr : &name;
}

Dim Evaluator::newDimension(const std::string &name) {
  if (trial && trial->nextSize) {
    int64_t size = trial->nextSize;
    trial->nextSize = trial->shrinks ? std::max<int64_t>(size / 2, 1) : std::min(size * 2, int64_t(1) << 40);
    return Dim(size);
  }
  auto value = bindings.find(name);
  symbols[name] = value != bindings.end();
  return value != bindings.end() ? Dim(value->second) : Dim::symbol(name);
}

mlir::RankedTensorType Evaluator::tensorType(const TypeExpr &type, Scope &scope, bool newSymbols) {
  mlir::Type element = elementTypeNamed(type.name, scope);
  if (!element && type.name == "float")
    element = floatType;
  if (!element || !isTensorType(type, element))
    fail(type.range,
         fmt::format("expected the type of a tensor, such as f32[3, 4], found '{}'", sources.text(type.range)));
  std::vector<Dim> shape;
  for (const ExprPtr &dim : type.dims) {
    if (dim->kind == ExprKind::Pack) {
      auto known = findName(scope, as<PackExpr>(*dim).name);
      if (!known)
        fail(dim->range, "the dimensions of a pack are not known here");
      for (const Dim &each : shapeArgument(known->object, dim->range))
        shape.push_back(each);
      continue;
    }
    auto name = unboundName(*dim, scope);
    if (name && newSymbols && !modules.find(*module, *name).decl) {
      scope.names[*name] = {Object(newDimension(*name)), dim->range};
    }
    shape.push_back(dimension(evaluate(*dim, scope), dim->range, "a dimension"));
    if (auto constant = shape.back().constant(); constant && *constant < 1)
      fail(dim->range, fmt::format("a dimension must be at least 1, found {}", *constant));
  }
  auto result = bm::tensorType(shape, element);
  checkType(result, type.range);
  return result;
}

/// What does not fit, in words; binds names as it goes.
std::optional<std::string> Evaluator::mismatch(mlir::RankedTensorType found, const TypeExpr &type, Scope &scope) {
  if (!elementFits(type.name, elementTypeNamed(type.name, scope), found.getElementType()))
    return "the element types differ";
  // In the body `float` is then the type of the first tensor that was declared so: `cast(x, float)`.
  if (isElementClass(type.name))
    scope.names.try_emplace(type.name, NamedObject{Object(found.getElementType()), type.range});
  bm::Shape foundShape = bm::shapeOf(found);
  std::vector<Dim> shape(foundShape.begin(), foundShape.end());
  auto isPack = [](const ExprPtr &dim) { return dim->kind == ExprKind::Pack; };
  size_t packs = std::count_if(type.dims.begin(), type.dims.end(), isPack);
  if (packs > 1)
    fail(type.range, "a type has at most one '..'");
  // A pack whose dimensions are known has a known length.
  size_t fixed = type.dims.size() - packs;
  if (packs ? shape.size() < fixed : shape.size() != fixed)
    return fmt::format("the ranks differ: {}{} and {}", packs ? "at least " : "", fixed, shape.size());
  size_t packLength = shape.size() - fixed;
  size_t at = 0;
  for (const ExprPtr &dim : type.dims) {
    if (isPack(dim)) {
      std::vector<Object> dims;
      for (size_t i = 0; i < packLength; ++i)
        dims.push_back(Object(shape[at + i]));
      const std::string &name = as<PackExpr>(*dim).name;
      const NamedObject *known = name.empty() ? nullptr : findName(scope, name);
      if (known) {
        auto expected = shapeArgument(known->object, dim->range);
        if (expected != std::vector<Dim>(shape.begin() + at, shape.begin() + at + packLength))
          return fmt::format("the dimensions '..{}' differ", name);
      } else if (!name.empty()) {
        scope.names[name] = {Object(ListObject{std::make_shared<std::vector<Object>>(dims), false}), dim->range};
      }
      at += packLength;
      continue;
    }
    if (auto name = unboundName(*dim, scope); name && !modules.find(*module, *name).decl) {
      scope.names[*name] = {Object(shape[at]), dim->range};
    } else {
      Dim expected = dimension(evaluate(*dim, scope), dim->range, "a dimension");
      if (expected != shape[at])
        return fmt::format("dimension {} is {} instead of {}", at, shape[at].text(), expected.text());
    }
    ++at;
  }
  return std::nullopt;
}

bool Evaluator::fits(mlir::RankedTensorType found, const TypeExpr &type, Scope &scope) {
  if (type.kind != TypeKind::Tensor && !elementTypeNamed(type.name, scope))
    return false;
  Scope trial = scope;
  if (mismatch(found, type, trial))
    return false;
  scope = std::move(trial);
  return true;
}

/// The declared type with the values of its names: `f32[.., in = 3]`.
static std::string withValues(const TypeExpr &type, const Scope &scope) {
  std::string text = type.name + "[";
  for (const ExprPtr &dim : type.dims) {
    text += &dim == &type.dims.front() ? "" : ", ";
    const NamedObject *known = dim->kind == ExprKind::Name   ? findName(scope, as<NameExpr>(*dim).name)
                               : dim->kind == ExprKind::Pack ? findName(scope, as<PackExpr>(*dim).name)
                                                             : nullptr;
    if (known && known->object.is<Dim>())
      text += known->object.get<Dim>()->text();
    else if (known && known->object.is<ListObject>())
      for (const Object &element : *known->object.get<ListObject>()->elements)
        text += (&element == &known->object.get<ListObject>()->elements->front() ? "" : ", ") +
                (element.is<Dim>() ? element.get<Dim>()->text() : "?");
    else if (dim->kind == ExprKind::Number)
      text += std::to_string(as<NumberExpr>(*dim).integer);
    else if (dim->kind == ExprKind::Pack)
      text += ".." + as<PackExpr>(*dim).name;
    else
      text += dim->kind == ExprKind::Name ? as<NameExpr>(*dim).name : "..";
  }
  return text + "]";
}

void Evaluator::unifyDims(mlir::RankedTensorType found, const TypeExpr &type, Range range, const std::string &what,
                          Scope &scope) {
  Scope before = scope;
  auto why = mismatch(found, type, scope);
  if (!why)
    return;
  std::string expected = type.dims.empty() ? type.name : withValues(type, before);
  Diagnostic &diagnostic =
      report(range, fmt::format("{} has the shape {}, found {}: {}", what, expected, bm::describe(found), *why));
  diagnostic.note(type.range, "the shape is declared here");
  for (const ExprPtr &dim : type.dims)
    if (dim->kind == ExprKind::Name)
      if (const NamedObject *known = findName(before, as<NameExpr>(*dim).name); known && known->origin)
        diagnostic.note(*known->origin,
                        fmt::format("'{}' is {} here", as<NameExpr>(*dim).name,
                                    known->object.is<Dim>() ? known->object.get<Dim>()->text() : "set"));
  throw Stop();
}

Object Evaluator::unify(const Object &object, Range range, const TypeExpr &type, const std::string &what,
                        Scope &scope) {
  auto wrong = [&](std::string_view expected) {
    report(range, fmt::format("{} must be {}, found {}", what, expected, describe(object)))
        .note(type.range, "it is declared here");
    throw Stop();
  };
  if (type.kind == TypeKind::Union) {
    if (object.is<Tensor>() || object.is<VariableRef>()) {
      mlir::Value value = tensor(object, range);
      for (const TypeExpr &alternative : type.elements)
        if (fits(llvm::cast<mlir::RankedTensorType>(value.getType()), alternative, scope))
          return Object(value);
    }
    wrong(fmt::format("one of {}", sources.text(type.range)));
  }
  if (type.kind == TypeKind::Tuple) {
    auto list = object.get<ListObject>();
    if (!list || list->elements->size() != type.elements.size())
      wrong(fmt::format("a tuple of {} elements", type.elements.size()));
    std::vector<Object> elements;
    for (size_t i = 0; i < type.elements.size(); ++i)
      elements.push_back(
          unify((*list->elements)[i], range, type.elements[i], fmt::format("element {} of {}", i, what), scope));
    return Object(ListObject{std::make_shared<std::vector<Object>>(elements), true});
  }
  if (type.kind == TypeKind::List) {
    if (!object.is<ListObject>())
      wrong("a list");
    return object;
  }
  if (type.kind == TypeKind::Apply)
    fail(type.range, fmt::format("the type '{}' is not supported yet", sources.text(type.range)));
  mlir::Type element = elementTypeNamed(type.name, scope);
  bool isClass = isElementClass(type.name);
  if (type.kind == TypeKind::Tensor || (isTensorType(type, element) && !isClass)) {
    if (!element && !isClass)
      unknownType(type);
    if (object.is<Absent>())
      wrong("a tensor");
    bool isNumber = object.is<Dim>() || object.is<double>();
    // A number is a tensor of any shape whose dimensions are known.
    if (isNumber) {
      mlir::Type numberType = element ? element : floatType;
      mlir::Value value = tensor(object, numberType, range);
      auto isUnknownPack = [&](const ExprPtr &dim) {
        return dim->kind == ExprKind::Pack && !findName(scope, as<PackExpr>(*dim).name);
      };
      if (std::all_of(type.dims.begin(), type.dims.end(), isUnknownPack))
        return Object(value);
      return Object(broadcast(value, bm::shapeOf(tensorType(type, scope, false)), range));
    }
    bool isList = object.is<ListObject>();
    if (!isList && !object.is<Tensor>() && !object.is<VariableRef>())
      wrong("a tensor");
    mlir::Value value = isList ? listTensor(object, element ? element : floatType, range, what) : tensor(object, range);
    unifyDims(llvm::cast<mlir::RankedTensorType>(value.getType()), type, range, what, scope);
    return Object(value);
  }
  const std::string &name = type.name;
  if (name == "dim" || name == "int") {
    if (!object.is<Dim>())
      wrong("an integer");
    auto constant = object.get<Dim>()->constant();
    if (name == "dim" && constant && *constant < 1)
      wrong("a dimension of at least 1");
    return object;
  }
  if (name == "float" || name == "number") {
    if (!object.is<Dim>() && !object.is<double>() && !object.is<Tensor>())
      wrong("a number");
    return object;
  }
  if (name == "bool") {
    if (!object.is<bool>())
      wrong("true or false");
    return object;
  }
  if (name == "string") {
    if (!object.is<std::string>())
      wrong("a string");
    return object;
  }
  if (name == "layer" || name == "network" || name == "schedule") {
    auto instance = object.get<std::shared_ptr<Instance>>();
    if (!instance || ((*instance)->decl->kind == DeclarationKind::Schedule) != (name == "schedule"))
      wrong(name == "schedule" ? "a schedule" : "a layer");
    return object;
  }
  if (name == "record") {
    if (!object.is<RecordObject>())
      wrong("a record");
    return object;
  }
  if (name == "list" || name == "fn")
    return object;
  unknownType(type);
}

void Evaluator::unknownType(const TypeExpr &type) {
  if (type.kind == TypeKind::Tensor)
    fail(type.range, fmt::format("unknown element type '{}'; f32, f64, i32, i64, bool, float, integer and number exist",
                                 type.name));
  fail(type.range, fmt::format("unknown type '{}'", type.name));
}

} // namespace bmc::frontend
