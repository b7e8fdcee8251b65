// What `predict` prints for a row: the network's outputs in the user's terms, as CSV or JSON.
#ifndef BMC_ANSWERS_H
#define BMC_ANSWERS_H

#include "entry.h"

namespace bmc {

/// How the answers are written.
struct AnswerStyle {
  bool json, probabilities;
};

/// The i-th output answers for the i-th target: a category gets the name of its class, numbers get the target's units.
class Answers {
public:
  Answers(const Entry &entry, const Preparation &preparation, AnswerStyle style);

  /// The line of names in front of the rows, where the style has one.
  void appendHeader(Text &out) const;
  /// One row of the entry's last call, with the end of the line.
  void appendRow(Text &out, int64_t row, int64_t rows) const;

private:
  struct Part {
    int64_t result;  // an output, or the probabilities that are made of it
    int64_t field;   // its target; -1: none
    bool isCategory; // of one column
    bool hasProbabilities;
  };

  void addPart(int64_t result, int64_t field);
  int64_t widthOf(int64_t result, int64_t rows) const;
  const PreparedFeature &categoryOf(const Part &part) const;
  void appendNumbers(Text &out, const Part &part, int64_t row, int64_t rows) const;
  void appendLists(Text &out, const Part &part, const int64_t *dims, int64_t rank, int64_t &index, int64_t first) const;
  void appendNumber(Text &out, const Part &part, int64_t index, int64_t inRow) const;

  const Entry &entry;
  const Preparation &preparation;
  AnswerStyle style;
  Array<Part> parts;
};

/// One row's answer for a category: the class with the largest score, and the scores of all where they are asked for.
/// Null scores: the names for a header.
void appendClass(Text &out, const Categories &categories, const bmc_feature &feature, const char *field,
                 const double *scores, int64_t count, AnswerStyle style);

} // namespace bmc

#endif
