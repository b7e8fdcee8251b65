// What was predicted for the rows of a data set, beside what is so: for the page of a report.
#ifndef BMC_REPORT_OUTCOMES_H
#define BMC_REPORT_OUTCOMES_H

#include "answers.h"

namespace bmc {

/// For a class how often each was taken for each, for numbers as many pairs as a drawing shows.
class Outcomes {
public:
  /// `rows` will be asked in all.
  Outcomes(const Entry &predict, const Preparation &preparation, int64_t rows);
  ~Outcomes();
  Outcomes(const Outcomes &) = delete;
  Outcomes &operator=(const Outcomes &) = delete;

  /// Whether there is an output that answers for a target.
  bool areThere() const { return outcomes.size() > 0; }
  /// After a call of `predict` on these rows.
  void add(Rows &rows);
  /// `[{"field":"y","rows":30,"labels":["a","b"],"counts":[[9,1],[2,18]]}]` or, with a list for each value of the
  /// field, `[{"field":"y","rows":30,"pairs":[[[is,predicted],...],...]}]`.
  void appendJson(Text &out) const;

private:
  struct Outcome {
    Answer answer;
    int64_t classes = 0;              // 0: numbers
    int64_t positions = 0, width = 0; // of a row: answers, and values for each of them
    Array<int64_t> counts;
    Array<double> pairs; // row by row, value by value
  };

  void measure(Outcome &outcome, int64_t rows) const;
  void addClasses(Outcome &outcome, Rows &rows) const;
  void addNumbers(Outcome &outcome, Rows &rows) const;
  void appendClasses(Text &out, const Outcome &outcome) const;
  static void appendPairs(Text &out, const Outcome &outcome);

  const Entry &entry;
  const Preparation &preparation;
  int64_t rows, done = 0;
  Array<Outcome *> outcomes;
};

} // namespace bmc

#endif
