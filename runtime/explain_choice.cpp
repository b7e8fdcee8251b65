// See explain_choice.h.
#include "explain_choice.h"

#include "errors.h"
#include "json.h"
#include "nearest.h"
#include "numbers.h"

#include <math.h>

namespace bmc {

Choice::Choice(const Entry &predict, const Preparation &preparation, const char *target)
    : entry(predict), preparation(preparation), target(target) {
  findAnswers(entry, answers);
}

int64_t Choice::widthOf(int64_t result, int64_t rows) const {
  return elementCount(entry.resultDims(result), entry.result(result).rank) / rows;
}

/// What the outputs are is known behind the first call.
void Choice::measure(int64_t rows) {
  const Answer &first = answers[0];
  int64_t width = widthOf(first.result, rows), total = 0;
  const bmc_field *field = first.field >= 0 ? &bmc_program.fields[first.field] : nullptr;
  isOneScore = width == 1 && first.choosesCategory(width);
  isClass = first.choosesCategory(width) || (width > 1 && (!field || field->classes == width));
  for (const Answer &answer : answers)
    total += widthOf(answer.result, rows);
  if (target)
    readTarget(total);
  if (!isClass || fixed >= width + isOneScore)
    findUnits(fixed < 0 ? 0 : fixed);
  isMeasured = true;
}

/// The class that `--target` names.
int64_t Choice::findCategory(const PreparedFeature &category) const {
  Nearest nearest(target);
  Text names;
  for (int64_t i = 0; i < category.feature->category_count; ++i) {
    const char *name = category.categories[0]->name(i);
    if (!strcmp(name, target))
      return i;
    nearest.consider(name);
    if (i < 12)
      appendShown(names.append(i ? ", '" : "'"), name), names.append("'");
  }
  fail(exitBadCommandLine, "%s explain: --target: expected a class, %s%s, found '%s'%s%s", bmc_program.name,
       names.get(), category.feature->category_count > 12 ? ", ..." : "", target,
       nearest.found() ? "; did you mean " : "", nearest.found() ? nearest.found() : "");
}

void Choice::readTarget(int64_t total) {
  if (isClass && answers[0].isCategory) {
    fixed = findCategory(preparation.feature(preparation.first(answers[0].field)));
    return;
  }
  if (!parseInteger(target, fixed) || fixed < 0 || fixed >= total)
    fail(exitBadCommandLine, "%s explain: --target: expected %s from 0 to %lld, found '%s'", bmc_program.name,
         isClass ? "a class" : "a value of the outputs", (long long)total - 1, target);
}

/// The name of a value that is no class, and what was done to the column that it answers for, if that is a line.
void Choice::findUnits(int64_t value) {
  const Answer *answer = answers.begin();
  int64_t width;
  while (value >= (width = widthOf(answer->result, chosen.size())) && answer + 1 < answers.end()) {
    value -= width;
    ++answer;
  }
  valueName.append(answer->field >= 0 ? bmc_program.fields[answer->field].name : entry.result(answer->result).name);
  if (width > 1)
    valueName.format("[%lld]", static_cast<long long>(value));
  const PreparedFeature *prepared = answer->field >= 0 ? preparation.preparedAt(answer->field, value) : nullptr;
  if (!prepared)
    return;
  double at[3];
  for (int i = 0; i < 3; ++i)
    at[i] = Preparation::undo(*prepared, value, i);
  if (fabs(at[2] - 2 * at[1] + at[0]) > 1e-9 * (fabs(at[0]) + fabs(at[1]) + fabs(at[2])))
    return;
  unit = at[1] - at[0];
  shift = at[0];
}

int64_t Choice::likeliest(int64_t row, int64_t width) const {
  Array<double> scores;
  for (int64_t i = 0; i < width; ++i)
    scores.push(
        elementAsDouble(entry.resultData(answers[0].result), entry.result(answers[0].result).element, row * width + i));
  return likeliestClass(scores.data(), width);
}

void Choice::choose(int64_t rows) {
  chosen.resize(rows);
  classes.resize(rows);
  if (!isMeasured)
    measure(rows);
  int64_t width = widthOf(answers[0].result, rows);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t value = fixed >= 0 ? fixed : isClass ? likeliest(row, width) : 0;
    classes[row] = value;
    chosen[row] = isOneScore ? 0 : value;
  }
}

void Choice::appendName(Text &out, int64_t row, bool json) const {
  Text number;
  const char *name = valueName.get();
  if (!valueName.size() && answers[0].isCategory) {
    name = preparation.feature(preparation.first(answers[0].field)).categories[0]->name(classes[row]);
  } else if (!valueName.size()) {
    number.format("%lld", static_cast<long long>(classes[row]));
    name = number.get();
  }
  json ? appendJsonString(out, name) : appendCell(out, name);
}

} // namespace bmc
