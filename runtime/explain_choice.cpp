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
    readTarget(width, total);
  else if (!isClass)
    fixedValue = 0;
  if (fixedValue >= 0)
    findUnits(fixedValue);
  isMeasured = true;
}

/// The class that `--target` names, or -1.
int64_t Choice::findCategory(const PreparedFeature &category) const {
  int64_t i = category.feature->category_count;
  while (--i >= 0 && strcmp(category.categories[0]->name(i), target))
    ;
  return i;
}

void Choice::failAtTarget(int64_t total) const {
  Nearest nearest(target);
  Text expected;
  if (isCategoryNamed()) {
    const PreparedFeature &category = preparation.feature(preparation.first(answers[0].field));
    for (int64_t i = 0; i < category.feature->category_count; ++i) {
      nearest.consider(category.categories[0]->name(i));
      if (i < 12)
        appendShown(expected.append(i ? ", '" : "a class, '"), category.categories[0]->name(i)), expected.append("'");
    }
    expected.append(category.feature->category_count > 12 ? ", ..., or " : ", or ");
  }
  expected.format("%s from 0 to %lld", isClass && !isCategoryNamed() ? "a class" : "the number of a value",
                  static_cast<long long>(total - 1));
  fail(exitBadCommandLine, "%s explain: --target: expected %s, found '%s'%s%s", bmc_program.name, expected.get(),
       target, nearest.found() ? "; did you mean " : "", nearest.found() ? nearest.found() : "");
}

/// A class by its name, or a value by its number; those of the first output may be classes.
void Choice::readTarget(int64_t width, int64_t total) {
  if (isCategoryNamed())
    fixedClass = findCategory(preparation.feature(preparation.first(answers[0].field)));
  if (fixedClass >= 0)
    return;
  int64_t number;
  if (!parseInteger(target, number) || number < 0 || number >= total)
    failAtTarget(total);
  (isClass && !isOneScore && number < width ? fixedClass : fixedValue) = number;
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
    classes[row] = fixedClass >= 0 || !isClass ? fixedClass : likeliest(row, width);
    chosen[row] = fixedValue >= 0 ? fixedValue : isOneScore ? 0 : classes[row];
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
