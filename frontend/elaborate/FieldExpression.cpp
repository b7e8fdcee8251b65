// Reads how a field is made of columns: `[normalise(impute(age, median)), one_hot(sex, 2), fare / 100]`. A name is a
// column here, so this is a reader of its own beside the evaluator, which computes the numbers in it.
#include "StepForms.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace bmc::frontend {
namespace {

constexpr int64_t mostColumns = 1'000'000, mostCategories = 1'000'000;

class FieldReader {
public:
  FieldReader(Evaluator &evaluator, const SourceNames &names) : e(evaluator), names(names) {}

  Feature feature(const Expr &expr);

private:
  Feature named(const Expr &expr, const std::string &name);
  Feature call(const CallExpr &expr);
  Feature columns(const CallExpr &expr);
  Feature impute(const CallExpr &expr);
  Feature category(const CallExpr &expr, const std::string &symbol);
  Feature sequence(const CallExpr &expr, const std::string &name);
  Feature scaled(const BinaryExpr &expr);
  void addColumn(Feature &feature, const Object &object, Range range);
  void addStep(Feature &feature, PreparationStep step, Range range);
  Object evaluate(const Expr &expr) {
    Scope scope;
    return e.evaluate(expr, scope);
  }
  double number(const Expr &expr, const std::string &what);
  const Argument &argument(const CallExpr &call, size_t index, std::string_view what);

  Evaluator &e;
  const SourceNames &names;
};

bool isNumeric(const Expr &expr) {
  if (expr.kind == ExprKind::Unary)
    return isNumeric(*as<UnaryExpr>(expr).operand);
  if (expr.kind == ExprKind::Binary)
    return isNumeric(*as<BinaryExpr>(expr).left) && isNumeric(*as<BinaryExpr>(expr).right);
  return expr.kind == ExprKind::Number;
}

Feature FieldReader::feature(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Name:
    return named(expr, as<NameExpr>(expr).name);
  case ExprKind::String:
    return named(expr, as<StringExpr>(expr).value);
  case ExprKind::Call:
    return call(as<CallExpr>(expr));
  case ExprKind::Binary:
    return scaled(as<BinaryExpr>(expr));
  case ExprKind::Unary:
    if (as<UnaryExpr>(expr).op == Operator::Negate && !isNumeric(expr)) {
      Feature feature = this->feature(*as<UnaryExpr>(expr).operand);
      addStep(feature, {scaleStep, {-1, 0}}, expr.range);
      return feature;
    }
    [[fallthrough]];
  default:
    e.fail(expr.range,
           "expected a column: its name, column(3), columns(0..3), others, or a preparation of these such as "
           "normalise(age)");
  }
}

Feature FieldReader::named(const Expr &expr, const std::string &name) {
  Feature feature;
  feature.range = expr.range;
  const auto &arrays = names.arrays;
  if (names.areArrays && !arrays.empty() && std::find(arrays.begin(), arrays.end(), name) == arrays.end()) {
    auto meant = closest(name, arrays);
    e.fail(expr.range,
           fmt::format("the data has no array '{}'{}", name, meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
  }
  if (names.areArrays) {
    feature.selection = Selection::Array;
    feature.names = {name};
    feature.columnCount = names.areSingle ? 1 : 0;
  } else if (expr.kind == ExprKind::Name && name == "others") {
    feature.selection = Selection::Others;
  } else {
    feature.selection = Selection::Names;
    feature.names = {name};
    feature.columnCount = 1;
  }
  return feature;
}

const Argument &FieldReader::argument(const CallExpr &call, size_t index, std::string_view what) {
  if (index >= call.arguments.size())
    e.fail(call.range, fmt::format("'{}' needs {}", as<NameExpr>(*call.callee).name, what));
  return call.arguments[index];
}

double FieldReader::number(const Expr &expr, const std::string &what) {
  Object object = evaluate(expr);
  double value = NAN;
  if (auto real = object.get<double>())
    value = *real;
  else if (auto dim = object.get<Dim>(); dim && dim->constant())
    value = static_cast<double>(*dim->constant());
  if (!std::isfinite(value))
    e.fail(expr.range, fmt::format("{} must be a finite number, found {}", what, e.describe(object)));
  return value;
}

Feature FieldReader::call(const CallExpr &expr) {
  if (expr.callee->kind != ExprKind::Name)
    e.fail(expr.callee->range, "expected the name of a preparation");
  const std::string &name = as<NameExpr>(*expr.callee).name;
  if (name == "column" || name == "columns")
    return columns(expr);
  if (name == "impute")
    return impute(expr);
  if (name == "one_hot" || name == "category")
    return category(expr, "bmc_encoding_" + name);
  if (name == "bytes" || name == "characters")
    return sequence(expr, name);
  const StepForm *form = findStep(name);
  if (!form) {
    std::vector<std::string> names = {"column", "columns", "impute", "one_hot", "category", "bytes", "characters"};
    for (const StepForm &known : stepForms())
      names.emplace_back(known.name);
    auto meant = closest(name, names);
    e.fail(expr.callee->range, fmt::format("there is no preparation '{}'{}", name,
                                           meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
  }
  Feature feature = this->feature(*argument(expr, 0, "a column").value);
  PreparationStep step{std::string(form->symbol)};
  for (size_t i = 0; i < form->parameters.size(); ++i)
    step.arguments[i] = number(*argument(expr, i + 1, fmt::format("'{}'", form->parameters[i])).value,
                               fmt::format("'{}' of {}", form->parameters[i], name));
  if (expr.arguments.size() > form->parameters.size() + 1)
    e.fail(expr.arguments[form->parameters.size() + 1].value->range,
           fmt::format("'{}' takes {} argument{}", name, form->parameters.size() + 1,
                       form->parameters.empty() ? "" : "s"));
  if (name == "clip" && step.arguments[0] > step.arguments[1])
    e.fail(expr.range, "the low end of 'clip' is above the high one");
  addStep(feature, std::move(step), expr.range);
  return feature;
}

void FieldReader::addStep(Feature &feature, PreparationStep step, Range range) {
  if (!feature.encoding.symbol.empty())
    e.fail(range, "a category is no number: 'one_hot' or 'category' must be the last preparation of its column");
  feature.steps.push_back(std::move(step));
  feature.range = range;
}

void FieldReader::addColumn(Feature &feature, const Object &object, Range range) {
  if (auto name = object.get<std::string>()) {
    feature.selection = Selection::Names;
    feature.names.push_back(*name);
  } else {
    int64_t column = e.integer(object, range, "a column");
    if (column < 0 || column > mostColumns)
      e.fail(range, fmt::format("a column must be from 0 to {}, found {}", mostColumns, column));
    feature.numbers.push_back(column);
  }
  if (!feature.names.empty() && !feature.numbers.empty())
    e.fail(range, "columns are given by their names or by their numbers, not by both");
  ++feature.columnCount;
}

/// `column(3)`, `columns(0..3)`, `columns(0, 2)`, `columns([0, 2])`, `columns("age", "fare")`.
Feature FieldReader::columns(const CallExpr &expr) {
  if (names.areArrays)
    e.fail(expr.range, "an array has no columns: name it whole");
  Feature feature;
  feature.range = expr.range;
  argument(expr, 0, "a number or a name");
  for (const Argument &argument : expr.arguments) {
    Range range = argument.value->range;
    Object object = evaluate(*argument.value);
    if (auto interval = object.get<RangeObject>()) {
      int64_t low = e.integer(Object(interval->low), range, "a column");
      int64_t high = interval->high ? e.integer(Object(*interval->high), range, "a column") : -1;
      if (high <= low)
        e.fail(range, "the range of columns is empty or has no end");
      if (low < 0 || high > mostColumns)
        e.fail(range, fmt::format("a column must be from 0 to {}, found {}", mostColumns, low < 0 ? low : high));
      for (int64_t i = low; i < high; ++i)
        addColumn(feature, Object(Dim(i)), range);
    } else if (auto list = object.get<ListObject>()) {
      for (const Object &element : *list->elements)
        addColumn(feature, element, range);
    } else {
      addColumn(feature, object, range);
    }
  }
  if (as<NameExpr>(*expr.callee).name == "column" && feature.columnCount != 1)
    e.fail(expr.range, "'column' takes one column; 'columns' takes several");
  if (feature.columnCount == 0)
    e.fail(expr.range, "there is no column in the list");
  return feature;
}

/// `impute(age, median)`: also `mean`, `most_frequent`, a number, or a text for a column of categories.
Feature FieldReader::impute(const CallExpr &expr) {
  Feature feature = this->feature(*argument(expr, 0, "a column").value);
  const Expr &what = *argument(expr, 1, "what stands for a missing cell: mean, median, most_frequent or a value").value;
  if (expr.arguments.size() > 2)
    e.fail(expr.arguments[2].value->range, "'impute' takes 2 arguments");
  if (!feature.encoding.symbol.empty())
    e.fail(expr.range, "impute first and then encode: one_hot(impute(sex, most_frequent), 2)");
  const std::string word = what.kind == ExprKind::Name ? as<NameExpr>(what).name : "";
  if (what.kind == ExprKind::String) {
    feature.encoding.missing = Missing::Text;
    feature.encoding.missingText = as<StringExpr>(what).value;
  } else if (word == "mean" || word == "median" || word == "most_frequent") {
    addStep(feature, {"bmc_step_impute_" + word}, expr.range);
  } else if (word.empty()) {
    addStep(feature, {"bmc_step_impute_value", {number(what, "the value of 'impute'"), 0}}, expr.range);
  } else {
    e.fail(what.range, fmt::format("expected mean, median, most_frequent or a value, found '{}'", word));
  }
  return feature;
}

/// `one_hot(sex, 2)`, `category(species, ["setosa", "versicolor"])`, `category(cabin, 148, unknown = true)`. A step
/// before it can only be an imputation, which then is one of categories.
Feature FieldReader::category(const CallExpr &expr, const std::string &symbol) {
  Feature feature = this->feature(*argument(expr, 0, "a column").value);
  Encoding &encoding = feature.encoding;
  if (!encoding.symbol.empty())
    e.fail(expr.range, "the column is a category already");
  if (!feature.steps.empty() && feature.steps[0].symbol == "bmc_step_impute_most_frequent" &&
      feature.steps.size() == 1) {
    encoding.missing = Missing::MostFrequent;
    feature.steps.clear();
  }
  if (!feature.steps.empty())
    e.fail(feature.range, "only 'impute' with a text or most_frequent can stand before a category");
  encoding.symbol = symbol;
  feature.range = expr.range;
  bool hasCount = false;
  for (size_t i = 1; i < expr.arguments.size(); ++i) {
    const Argument &argument = expr.arguments[i];
    if (argument.name.text == "unknown") {
      encoding.hasUnknown = e.condition(evaluate(*argument.value), argument.value->range);
      continue;
    }
    bool isCount = argument.name.text.empty() || argument.name.text == "classes";
    if (!isCount || hasCount)
      e.fail(argument.value->range, fmt::format("'{}' takes a column, the number or the list of its categories, and "
                                                "'unknown'",
                                                as<NameExpr>(*expr.callee).name));
    hasCount = true;
    Object object = evaluate(*argument.value);
    if (auto list = object.get<ListObject>()) {
      for (const Object &element : *list->elements)
        if (auto name = element.get<std::string>())
          encoding.names.push_back(*name);
        else
          encoding.names.push_back(
              fmt::format("{}", e.integer(element, argument.value->range, "a category that is no text")));
      encoding.count = static_cast<int64_t>(encoding.names.size());
    } else {
      encoding.count = e.integer(object, argument.value->range, "the number of classes");
    }
    if (encoding.count < 1 || encoding.count > mostCategories)
      e.fail(argument.value->range,
             fmt::format("the number of classes must be from 1 to {}, found {}", mostCategories, encoding.count));
  }
  if (encoding.hasUnknown && !encoding.names.empty())
    ++encoding.count;
  if (!hasCount && (feature.isOneHot() || encoding.hasUnknown))
    e.fail(expr.range, "expected the number or the list of the categories: one_hot(sex, 2)");
  return feature;
}

/// A text as a sequence of one length: `bytes(line, 64)`, `bytes(line, 64, pad = 32)`, `characters(line, 64, 100)`.
Feature FieldReader::sequence(const CallExpr &expr, const std::string &name) {
  Feature feature = this->feature(*argument(expr, 0, "a column").value);
  if (!feature.steps.empty() || !feature.encoding.symbol.empty() || feature.encoding.missing != Missing::Error)
    e.fail(feature.range, fmt::format("'{}' takes a column as it is", name));
  bool isBytes = name == "bytes";
  Encoding &encoding = feature.encoding;
  encoding.symbol = "bmc_encoding_" + name;
  feature.range = expr.range;
  auto whole = [&](size_t index, const std::string &what, int64_t least, int64_t most) {
    const Expr &value = *argument(expr, index, what).value;
    int64_t number = e.integer(evaluate(value), value.range, what);
    if (number < least || number > most)
      e.fail(value.range, fmt::format("{} must be from {} to {}, found {}", what, least, most, number));
    return number;
  };
  encoding.length = whole(1, "the length of the sequence", 1, mostColumns);
  if (!isBytes) // of the numbers one fills up, and the last one stands for all other characters
    encoding.count = whole(2, "the number of different numbers", 3, mostCategories) - 1;
  encoding.hasUnknown = !isBytes;
  size_t rest = isBytes ? 2 : 3;
  bool hasPad = isBytes && expr.arguments.size() == 3 && expr.arguments[2].name.text == "pad";
  if (hasPad)
    encoding.padding = whole(2, "'pad'", std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
  if (expr.arguments.size() > rest + hasPad)
    e.fail(expr.arguments[rest].value->range, isBytes
                                                  ? "'bytes' takes a column, a length and 'pad'"
                                                  : "'characters' takes a column, a length and a number of numbers");
  return feature;
}

/// A column and a number: `pixels / 255`, `temperature - 273.15`, `2 * x`.
Feature FieldReader::scaled(const BinaryExpr &expr) {
  bool numberIsLeft = isNumeric(*expr.left);
  const Expr &column = numberIsLeft ? *expr.right : *expr.left, &other = numberIsLeft ? *expr.left : *expr.right;
  if (!isNumeric(other))
    e.fail(other.range, "columns are computed with numbers only: age / 100");
  double value = number(other, "the number");
  PreparationStep step{scaleStep};
  if (expr.op == Operator::Add)
    step.arguments = {1, value};
  else if (expr.op == Operator::Sub)
    step.arguments = numberIsLeft ? std::array{-1.0, value} : std::array{1.0, -value};
  else if (expr.op == Operator::Mul)
    step.arguments = {value, 0};
  else if (expr.op == Operator::Div && !numberIsLeft && value != 0)
    step.arguments = {1 / value, 0};
  else
    e.fail(expr.opRange, "a column takes + - * with a number, and / with one that is not 0");
  Feature feature = this->feature(column);
  addStep(feature, step, expr.range);
  return feature;
}

} // namespace

Field readField(Evaluator &evaluator, const Name &name, const Expr &expr, const SourceNames &names) {
  FieldReader reader(evaluator, names);
  Field field{name, {}};
  bool hasOpen = false;
  auto add = [&](const Expr &part) {
    field.features.push_back(reader.feature(part));
    if (hasOpen && field.features.back().isOpen())
      evaluator.fail(part.range,
                     fmt::format("only one part of the field '{}' can have an open number of columns", name.text));
    hasOpen |= field.features.back().isOpen();
  };
  if (expr.kind == ExprKind::List)
    for (const ExprPtr &element : as<ListExpr>(expr).elements)
      add(*element);
  else
    add(expr);
  if (field.features.empty())
    evaluator.fail(expr.range, fmt::format("the field '{}' has no column", name.text));
  return field;
}

Feature readColumn(Evaluator &evaluator, const Expr &expr, const SourceNames &names) {
  Feature feature = FieldReader(evaluator, names).feature(expr);
  if (feature.selection == Selection::Array)
    feature.columnCount = 1;
  if (feature.isOpen() || !feature.steps.empty() || !feature.encoding.symbol.empty())
    evaluator.fail(expr.range, "expected the name of a column");
  return feature;
}

} // namespace bmc::frontend
