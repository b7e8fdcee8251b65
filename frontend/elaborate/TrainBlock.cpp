// Reads the entries of a train block.
#include "Groups.h"
#include "ScoreEntries.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bmc::frontend {
namespace {

class Reader {
public:
  Reader(Evaluator &evaluator, TrainBlock &block, const Instance *network)
      : e(evaluator), block(block), scores(evaluator, block), groups(evaluator, block, network) {}

  void data(const Entry &entry) { block.datasets.push_back(readDataSet(e, entry)); }
  void step(const Entry &entry);
  /// Of the step that is being read, or of the whole block.
  void loss(const Entry &entry) { scores.loss(objective(entry), entry); }
  void optimizer(const Entry &entry) { groups.optimizer(objective(entry), entry); }
  void gradients(const Entry &entry) { groups.gradients(objective(entry), entry); }
  void metrics(const Entry &entry) { scores.metrics(entry); }
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
  /// Entries that Networks.cpp reads before the others.
  void readBefore(const Entry &) {}

private:
  Objective &objective(const Entry &entry);
  Object value(const Entry &entry) {
    Scope scope;
    return e.evaluate(*entry.value, scope);
  }
  int64_t count(const Entry &entry, int64_t least);

  Evaluator &e;
  TrainBlock &block;
  ScoreReader scores;
  GroupReader groups;
  bool isInStep = false;
};

struct Form {
  std::string_view name;
  void (Reader::*read)(const Entry &);
};

constexpr Form blockForms[] = {
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
    {"networks", &Reader::readBefore},
    {"predict", &Reader::readBefore},
};

constexpr Form stepForms[] = {
    {"loss", &Reader::loss}, {"optimizer", &Reader::optimizer}, {"gradients", &Reader::gradients}};

/// Entries, each once; those of forms that are not `forms` are told what `owner` is.
class EntryReader {
public:
  EntryReader(Evaluator &evaluator, Reader &reader, llvm::ArrayRef<Form> forms, std::string owner)
      : e(evaluator), reader(reader), forms(forms), owner(std::move(owner)) {}

  void read(const std::vector<Entry> &entries);
  bool hasFailed = false; // also where the error was reported before

private:
  void read(const Entry &entry);
  [[noreturn]] void unknown(const Entry &entry);

  Evaluator &e;
  Reader &reader;
  llvm::ArrayRef<Form> forms;
  std::string owner;
  std::map<std::string, Range> seen;
};

void EntryReader::read(const std::vector<Entry> &entries) {
  for (const Entry &entry : entries)
    try {
      read(entry);
    } catch (Stop) {
      hasFailed = true;
    }
}

void EntryReader::unknown(const Entry &entry) {
  std::vector<std::string> names;
  for (const Form &known : forms)
    names.emplace_back(known.name);
  auto isOfBlock = [&](const Form &form) { return form.name == entry.name.text; };
  std::string hint = llvm::any_of(blockForms, isOfBlock) ? "; it belongs into the train block" : "";
  if (auto meant = closest(entry.name.text, names); meant && hint.empty())
    hint = fmt::format("; did you mean '{}'?", *meant);
  e.fail(entry.name.range, fmt::format("{} has no entry '{}'{}", owner, entry.name.text, hint));
}

void EntryReader::read(const Entry &entry) {
  std::string key = entry.step ? "step " + entry.name.text : entry.name.text;
  if (auto [place, isNew] = seen.try_emplace(key, entry.name.range); !isNew)
    e.report(entry.name.range, entry.step ? fmt::format("two steps are called '{}'", entry.name.text)
                                          : fmt::format("'{}' is given twice", entry.name.text))
        .note(place->second, "the first one is here"),
        throw Stop();
  if (entry.step)
    return reader.step(entry);
  auto form = llvm::find_if(forms, [&](const Form &known) { return known.name == entry.name.text; });
  if (form == forms.end())
    unknown(entry);
  (reader.*form->read)(entry);
}

/// `step discriminator every 1 { ... }`
void Reader::step(const Entry &entry) {
  if (isInStep)
    e.fail(entry.name.range, "a step holds no other one");
  if (!block.objectives.empty() && !block.objectives.front().isNamed())
    e.fail(entry.name.range, "where there are steps, 'loss', 'optimizer' and 'gradients' belong into them");
  Objective objective;
  objective.name = entry.name;
  if (entry.step->every) {
    Scope scope;
    objective.every = e.integer(e.evaluate(*entry.step->every, scope), entry.step->every->range, "'every'");
    if (objective.every < 1)
      e.fail(entry.step->every->range, fmt::format("'every' must be at least 1, found {}", objective.every));
  }
  block.objectives.push_back(std::move(objective));
  isInStep = true;
  EntryReader entries(e, *this, stepForms, "a step");
  entries.read(entry.step->entries);
  isInStep = false;
  if (entries.hasFailed)
    throw Stop();
}

Objective &Reader::objective(const Entry &entry) {
  if (block.objectives.empty())
    block.objectives.emplace_back();
  if (!isInStep && block.hasSteps())
    e.fail(entry.name.range, fmt::format("where there are steps, '{}' belongs into them", entry.name.text));
  return block.objectives.back();
}

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

void checkComplete(Evaluator &e, TrainBlock &block) {
  if (llvm::none_of(block.datasets, [](const DataSet &set) { return set.name == "train"; }))
    e.report(block.decl->name.range, "the train block needs 'data'");
  if (block.objectives.empty())
    block.objectives.emplace_back();
  for (const Objective &objective : block.objectives) {
    std::string owner = objective.isNamed() ? fmt::format("step '{}'", objective.name.text) : "train block";
    Range range = objective.isNamed() ? objective.name.range : block.decl->name.range;
    if (objective.losses.empty())
      e.report(range, fmt::format("the {} needs 'loss'", owner));
    if (objective.groups.empty())
      e.report(range, fmt::format("the {} needs 'optimizer'", owner));
  }
}

/// An update of several batches is one of all that a block trains.
void checkAccumulation(Evaluator &e, const TrainBlock &block) {
  for (const Entry &entry : block.decl->entries)
    if (entry.name.text == "accumulate" && !entry.step && block.hasSteps())
      e.report(entry.name.range, "a train block with steps has no 'accumulate': each step works on one batch")
          .note(block.objectives.front().name.range, "the first step is here");
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
  for (const Objective &objective : objectives) {
    if (objective.isNamed())
      names.push_back(objective.name.text);
    for (const Score &part : objective.losses)
      if (objective.losses.size() > 1)
        names.push_back(objective.reportedName(part));
  }
  for (const Metric &metric : metrics)
    names.push_back(metric.name);
  return names;
}

TrainBlock readTrainBlock(Evaluator &evaluator, const Declaration &decl, const Instance *network) {
  TrainBlock block;
  block.decl = &decl;
  Reader reader(evaluator, block, network);
  unsigned before = evaluator.diagnostics.errorCount();
  EntryReader entries(evaluator, reader, blockForms, "a train block");
  entries.read(decl.entries);
  if (!entries.hasFailed)
    checkComplete(evaluator, block);
  if (!entries.hasFailed && evaluator.diagnostics.errorCount() == before) {
    checkAccumulation(evaluator, block);
    checkDatasets(evaluator, block);
    checkMonitor(evaluator, block);
    reader.settleGroups();
  }
  if (entries.hasFailed || evaluator.diagnostics.errorCount() != before)
    throw Stop();
  return block;
}

} // namespace bmc::frontend
