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
  double slope(int64_t row) const { return isOneScore && fixedValue < 0 && classes[row] == 0 ? -unit : unit; }

private:
  int64_t widthOf(int64_t result, int64_t rows) const;
  void measure(int64_t rows);
  void readTarget(int64_t width, int64_t total);
  bool isCategoryNamed() const { return isClass && answers[0].isCategory; }
  int64_t findCategory(const PreparedFeature &category) const;
  [[noreturn]] void failAtTarget(int64_t total) const;
  void findUnits(int64_t value);
  int64_t likeliest(int64_t row, int64_t width) const;

  const Entry &entry;
  const Preparation &preparation;
  const char *target;
  Array<Answer> answers;
  bool isMeasured = false, isClass = false, isOneScore = false; // of the first output; one score for two classes
  int64_t fixedClass = -1, fixedValue = -1;                     // what `--target` names
  double unit = 1, shift = 0;
  Text valueName; // of what is no class
  Array<int64_t> chosen, classes;
};

} // namespace bmc

#endif
