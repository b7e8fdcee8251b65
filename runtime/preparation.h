// What happens to columns before they are a tensor: numbers run through steps, texts become categories. What a step or
// an encoding learns from the training rows is stored with the weights, so that `evaluate` and `predict` do the same.
//
// Each step and each encoding is an object of its own, which is linked into the programs that name it; so is the
// learning.
#ifndef BMC_PREPARATION_H
#define BMC_PREPARATION_H

#include "safetensors.h"
#include "source.h"
#include "step_kind.h"
#include "weight_file.h"

namespace bmc {

class Columns;
class Preparation;
struct AnswerStyle;
struct RowFilter;

/// The values of a column while a step learns from them.
struct Sample {
  int64_t count = 0;
  double numbers[2] = {};
  Array<double> values;
};

/// The texts of a column and their numbers.
class Categories {
public:
  virtual void learn(const char *text) = 0;
  /// Numbers what was learned; the row that the source stands at is the last one.
  virtual void finish(Source &source, int64_t column) = 0;
  /// The feature's `width` values of a text, null for a missing cell; ends the program where there are none.
  virtual void encode(Source &source, int64_t column, const char *text, int64_t *values) = 0;
  virtual const char *name(int64_t category) const = 0;
  virtual void save(Text &out) const = 0;
  virtual void load(JsonReader &json) = 0;

protected:
  ~Categories() = default;
};

/// How a program learns, stores and reads back what its steps need.
struct Learning {
  void (*learn)(Preparation &preparation, Source &source, const Columns &columns, const RowFilter &filter);
  void (*save)(const Preparation &preparation, SafetensorsWriter &file);
  void (*load)(Preparation &preparation, const WeightFile &file);
};
extern const Learning stepLearning;

/// A feature with what was learned for it.
struct PreparedFeature {
  const bmc_feature *feature;
  int64_t field;                  // whose feature it is
  int64_t learnedCount;           // numbers a column, of all steps
  Array<double> learned;          // column by column, step by step
  Array<Categories *> categories; // one a column, where it has an encoding
  Array<char> columnNames;        // zero-terminated, of those that `others` found in training; empty: none
};

/// The preparation of all the program's fields.
class Preparation {
public:
  Preparation();
  Preparation(const Preparation &) = delete;
  Preparation &operator=(const Preparation &) = delete;

  /// The features of all fields in their order; those of a field begin at `first`.
  int64_t featureCount() const { return features.size(); }
  PreparedFeature &feature(int64_t i) { return *features[i]; }
  const PreparedFeature &feature(int64_t i) const { return *features[i]; }
  int64_t first(int64_t field) const { return firsts[field]; }
  /// The feature of numbers with steps that a position in a row of the field belongs to, and which of its columns that
  /// is; null where nothing was done to the number.
  const PreparedFeature *preparedAt(int64_t field, int64_t &position) const;

  /// Whether something is to be learned from the training rows before they can be prepared.
  bool learns() const { return learning; }
  void learn(Source &source, const Columns &columns, const RowFilter &filter) {
    learning->learn(*this, source, columns, filter);
  }
  void save(SafetensorsWriter &file) const;
  void load(const WeightFile &file);

  /// The number of a column behind the first `steps` steps of its feature.
  static double apply(const PreparedFeature &prepared, int64_t column, int64_t steps, double value);
  /// Back from a prepared number to the column's, as far as its steps can be undone.
  static double undo(const PreparedFeature &prepared, int64_t column, double value);

private:
  Array<PreparedFeature *> features;
  Array<int64_t> firsts;
  const Learning *learning = nullptr;
};

} // namespace bmc

struct bmc_encoding {
  bool isOneHot;
  bmc::Categories *(*create)(const bmc_feature &feature);
  void (*append)(bmc::Text &out, const bmc::Categories &categories, const bmc_feature &feature, const char *field,
                 const double *scores, int64_t count, bmc::AnswerStyle style); // see appendClass; null: no classes
  const bmc::Learning *learning;                                               // null: nothing is learned
};
extern "C" const bmc_encoding bmc_encoding_category;

#endif
