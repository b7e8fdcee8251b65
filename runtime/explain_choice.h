// Which value of the network's outputs an explanation is about.
#ifndef BMC_EXPLAIN_CHOICE_H
#define BMC_EXPLAIN_CHOICE_H

#include "answers.h"

namespace bmc {

/// For each row the predicted class, the value of a network that gives one, or what `--target` names. Values are
/// counted through all outputs.
class Choice {
public:
  /// `target` may be null.
  Choice(const Entry &predict, const Preparation &preparation, const char *target);

  /// After a call of `predict` on so many rows.
  void choose(int64_t rows);
  const int64_t *values() const { return chosen.data(); }
  /// The name of a row's class, or of the value.
  void appendName(Text &out, int64_t row, bool json) const;
  /// A score of a row in the units of the data, where they are a multiple of the network's; for a class that a value
  /// speaks against its negative.
  double inUnits(int64_t row, double score) const { return slope(row) * score + shift; }
  double slope(int64_t row) const { return classes[row] == 0 && isOneScore ? -unit : unit; }

private:
  int64_t widthOf(int64_t result, int64_t rows) const;
  void measure(int64_t rows);
  void readTarget(int64_t total);
  int64_t findCategory(const PreparedFeature &category) const;
  void findUnits(int64_t value);
  int64_t likeliest(int64_t row, int64_t width) const;

  const Entry &entry;
  const Preparation &preparation;
  const char *target;
  Array<Answer> answers;
  bool isMeasured = false, isClass = false, isOneScore = false; // of the first output; one score for two classes
  int64_t fixed = -1;                                           // what `--target` names: a class, or a value
  double unit = 1, shift = 0;
  Text valueName; // of what is no class
  Array<int64_t> chosen, classes;
};

} // namespace bmc

#endif
