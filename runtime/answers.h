// What `predict` prints for a row: the network's outputs in the user's terms, as CSV or JSON.
#ifndef BMC_ANSWERS_H
#define BMC_ANSWERS_H

#include "entry.h"

namespace bmc {

/// How the answers are written.
struct AnswerStyle {
  bool json, probabilities;
};

/// An output of the network and the target that it answers for.
struct Answer {
  int64_t result;  // the output, or the probabilities that are made of it
  int64_t field;   // its target; -1: none
  bool isCategory; // of one column
  bool hasProbabilities;

  /// Whether so many scores choose one of the categories of the target.
  bool choosesCategory(int64_t scores) const;
};

/// All answers of `predict`, of which only those for categories can have probabilities.
void findAnswers(const Entry &entry, Array<Answer> &answers);

/// An output that answers for a target: a category gets the name of its class, numbers get the target's units.
class Answers {
public:
  Answers(const Entry &entry, const Preparation &preparation, AnswerStyle style);

  /// The line of names in front of the rows, where the style has one.
  void appendHeader(Text &out) const;
  /// One row of the entry's last call, with the end of the line.
  void appendRow(Text &out, int64_t row, int64_t rows) const;

private:
  int64_t widthOf(int64_t result, int64_t rows) const;
  const PreparedFeature &categoryOf(const Answer &part) const;
  void appendNumbers(Text &out, const Answer &part, int64_t row, int64_t rows) const;
  void appendNumber(Text &out, const Answer &part, int64_t index, int64_t inRow) const;

  const Entry &entry;
  const Preparation &preparation;
  AnswerStyle style;
  Array<Answer> parts;
};

/// A name as a cell of CSV: quoted where it must be.
void appendCell(Text &out, const char *text);

/// The class with the largest score; one score is the probability of the second of two.
int64_t likeliestClass(const double *scores, int64_t count);

/// One row's answer for a category: the class with the largest score, and the scores of all where they are asked for.
/// Null scores: the names for a header.
void appendClass(Text &out, const Categories &categories, const bmc_feature &feature, const char *field,
                 const double *scores, int64_t count, AnswerStyle style);

} // namespace bmc

#endif
