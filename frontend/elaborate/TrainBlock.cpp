// Reads the entries of a train block.
#include "Groups.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bmc::frontend {
namespace {

class Reader {
public:
  Reader(Evaluator &evaluator, TrainBlock &block, const Instance *network)
      : e(evaluator), block(block), groups(evaluator, block, network) {}

  void data(const Entry &entry) { block.datasets.push_back(readDataSet(e, entry)); }
  void loss(const Entry &entry);
  void metrics(const Entry &entry);
  void optimizer(const Entry &entry) { groups.optimizer(entry); }
  void gradients(const Entry &entry) { groups.gradients(entry); }
  void freeze(const Entry &entry) { groups.freeze(entry); }
  void settleGroups() { groups.settle(); }
  void epochs(const Entry &entry) { block.epochs = count(entry, 1); }
  void batch(const Entry &entry);
  void accumulate(const Entry &entry) { block.accumulate = count(entry, 1); }
  void shuffle(const Entry &entry) { block.shuffle = e.condition(value(entry), entry.value->range); }
  void seed(const Entry &entry) { block.seed = count(entry, 0); }
  void monitor(const Entry &entry);
  void patience(const Entry &entry) { block.monitor.patience = count(entry, 0); }
  void minDelta(const Entry &entry);
  void keep(const Entry &entry);

private:
  Object value(const Entry &entry) {
    Scope scope;
    return e.evaluate(*entry.value, scope);
  }
  int64_t count(const Entry &entry, int64_t least);
  Applied applied(const Expr &expr);
  Score score(const std::string &name, const Expr &expr);
  void lossPart(const std::string &name, const Expr &expr);
  void metric(const std::string &name, const Expr &expr);
  void checkName(const std::string &name, Range range);
  Object classWeights(const CallExpr &call);

  Evaluator &e;
  TrainBlock &block;
  GroupReader groups;
};

int64_t Reader::count(const Entry &entry, int64_t least) {
  int64_t number = e.integer(value(entry), entry.value->range, fmt::format("'{}'", entry.name.text));
  if (number < least)
    e.fail(entry.value->range, fmt::format("'{}' must be at least {}, found {}", entry.name.text, least, number));
  return number;
}

/// `minimize("valid loss")`, `maximize("valid accuracy")`.
void Reader::monitor(const Entry &entry) {
  const auto *call = entry.value->kind == ExprKind::Call ? &as<CallExpr>(*entry.value) : nullptr;
  bool isNamed = call && call->callee->kind == ExprKind::Name;
  std::string goal = isNamed ? as<NameExpr>(*call->callee).name : "";
  if ((goal != "minimize" && goal != "maximize") || call->arguments.size() != 1 ||
      call->arguments[0].value->kind != ExprKind::String)
    e.fail(entry.value->range, "expected minimize(\"valid loss\"), maximize(\"valid accuracy\") or the like");
  block.monitor.name = as<StringExpr>(*call->arguments[0].value).value;
  block.monitor.range = call->arguments[0].value->range;
  block.monitor.maximize = goal == "maximize";
}

void Reader::minDelta(const Entry &entry) {
  Object object = value(entry);
  if (auto dim = object.get<Dim>(); dim && dim->constant())
    object = Object(static_cast<double>(*dim->constant()));
  auto number = object.get<double>();
  if (!number || !(*number >= 0) || std::isinf(*number))
    e.fail(entry.value->range, fmt::format("'min_delta' must be a number of at least 0, found {}", e.describe(object)));
  block.monitor.minDelta = *number;
}

void Reader::keep(const Entry &entry) {
  Object object = value(entry);
  auto text = object.get<std::string>();
  if (!text || (*text != "best" && *text != "last"))
    e.fail(entry.value->range, "expected \"best\" or \"last\": the epoch whose weights are saved");
  block.monitor.keep = *text;
}

void Reader::batch(const Entry &entry) {
  Object object = value(entry);
  auto text = object.get<std::string>();
  block.batch = text && *text == "all" ? 0 : count(entry, 1);
}

static const CallExpr *classWeightsCall(const Expr &expr) {
  bool isCall = expr.kind == ExprKind::Call && as<CallExpr>(expr).callee->kind == ExprKind::Name;
  return isCall && as<NameExpr>(*as<CallExpr>(expr).callee).name == "class_weights" ? &as<CallExpr>(expr) : nullptr;
}

/// `class_weights(y)`; its shape follows from the field, which is read later.
Object Reader::classWeights(const CallExpr &call) {
  if (call.arguments.size() != 1 || call.arguments[0].value->kind != ExprKind::Name)
    e.fail(call.range, "expected a field of the data: class_weights(y)");
  static const NumberExpr one = [] {
    NumberExpr number{Range()};
    number.isInteger = true;
    number.integer = 1;
    return number;
  }();
  static const Scope empty;
  Name field{as<NameExpr>(*call.arguments[0].value).name, call.arguments[0].value->range};
  for (const ClassWeights &known : block.classWeights)
    if (known.field.text == field.text)
      return Object(VariableRef{known.variable});
  Variable variable;
  variable.name = "class_weights." + field.text;
  variable.role = "buffer";
  variable.type = mlir::RankedTensorType::get({1}, e.floatType);
  variable.initialiser = &one;
  variable.scope = &empty;
  variable.module = e.module;
  variable.range = call.range;
  auto index = static_cast<unsigned>(e.variables.size());
  e.variables.push_back(std::move(variable));
  block.classWeights.push_back({field, index});
  return Object(VariableRef{index});
}

/// A function by its name, or with some of its arguments: `cross_entropy`, `smooth(amount = 0.1)`.
Applied Reader::applied(const Expr &expr) {
  Scope scope;
  bool isCall = expr.kind == ExprKind::Call;
  Object callee = e.evaluate(isCall ? *as<CallExpr>(expr).callee : expr, scope);
  auto declared = callee.get<DeclaredObject>();
  bool isFunction = declared && (!declared->decl->hasMembers || declared->decl->kind == DeclarationKind::Metric);
  if (!isFunction)
    e.fail(expr.range, fmt::format("expected a loss, a metric or a function, found {}", e.describe(callee)));
  Applied result{*declared, {}, expr.range};
  if (isCall)
    for (const Argument &argument : as<CallExpr>(expr).arguments) {
      if (argument.name.text.empty())
        e.fail(argument.value->range, "arguments of a loss or metric are given by name here");
      const CallExpr *weights = classWeightsCall(*argument.value);
      Object value = weights ? classWeights(*weights) : e.evaluate(*argument.value, scope);
      result.arguments.push_back({argument.name.text, std::move(value), argument.value->range});
    }
  return result;
}

/// A function by its name or with arguments by name; anything else is an expression.
Score Reader::score(const std::string &name, const Expr &expr) {
  Score result{name, std::nullopt, nullptr, expr.range};
  auto isGiven = [](const Argument &argument) { return argument.name.text.empty(); };
  bool isApplied = expr.kind == ExprKind::Name || expr.kind == ExprKind::Number || expr.kind == ExprKind::String ||
                   expr.kind == ExprKind::Bool;
  if (expr.kind == ExprKind::Call)
    isApplied = llvm::none_of(as<CallExpr>(expr).arguments, isGiven);
  if (isApplied)
    result.applied = applied(expr);
  else
    result.expr = &expr;
  return result;
}

void Reader::checkName(const std::string &name, Range range) {
  auto check = [&](const Score &other, const char *what) {
    if (other.name == name)
      e.report(range, fmt::format("two {} are called '{}'; names can be given: metrics = {{first = {}, ...}}", what,
                                  name, name))
          .note(other.range, "the first one is here"),
          throw Stop();
  };
  for (const Score &part : block.losses)
    check(part, "metrics or parts of the loss");
  for (const Metric &metric : block.metrics)
    check(metric, "metrics");
}

void Reader::lossPart(const std::string &name, const Expr &expr) {
  Score part = score(name, expr);
  if (part.applied && part.applied->function.decl->hasMembers)
    e.fail(expr.range, "a metric that accumulates over batches cannot be a loss");
  block.losses.push_back(std::move(part));
}

void Reader::loss(const Entry &entry) {
  if (entry.value->kind != ExprKind::Record)
    return lossPart("loss", *entry.value);
  for (const Argument &part : as<RecordExpr>(*entry.value).fields) {
    checkName(part.name.text, part.name.range);
    lossPart(part.name.text, *part.value);
  }
}

void Reader::metric(const std::string &name, const Expr &expr) {
  Metric metric;
  static_cast<Score &>(metric) = score(name, expr);
  const Declaration *decl = metric.applied ? metric.applied->function.decl : nullptr;
  if (!decl && expr.kind == ExprKind::Call) {
    Scope scope;
    const auto &call = as<CallExpr>(expr);
    Object callee = call.callee->kind == ExprKind::Name ? e.evaluate(*call.callee, scope) : Object();
    auto declared = callee.get<DeclaredObject>();
    decl = declared ? declared->decl : nullptr;
    if (decl && decl->hasMembers && decl->kind == DeclarationKind::Metric) {
      metric.applied = Applied{*declared, {}, expr.range};
      for (const Argument &argument : call.arguments)
        if (argument.name.text.empty())
          metric.given.push_back(argument.value.get());
        else
          metric.applied->arguments.push_back(
              {argument.name.text, e.evaluate(*argument.value, scope), argument.value->range});
    }
  }
  if (name.empty() && !decl)
    e.fail(expr.range, "this metric needs a name: metrics = {name = ...}");
  metric.name = name.empty() ? decl->name.text : name;
  checkName(metric.name, expr.range);
  if (metric.applied && decl->hasMembers)
    metric.instance = e.instantiate(metric.applied->function, {expr.range, expr.range, metric.applied->arguments});
  block.metrics.push_back(std::move(metric));
}

void Reader::metrics(const Entry &entry) {
  if (entry.value->kind == ExprKind::List)
    for (const ExprPtr &element : as<ListExpr>(*entry.value).elements)
      metric("", *element);
  else if (entry.value->kind == ExprKind::Record)
    for (const Argument &field : as<RecordExpr>(*entry.value).fields)
      metric(field.name.text, *field.value);
  else
    metric("", *entry.value);
}

void checkComplete(Evaluator &e, const TrainBlock &block) {
  Range range = block.decl->name.range;
  auto hasData = [&](std::string_view name) {
    return std::any_of(block.datasets.begin(), block.datasets.end(), [&](auto &d) { return d.name == name; });
  };
  for (auto [missing, name] :
       {std::pair{!hasData("train"), "data"}, {block.losses.empty(), "loss"}, {block.groups.empty(), "optimizer"}})
    if (missing)
      e.report(range, fmt::format("the train block needs '{}'", name));
}

/// A split of the training data gives the sets that the train block does not name itself.
void addParts(TrainBlock &block) {
  if (!block.datasets.front().split)
    return;
  auto named = [&](std::string_view name) {
    return std::any_of(block.datasets.begin(), block.datasets.end(), [&](auto &set) { return set.name == name; });
  };
  // Of two parts the second is for testing, unless another file is.
  auto &parts = block.datasets.front().split->parts;
  if (parts[1] == 0 && named("test") && !named("valid"))
    std::swap(parts[1], parts[2]);
  for (auto [name, part] : {std::pair{"valid", 1}, {"test", 2}})
    if (parts[part] > 0 && !named(name)) {
      DataSet set = block.datasets.front();
      set.name = name;
      set.part = part;
      block.datasets.push_back(std::move(set));
    }
}

/// All data sets have the fields of the training data, which is the first.
void checkDatasets(Evaluator &e, TrainBlock &block) {
  auto isTraining = [](const DataSet &set) { return set.name == "train"; };
  auto training = std::find_if(block.datasets.begin(), block.datasets.end(), isTraining);
  std::rotate(block.datasets.begin(), training, training + 1);
  const DataSet &train = block.datasets[0];
  if (train.fields.empty())
    return (void)e.report(train.range, "the data has no field; name its columns: x = columns(0..3)");
  for (DataSet &set : block.datasets) {
    if (set.fields.empty())
      set.fields = train.fields;
    if (set.source.format != train.source.format)
      e.report(set.range, fmt::format("the {} data must be of the same kind as the training data", set.name))
          .note(train.range, "the training data is here");
    else if (!std::equal(train.fields.begin(), train.fields.end(), set.fields.begin(), set.fields.end(),
                         [](auto &a, auto &b) { return a.isLike(b); }))
      e.report(set.range, fmt::format("the {} data must have the same fields and columns as the training data",
                                      set.name == "valid" ? "validation" : set.name))
          .note(train.range, "the training data is here");
    else if (!isTraining(set) && set.split)
      e.report(set.range, fmt::format("only the training data is split; the {} data is taken whole", set.name));
    else if (!isTraining(set) && set.folds)
      e.report(set.range, fmt::format("only the training data has folds, not the {} data", set.name));
  }
  addParts(block);
}

/// What can be monitored are the loss and the metrics, on the training and on the validation data.
void checkMonitor(Evaluator &e, const TrainBlock &block) {
  if (block.monitor.name.empty())
    return;
  std::vector<std::string> names = {"loss", "valid loss"};
  for (const std::string &name : block.reported())
    for (const char *prefix : {"", "valid "})
      names.push_back(prefix + name);
  if (std::find(names.begin(), names.end(), block.monitor.name) != names.end())
    return;
  auto meant = closest(block.monitor.name, names);
  e.report(block.monitor.range, fmt::format("expected \"{}\", found \"{}\"{}", fmt::join(names, "\", \""),
                                            block.monitor.name, meant ? "; did you mean \"" + *meant + "\"?" : ""));
}

} // namespace

std::vector<std::string> TrainBlock::reported() const {
  std::vector<std::string> names;
  if (losses.size() > 1)
    for (const Score &part : losses)
      names.push_back(part.name);
  for (const Metric &metric : metrics)
    names.push_back(metric.name);
  return names;
}

TrainBlock readTrainBlock(Evaluator &evaluator, const Declaration &decl, const Instance *network) {
  struct Form {
    std::string_view name;
    void (Reader::*read)(const Entry &);
  };
  static constexpr Form forms[] = {
      {"data", &Reader::data},
      {"test", &Reader::data},
      {"loss", &Reader::loss},
      {"metrics", &Reader::metrics},
      {"epochs", &Reader::epochs},
      {"optimizer", &Reader::optimizer},
      {"batch", &Reader::batch},
      {"seed", &Reader::seed},
      {"shuffle", &Reader::shuffle},
      {"valid", &Reader::data},
      {"monitor", &Reader::monitor},
      {"patience", &Reader::patience},
      {"min_delta", &Reader::minDelta},
      {"keep", &Reader::keep},
      {"gradients", &Reader::gradients},
      {"freeze", &Reader::freeze},
      {"accumulate", &Reader::accumulate},
  };
  TrainBlock block;
  block.decl = &decl;
  Reader reader(evaluator, block, network);
  unsigned before = evaluator.diagnostics.errorCount();
  bool hasFailed = false; // also where the error was reported before
  std::map<std::string, Range> seen;
  for (const Entry &entry : decl.entries) {
    try {
      if (entry.step || entry.name.text == "networks")
        evaluator.fail(entry.name.range, "several networks or steps are not supported yet");
      if (auto [place, isNew] = seen.try_emplace(entry.name.text, entry.name.range); !isNew) {
        evaluator.report(entry.name.range, fmt::format("'{}' is given twice", entry.name.text))
            .note(place->second, "the first one is here");
        continue;
      }
      auto form = std::find_if(std::begin(forms), std::end(forms), [&](auto &f) { return f.name == entry.name.text; });
      if (form == std::end(forms)) {
        std::vector<std::string> names;
        for (const Form &known : forms)
          names.emplace_back(known.name);
        auto meant = closest(entry.name.text, names);
        evaluator.fail(entry.name.range, fmt::format("a train block has no entry '{}'{}", entry.name.text,
                                                     meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
      }
      (reader.*form->read)(entry);
    } catch (Stop) {
      hasFailed = true;
    }
  }
  if (!hasFailed)
    checkComplete(evaluator, block);
  if (!hasFailed && evaluator.diagnostics.errorCount() == before) {
    checkDatasets(evaluator, block);
    checkMonitor(evaluator, block);
    reader.settleGroups();
  }
  if (hasFailed || evaluator.diagnostics.errorCount() != before)
    throw Stop();
  return block;
}

} // namespace bmc::frontend
