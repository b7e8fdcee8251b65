// Reads the entries of a train block.
#include "TrainBlock.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bmc::frontend {
namespace {

class Reader {
public:
  Reader(Evaluator &evaluator, TrainBlock &block) : e(evaluator), block(block) {}

  void data(const Entry &entry) { block.datasets.push_back(readDataSet(e, entry)); }
  void loss(const Entry &entry);
  void metrics(const Entry &entry);
  void optimizer(const Entry &entry);
  void epochs(const Entry &entry) { block.epochs = count(entry, 1); }
  void batch(const Entry &entry);
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
  void metric(const Expr &expr);
  void number(Scope &scope, const std::string &argument, const std::string &name);
  void scheduleNumbers(const Object &object, const std::string &name);
  Object classWeights(const CallExpr &call);

  Evaluator &e;
  TrainBlock &block;
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

void Reader::loss(const Entry &entry) {
  block.loss = applied(*entry.value);
  if (block.loss->function.decl->hasMembers)
    e.fail(entry.value->range, "a metric that accumulates over batches cannot be a loss");
}

void Reader::metric(const Expr &expr) {
  Metric metric{"", applied(expr), nullptr};
  const Declaration &decl = *metric.applied.function.decl;
  metric.name = decl.name.text;
  for (const Metric &other : block.metrics)
    if (other.name == metric.name)
      e.report(expr.range, fmt::format("two metrics are called '{}'", metric.name))
          .note(other.applied.range, "the first one is here"),
          throw Stop();
  if (decl.hasMembers)
    metric.instance = e.instantiate(metric.applied.function, {expr.range, expr.range, metric.applied.arguments});
  block.metrics.push_back(std::move(metric));
}

void Reader::metrics(const Entry &entry) {
  if (entry.value->kind != ExprKind::List)
    return metric(*entry.value);
  for (const ExprPtr &element : as<ListExpr>(*entry.value).elements)
    metric(*element);
}

/// Numbers that were given, and numbers with a fraction, can be changed by `--set`. A whole number that is a default is
/// a switch (`momentum = 0`): what it switches off is not compiled.
void Reader::optimizer(const Entry &entry) {
  if (entry.over)
    e.fail(entry.over->range, "'over' is not supported yet: the optimizer trains all parameters");
  Object object = value(entry);
  if (auto declared = object.get<DeclaredObject>(); declared && declared->decl->kind == DeclarationKind::Optimizer)
    object = e.call(object, {entry.value->range, entry.value->range, {}});
  auto instance = object.get<std::shared_ptr<Instance>>();
  if (!instance || (*instance)->decl->kind != DeclarationKind::Optimizer)
    e.fail(entry.value->range, fmt::format("expected an optimizer, found {}", e.describe(object)));
  block.optimizer = *instance;
  block.optimizer->placed = true;
  for (const Parameter &parameter : (*instance)->decl->parameters) {
    const std::string &name = parameter.name.text;
    const NamedObject &argument = (*instance)->scope.names[name];
    bool isDefault = parameter.value && argument.origin && argument.origin->begin == parameter.name.range.begin &&
                     argument.origin->file == parameter.name.range.file;
    auto dim = argument.object.get<Dim>();
    if (dim && dim->constant() && !isDefault)
      block.hypers.push_back({name, static_cast<double>(*dim->constant()), &(*instance)->scope, name});
    else
      number((*instance)->scope, name, name);
  }
}

/// A number with a fraction, or those of a schedule and of the schedules in it. A schedule's whole numbers are known at
/// compile time, as its conditions may ask for them.
void Reader::number(Scope &scope, const std::string &argument, const std::string &name) {
  const Object &object = scope.names[argument].object;
  if (auto real = object.get<double>())
    block.hypers.push_back({name, *real, &scope, argument});
  else
    scheduleNumbers(object, name);
}

void Reader::scheduleNumbers(const Object &object, const std::string &name) {
  auto schedule = object.get<std::shared_ptr<Instance>>();
  if (schedule && (*schedule)->decl->kind == DeclarationKind::Schedule)
    for (const Parameter &parameter : (*schedule)->decl->parameters)
      number((*schedule)->scope, parameter.name.text, name + "." + parameter.name.text);
  if (auto list = object.get<ListObject>())
    for (size_t i = 0; i < list->elements->size(); ++i)
      scheduleNumbers((*list->elements)[i], fmt::format("{}.{}", name, i));
}

void checkComplete(Evaluator &e, const TrainBlock &block) {
  Range range = block.decl->name.range;
  auto hasData = [&](std::string_view name) {
    return std::any_of(block.datasets.begin(), block.datasets.end(), [&](auto &d) { return d.name == name; });
  };
  for (auto [missing, name] :
       {std::pair{!hasData("train"), "data"}, {!block.loss, "loss"}, {!block.optimizer, "optimizer"}})
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
  }
  addParts(block);
}

/// What can be monitored are the loss and the metrics, on the training and on the validation data.
void checkMonitor(Evaluator &e, const TrainBlock &block) {
  if (block.monitor.name.empty())
    return;
  std::vector<std::string> names = {"loss", "valid loss"};
  for (const Metric &metric : block.metrics)
    for (const char *prefix : {"", "valid "})
      names.push_back(prefix + metric.name);
  if (std::find(names.begin(), names.end(), block.monitor.name) != names.end())
    return;
  auto meant = closest(block.monitor.name, names);
  e.report(block.monitor.range, fmt::format("expected \"{}\", found \"{}\"{}", fmt::join(names, "\", \""),
                                            block.monitor.name, meant ? "; did you mean \"" + *meant + "\"?" : ""));
}

} // namespace

TrainBlock readTrainBlock(Evaluator &evaluator, const Declaration &decl) {
  struct Form {
    std::string_view name;
    void (Reader::*read)(const Entry &);
  };
  static constexpr Form forms[] = {
      {"data", &Reader::data},          {"test", &Reader::data},       {"loss", &Reader::loss},
      {"metrics", &Reader::metrics},    {"epochs", &Reader::epochs},   {"optimizer", &Reader::optimizer},
      {"batch", &Reader::batch},        {"seed", &Reader::seed},       {"shuffle", &Reader::shuffle},
      {"valid", &Reader::data},         {"monitor", &Reader::monitor}, {"patience", &Reader::patience},
      {"min_delta", &Reader::minDelta}, {"keep", &Reader::keep},
  };
  TrainBlock block;
  block.decl = &decl;
  Reader reader(evaluator, block);
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
  }
  if (hasFailed || evaluator.diagnostics.errorCount() != before)
    throw Stop();
  return block;
}

} // namespace bmc::frontend
