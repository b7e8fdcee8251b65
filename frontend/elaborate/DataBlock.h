// The data of a program, checked: which files, which columns become which values, and how the rows are split.
#pragma once

#include "Evaluator.h"

#include <array>

namespace bmc::frontend {

/// One number in, one number out. `symbol` is the runtime's object (runtime/preparation.h).
struct PreparationStep {
  std::string symbol;
  std::array<double, 2> arguments = {};
  bool operator==(const PreparationStep &) const = default;
};

/// The elementwise op that undoes a function; empty: it is no function, or cannot be undone.
std::string inverseOf(const PreparationStep &step);
/// Whether a step is undone by a shift and a scale.
bool isLine(const PreparationStep &step);

/// What stands for a missing cell of a category.
enum class Missing { Error, Text, MostFrequent };

/// What a column of texts becomes: the number of a category, a row of zeros and a one, or a sequence of numbers.
struct Encoding {
  std::string symbol;              // empty: the column is a number
  int64_t count = 0;               // of categories; 0: as many as the loss says
  int64_t length = 0, padding = 0; // of sequences; what fills them up
  std::vector<std::string> names;
  bool hasUnknown = false;
  Missing missing = Missing::Error;
  std::string missingText;
  bool operator==(const Encoding &) const = default;
};

enum class Selection { Numbers, Names, Others, Array };

/// Columns that are prepared alike.
struct Feature {
  Range range;
  Selection selection = Selection::Numbers;
  std::vector<int64_t> numbers;   // Others: what it leaves out
  std::vector<std::string> names; // Others: what it leaves out
  int64_t columnCount = 0;        // 0: as many as the network's shape leaves
  std::vector<PreparationStep> steps;
  Encoding encoding;

  bool isOpen() const { return columnCount == 0; }
  bool isOneHot() const { return encoding.symbol == "bmc_encoding_one_hot"; }
  /// How many values a column gives, and how many of a row it gives.
  int64_t columnWidth() const { return isOneHot() ? encoding.count : encoding.length ? encoding.length : 1; }
  int64_t width() const { return columnCount * columnWidth(); }
  /// The numbers that it gives are below this; 0: any number.
  int64_t codes() const;
  bool isLike(const Feature &other) const;
};

/// A tensor of the data: its features one behind the other.
struct Field {
  Name name;
  std::vector<Feature> features;

  bool isOpen() const;
  int64_t width() const;
  /// Gives an open feature the columns that are missing to `width` values; whether there are that many values then.
  bool fitTo(int64_t width);
  bool isLike(const Field &other) const;
};

struct DataFile {
  std::string name, path;
};

/// Where rows come from. `format` is the runtime's object (runtime/source.h).
struct DataSource {
  std::string format;
  std::vector<DataFile> files;
  bool holdsArrays = false;
  int64_t separator = 0, header = -1;
  bool namesMissing = false;
  std::vector<std::string> missing;
  int64_t window = 0, stride = 0;
};

/// How rows are drawn: each part of them has the same share of each text of the column.
struct Draw {
  int64_t seed = 0;
  std::optional<Feature> stratify;
};

struct DataSplit : Draw {
  std::array<double, 3> parts = {}; // of train, valid and test
};

/// Of a cross-validation.
struct DataFolds : Draw {
  int64_t count = 0;
};

/// A data declaration, or an entry of a train block.
struct DataSet {
  std::string name; // `train`, `valid` or `test`
  DataSource source;
  std::vector<Field> fields;
  std::optional<DataSplit> split;
  std::optional<DataFolds> folds;
  int64_t part = 0; // which part of the split
  Range range;
};

/// Reads the value of `data`, `valid` or `test`: `table("a.csv", x = columns(0..3), ...) { ... }`, or the name of a
/// data declaration.
DataSet readDataSet(Evaluator &evaluator, const Entry &entry);

/// What the names in a field's expression are: columns of a table, or whole arrays, which may be of one value a row.
struct SourceNames {
  bool areArrays = false, areSingle = false;
  std::vector<std::string> arrays; // those that there are; empty: an archive tells only when the program runs
};

/// The fields of a table's argument or of a preparation: `[normalise(age), one_hot(sex, 2)]`.
Field readField(Evaluator &evaluator, const Name &name, const Expr &expr, const SourceNames &names);
/// A column by itself, for `drop` and `stratify`.
Feature readColumn(Evaluator &evaluator, const Expr &expr, const SourceNames &names);

} // namespace bmc::frontend
