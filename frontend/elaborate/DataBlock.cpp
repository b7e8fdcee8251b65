// Reads data declarations: the source, its options, the fields, what is dropped and how the rows are split.
#include "DataBlock.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace bmc::frontend {
namespace {

constexpr int64_t mostWindow = 1'000'000;

class DataReader {
public:
  DataReader(Evaluator &evaluator, DataSet &set) : e(evaluator), set(set) {}

  void source(const Expr &expr);
  void preparation(const std::vector<Entry> &entries);
  void finish();

private:
  void table(const CallExpr &call);
  void arrayFiles(const CallExpr &call);
  void archive(const CallExpr &call);
  void textFile(const CallExpr &call);
  void textLines(const CallExpr &call);
  void option(const Argument &argument);
  void path(const CallExpr &call);
  void field(const Name &name, const Expr &expr);
  void drop(const Expr &expr);
  void split(const Entry &entry);
  void folds(const Entry &entry);
  Feature stratifyColumn(const Expr &expr);
  void leaveOut(Feature &others);
  void addArrays();
  Object evaluate(const Expr &expr) {
    Scope scope;
    return e.evaluate(expr, scope);
  }
  std::string string(const Expr &expr, const std::string &what);

  Evaluator &e;
  DataSet &set;
  SourceNames names;
  std::vector<Feature> dropped;
  const Expr *splitStratify = nullptr, *foldsStratify = nullptr;
};

std::string DataReader::string(const Expr &expr, const std::string &what) {
  Object object = evaluate(expr);
  auto text = object.get<std::string>();
  if (!text)
    e.fail(expr.range, fmt::format("{} must be a string, found {}", what, e.describe(object)));
  return *text;
}

struct FormatForm {
  std::string_view name;
  void (DataReader::*read)(const CallExpr &);
};

void DataReader::source(const Expr &expr) {
  bool isCall = expr.kind == ExprKind::Call && as<CallExpr>(expr).callee->kind == ExprKind::Name;
  static constexpr FormatForm forms[] = {
      {"table", &DataReader::table},    {"npy", &DataReader::arrayFiles}, {"npz", &DataReader::archive},
      {"idx", &DataReader::arrayFiles}, {"text", &DataReader::textFile},  {"lines", &DataReader::textLines},
  };
  std::vector<std::string> known;
  for (const FormatForm &form : forms) {
    if (isCall && as<NameExpr>(*as<CallExpr>(expr).callee).name == form.name) {
      set.source.format = fmt::format("bmc_format_{}", form.name);
      return (this->*form.read)(as<CallExpr>(expr));
    }
    known.emplace_back(form.name);
  }
  auto meant = isCall ? closest(as<NameExpr>(*as<CallExpr>(expr).callee).name, known) : std::nullopt;
  e.fail(expr.range,
         fmt::format("expected table(\"file.csv\", x = columns(...), ...), npy(x = \"x.npy\", ...), npz, idx, "
                     "text or lines{}",
                     meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
}

/// `npy(x = "x.npy", y = "y.npy")`, `idx(x = "train-images-idx3-ubyte", y = "train-labels-idx1-ubyte")`
void DataReader::arrayFiles(const CallExpr &call) {
  names.areArrays = set.source.holdsArrays = true;
  for (const Argument &argument : call.arguments) {
    if (argument.name.text.empty())
      e.fail(argument.value->range, "each file gives an array, which needs a name: x = \"x.npy\"");
    std::string path = string(*argument.value, "the path of a file");
    if (path.find(',') != std::string::npos)
      e.fail(argument.value->range, "a path here has no comma: it separates the files on the command line");
    names.arrays.push_back(argument.name.text);
    set.source.files.push_back({argument.name.text, path});
  }
  if (call.arguments.empty())
    e.fail(call.range, "expected a file for each array: x = \"x.npy\"");
}

/// `npz("data.npz", x = images / 255, y = labels)`
void DataReader::archive(const CallExpr &call) {
  path(call);
  names.areArrays = set.source.holdsArrays = true;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const Argument &argument = call.arguments[i];
    if (argument.name.text.empty())
      e.fail(argument.value->range, "expected 'name = array'");
    field(argument.name, *argument.value);
  }
}

/// `text("book.txt", window = 64, stride = 64)`: the arrays x and y are a window of bytes and the window one byte
/// later.
void DataReader::textFile(const CallExpr &call) {
  path(call);
  names = {true, false, {"x", "y"}};
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const Argument &argument = call.arguments[i];
    bool isWindow = argument.name.text == "window";
    if (!isWindow && argument.name.text != "stride")
      e.fail(argument.value->range, "'text' takes a path, 'window' and 'stride'");
    int64_t count =
        e.integer(evaluate(*argument.value), argument.value->range, fmt::format("'{}'", argument.name.text));
    if (count < 1 || count > mostWindow)
      e.fail(argument.value->range,
             fmt::format("'{}' must be from 1 to {}, found {}", argument.name.text, mostWindow, count));
    (isWindow ? set.source.window : set.source.stride) = count;
  }
  if (set.source.window == 0)
    e.fail(call.range, "'text' needs the number of bytes a row: window = 64");
  if (set.source.stride == 0)
    set.source.stride = set.source.window;
}

/// `lines("names.txt", x = bytes(line, 20), y = category(label))`: each line is a text, with a label in front of a
/// separator where one is asked for.
void DataReader::textLines(const CallExpr &call) {
  path(call);
  names = {true, true, {"line", "label"}};
  set.source.separator = '\t';
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const Argument &argument = call.arguments[i];
    if (argument.name.text.empty())
      e.fail(argument.value->range, "expected 'name = bytes(line, 64)' or 'name = category(label)'");
    argument.name.text == "separator" ? option(argument) : field(argument.name, *argument.value);
  }
}

void DataReader::path(const CallExpr &call) {
  if (call.arguments.empty() || !call.arguments[0].name.text.empty() ||
      call.arguments[0].value->kind != ExprKind::String)
    e.fail(call.range,
           fmt::format("the first argument of {} must be the path of a file", as<NameExpr>(*call.callee).name));
  set.source.files.push_back({"", as<StringExpr>(*call.arguments[0].value).value});
}

/// `table("a.csv", separator = ";", x = columns(0..3))`
void DataReader::table(const CallExpr &call) {
  path(call);
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const Argument &argument = call.arguments[i];
    if (argument.name.text.empty())
      e.fail(argument.value->range, "expected 'name = columns(...)'");
    bool isOption =
        argument.name.text == "separator" || argument.name.text == "header" || argument.name.text == "missing";
    isOption ? option(argument) : field(argument.name, *argument.value);
  }
}

void DataReader::option(const Argument &argument) {
  const Expr &value = *argument.value;
  if (argument.name.text == "header") {
    set.source.header = e.condition(evaluate(value), value.range);
    return;
  }
  if (argument.name.text == "separator") {
    std::string text = string(value, "the separator");
    if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r")
      e.fail(value.range, "the separator must be one character, and neither a quote nor the end of a line");
    set.source.separator = static_cast<unsigned char>(text[0]);
    return;
  }
  Object object = evaluate(value);
  set.source.namesMissing = true;
  if (auto text = object.get<std::string>())
    set.source.missing = {*text};
  else if (auto list = object.get<ListObject>())
    for (const Object &element : *list->elements) {
      if (!element.is<std::string>())
        e.fail(value.range, "what marks a missing cell must be a list of strings: missing = [\"\", \"NA\"]");
      set.source.missing.push_back(*element.get<std::string>());
    }
  else
    e.fail(value.range, fmt::format("expected a list of strings, found {}", e.describe(object)));
}

void DataReader::field(const Name &name, const Expr &expr) {
  for (const Field &field : set.fields)
    if (field.name.text == name.text)
      e.fail(name.range, fmt::format("the field '{}' is given twice", name.text));
  set.fields.push_back(readField(e, name, expr, names));
}

void DataReader::preparation(const std::vector<Entry> &entries) {
  bool isOfFolds = false; // what follows `folds` or `split`
  for (const Entry &entry : entries) {
    const std::string &word = entry.name.text;
    if (!entry.isClause)
      field(entry.name, *entry.value);
    else if (word == "drop")
      drop(*entry.value);
    else if (word == "split" || word == "folds")
      (isOfFolds = word == "folds") ? folds(entry) : split(entry);
    else if (word == "seed")
      (isOfFolds ? set.folds->seed : set.split->seed) =
          e.integer(evaluate(*entry.value), entry.value->range, "the seed of a split or of folds");
    else
      (isOfFolds ? foldsStratify : splitStratify) = entry.value.get();
  }
}

void DataReader::drop(const Expr &expr) { dropped.push_back(readColumn(e, expr, names)); }

/// `split 0.8 / 0.1 / 0.1`: the shares of train, valid and test. Of two, the second is test.
void DataReader::split(const Entry &entry) {
  if (set.split)
    e.fail(entry.name.range, "'split' is given twice");
  std::vector<const Expr *> shares;
  const Expr *left = entry.value.get();
  for (; left->kind == ExprKind::Binary && as<BinaryExpr>(*left).op == Operator::Div;
       left = as<BinaryExpr>(*left).left.get())
    shares.insert(shares.begin(), as<BinaryExpr>(*left).right.get());
  shares.insert(shares.begin(), left);
  if (shares.size() < 2 || shares.size() > 3)
    e.fail(entry.value->range, "expected two or three shares: split 0.8 / 0.2, or split 0.8 / 0.1 / 0.1");
  double sum = 0;
  std::vector<double> parts;
  for (const Expr *share : shares) {
    Object object = evaluate(*share);
    auto real = object.get<double>();
    if (!real || !(*real > 0 && *real < 1))
      e.fail(share->range, fmt::format("a share must be a number between 0 and 1, found {}", e.describe(object)));
    parts.push_back(*real);
    sum += *real;
  }
  if (std::abs(sum - 1) > 1e-9)
    e.fail(entry.value->range, fmt::format("the shares of a split must have the sum 1, found {}", sum));
  set.split.emplace();
  set.split->parts = {parts[0], parts.size() == 3 ? parts[1] : 0, parts.back()};
}

/// `folds 5`
void DataReader::folds(const Entry &entry) {
  if (set.folds)
    e.fail(entry.name.range, "'folds' is given twice");
  constexpr int64_t mostFolds = 1000;
  set.folds.emplace();
  set.folds->count = e.integer(evaluate(*entry.value), entry.value->range, "the number of folds");
  if (set.folds->count < 2 || set.folds->count > mostFolds)
    e.fail(entry.value->range,
           fmt::format("the number of folds must be from 2 to {}, found {}", mostFolds, set.folds->count));
}

/// A field of one column, or a column.
Feature DataReader::stratifyColumn(const Expr &expr) {
  std::string name = expr.kind == ExprKind::Name ? as<NameExpr>(expr).name : "";
  auto field = std::find_if(set.fields.begin(), set.fields.end(), [&](auto &f) { return f.name.text == name; });
  if (field == set.fields.end())
    return readColumn(e, expr, names);
  bool isOne = field->features.size() == 1 &&
               (field->features[0].columnCount == 1 || field->features[0].selection == Selection::Array);
  if (!isOne)
    e.fail(expr.range, fmt::format("'stratify' needs one column, '{}' has several", name));
  Feature column = field->features[0];
  column.columnCount = 1;
  column.steps.clear();
  column.encoding = {};
  return column;
}

/// `others` leaves out what is dropped and what another feature names.
void DataReader::leaveOut(Feature &others) {
  auto add = [&](const Feature &feature) {
    if (feature.selection == Selection::Others)
      return;
    others.numbers.insert(others.numbers.end(), feature.numbers.begin(), feature.numbers.end());
    others.names.insert(others.names.end(), feature.names.begin(), feature.names.end());
  };
  for (const Field &field : set.fields)
    for (const Feature &feature : field.features)
      add(feature);
  for (const Feature &feature : dropped)
    add(feature);
}

/// Arrays are fields by their own names where the model file says nothing else.
void DataReader::addArrays() {
  if (!set.fields.empty() || set.name != "train" || names.areSingle)
    return;
  for (const std::string &array : names.arrays) {
    NameExpr expr(set.range);
    expr.name = array;
    field({array, set.range}, expr);
  }
}

void DataReader::finish() {
  addArrays();
  for (Field &field : set.fields)
    for (Feature &feature : field.features)
      if (feature.selection == Selection::Others)
        leaveOut(feature);
  if (splitStratify)
    set.split->stratify = stratifyColumn(*splitStratify);
  if (foldsStratify)
    set.folds->stratify = stratifyColumn(*foldsStratify);
}

} // namespace

DataSet readDataSet(Evaluator &evaluator, const Entry &entry) {
  const Expr *source = entry.value.get();
  const std::vector<Entry> *preparation = &entry.preparation;
  DataSet set;
  set.name = entry.name.text == "data" ? "train" : entry.name.text;
  if (source->kind == ExprKind::Name) {
    Scope scope;
    Object object = evaluator.evaluate(*source, scope);
    auto declared = object.get<DeclaredObject>();
    if (declared && declared->decl->kind == DeclarationKind::Data) {
      if (!entry.preparation.empty())
        evaluator.fail(entry.value->range, "the preparation belongs to the declaration of the data");
      source = declared->decl->value.get();
      preparation = &declared->decl->entries;
    }
  }
  set.range = source->range;
  DataReader reader(evaluator, set);
  reader.source(*source);
  reader.preparation(*preparation);
  reader.finish();
  return set;
}

} // namespace bmc::frontend
