// See report_outcomes.h.
#include "report_outcomes.h"

#include "json.h"
#include "numbers.h"

namespace bmc {

/// What a page can show: more classes are no table, more points and drawings make nothing clearer.
enum { maximumClasses = 100, maximumPairs = 1000, maximumValues = 8 };

Outcomes::Outcomes(const Entry &predict, const Preparation &preparation, int64_t rows)
    : entry(predict), preparation(preparation), rows(rows) {
  Array<Answer> answers;
  findAnswers(entry, answers);
  for (const Answer &answer : answers)
    if (answer.field >= 0) {
      auto *outcome = create<Outcome>();
      outcome->answer = answer;
      outcomes.push(outcome);
    }
}

Outcomes::~Outcomes() {
  for (Outcome *outcome : outcomes)
    destroy(outcome);
}

static int64_t valuesOf(const bmc_field &field) { return elementCount(field.dims, field.rank); }

/// Finds out what the output says about the target: a class for each of its values, numbers like them, or nothing.
void Outcomes::measure(Outcome &outcome, int64_t count) const {
  const Answer &answer = outcome.answer;
  const bmc_field &field = bmc_program.fields[answer.field];
  const bmc_value &result = entry.result(answer.result);
  const int64_t *dims = entry.resultDims(answer.result);
  int64_t scores = elementCount(dims, result.rank) / count, values = valuesOf(field);
  if (answer.choosesCategory(scores)) {
    outcome.classes = field.features[0].category_count;
    outcome.positions = 1;
  } else if (field.classes > 0 && scores == values * field.classes && dims[result.rank - 1] == field.classes) {
    outcome.classes = field.classes;
    outcome.positions = values;
  } else if (scores == values) {
    outcome.positions = values;
  }
  outcome.width = outcome.positions ? scores / outcome.positions : 0;
  if (outcome.classes > maximumClasses || (!outcome.classes && outcome.positions > maximumValues))
    outcome.positions = 0;
  outcome.counts.resize(outcome.classes * outcome.classes);
}

void Outcomes::add(Rows &part) {
  for (Outcome *outcome : outcomes) {
    measure(*outcome, part.count);
    if (outcome->positions)
      outcome->classes ? addClasses(*outcome, part) : addNumbers(*outcome, part);
  }
  done += part.count;
}

/// A class number, or the place of the 1 in a one-hot row.
static int64_t wantedClass(const void *data, const bmc_field &field, int64_t index, int64_t values) {
  if (values == 1)
    return static_cast<int64_t>(elementAsDouble(data, field.element, index));
  int64_t wanted = 0;
  while (wanted < values && elementAsDouble(data, field.element, index * values + wanted) == 0)
    ++wanted;
  return wanted;
}

void Outcomes::addClasses(Outcome &outcome, Rows &part) const {
  const bmc_field &field = bmc_program.fields[outcome.answer.field];
  const bmc_value &result = entry.result(outcome.answer.result);
  const void *wanted = part.field(outcome.answer.field).data, *said = entry.resultData(outcome.answer.result);
  int64_t values = valuesOf(field) / outcome.positions;
  Array<double> scores;
  for (int64_t i = 0; i < part.count * outcome.positions; ++i) {
    scores.clear();
    for (int64_t k = 0; k < outcome.width; ++k)
      scores.push(elementAsDouble(said, result.element, i * outcome.width + k));
    int64_t is = wantedClass(wanted, field, i, values);
    if (is >= 0 && is < outcome.classes)
      ++outcome.counts[is * outcome.classes + likeliestClass(scores.data(), outcome.width)];
  }
}

/// Rows at equal distances, in the units of the data.
void Outcomes::addNumbers(Outcome &outcome, Rows &part) const {
  const Answer &answer = outcome.answer;
  const void *wanted = part.field(answer.field).data, *said = entry.resultData(answer.result);
  int64_t distance = (rows + maximumPairs - 1) / maximumPairs;
  for (int64_t row = 0; row < part.count; ++row) {
    for (int64_t i = 0; (done + row) % distance == 0 && i < outcome.positions; ++i) {
      int64_t index = row * outcome.positions + i, column = i;
      const PreparedFeature *prepared = preparation.preparedAt(answer.field, column);
      double is = elementAsDouble(wanted, bmc_program.fields[answer.field].element, index);
      double predicted = elementAsDouble(said, entry.result(answer.result).element, index);
      outcome.pairs.push(prepared ? Preparation::undo(*prepared, column, is) : is);
      outcome.pairs.push(prepared ? Preparation::undo(*prepared, column, predicted) : predicted);
    }
  }
}

/// Classes are called as in the data, where it has texts.
void Outcomes::appendClasses(Text &out, const Outcome &outcome) const {
  out.append(",\"labels\":[");
  for (int64_t i = 0; i < outcome.classes; ++i) {
    Text number;
    number.format("%lld", static_cast<long long>(i));
    const char *name = number.get();
    if (outcome.answer.isCategory)
      name = preparation.feature(preparation.first(outcome.answer.field)).categories[0]->name(i);
    appendJsonString(out.append(i ? "," : ""), name);
  }
  out.append("],\"counts\":");
  const int64_t dims[] = {outcome.classes, outcome.classes};
  appendJsonTensor(out, outcome.counts.data(), bmc_i64, dims, 2, 0);
}

void Outcomes::appendPairs(Text &out, const Outcome &outcome) {
  out.append(",\"pairs\":[");
  for (int64_t i = 0; i < outcome.positions; ++i) {
    out.append(i ? ",[" : "[");
    for (int64_t at = 2 * i; at < outcome.pairs.size(); at += 2 * outcome.positions) {
      const int64_t dims[] = {2};
      appendJsonTensor(out.append(at > 2 * i ? "," : ""), outcome.pairs.data() + at, bmc_f64, dims, 1, 0);
    }
    out.append("]");
  }
  out.append("]");
}

void Outcomes::appendJson(Text &out) const {
  out.append("[");
  bool isFirst = true;
  for (const Outcome *outcome : outcomes) {
    if (!outcome->positions)
      continue;
    appendJsonField(out.append(isFirst ? "{" : ",{"), "field", bmc_program.fields[outcome->answer.field].name);
    isFirst = false;
    out.format(",\"rows\":%lld", static_cast<long long>(done));
    outcome->classes ? appendClasses(out, *outcome) : appendPairs(out, *outcome);
    out.append("}");
  }
  out.append("]");
}

} // namespace bmc
