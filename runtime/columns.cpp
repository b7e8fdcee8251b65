// Where a source has the columns of features: see columns.h.
#include "columns.h"

#include "errors.h"
#include "nearest.h"
#include "numbers.h"

namespace bmc {

Columns::Columns(Source &source, FieldUse use, const Preparation &preparation)
    : source(source), use(use), preparation(preparation) {
  decideHeader();
  bool inputsAlone = hasInputsAlone();
  if (!inputsAlone && needsInputsAlone())
    fail(exitBadInput, "%s:1: expected %lld columns (the inputs), found %lld", source.name(), (long long)inputColumns(),
         (long long)source.columnCount());
  for (int64_t f = 0; f < preparation.featureCount(); ++f) {
    begins.push(columns.size());
    if (!isRead(f))
      continue;
    const PreparedFeature &prepared = preparation.feature(f);
    if (!inputsAlone) {
      findFeature(prepared);
      continue;
    }
    for (int64_t c = 0; c < prepared.feature->column_count; ++c)
      columns.push(columns.size());
  }
}

int64_t Columns::inputColumns() const {
  int64_t count = 0;
  for (int64_t f = 0; f < preparation.featureCount(); ++f)
    if (isRead(f))
      count += preparation.feature(f).feature->column_count;
  return count;
}

/// Whether an input has no columns in the data that others could stand beside.
bool Columns::needsInputsAlone() const {
  for (int64_t f = 0; f < preparation.featureCount(); ++f)
    if (isRead(f) && preparation.feature(f).feature->selection == bmc_select_numbers &&
        bmc_program.fields[preparation.feature(f).field].is_outside)
      return true;
  return false;
}

/// Whether `predict` has nothing but the inputs: as many columns as they take, and no header that could say more.
bool Columns::hasInputsAlone() const {
  if (use.isOfData() || source.columnCount() != inputColumns())
    return false;
  bool named = false;
  for (int64_t f = 0; f < preparation.featureCount(); ++f) {
    const PreparedFeature &prepared = preparation.feature(f);
    if (isRead(f) && prepared.feature->selection == bmc_select_array)
      return false;
    named |= isRead(f) && (prepared.feature->selection == bmc_select_names || prepared.columnNames.size());
  }
  return !named || !source.columnName(0);
}

/// What the model file says; else a name of a feature that stands in the first line; else a text where a number must
/// be.
void Columns::decideHeader() {
  int given = source.hasHeader();
  source.useHeader(given >= 0 ? given : looksLikeHeader());
}

/// Whether a feature takes this column of the first line by its number, as one of numbers.
static bool takesNumber(const bmc_feature &feature, int64_t column) {
  if (feature.encoding || (feature.selection != bmc_select_numbers && feature.selection != bmc_select_others))
    return false;
  bool listed = false;
  for (int64_t i = 0; i < feature.number_count; ++i)
    listed |= feature.numbers[i] == column;
  return listed == (feature.selection == bmc_select_numbers);
}

bool Columns::looksLikeHeader() const {
  bool text = false, number = false, named = false, allTexts = true;
  bool alone = !use.isOfData() && source.columnCount() == inputColumns();
  for (int64_t column = 0; column < source.columnCount(); ++column) {
    const char *cell = source.firstCell(column);
    double value;
    bool isNumber = parseNumber(cell, value), isTaken = false;
    for (int64_t f = 0; f < preparation.featureCount(); ++f) {
      const PreparedFeature &prepared = preparation.feature(f);
      const bmc_feature &feature = *prepared.feature;
      for (int64_t i = 0; isRead(f) && i < feature.name_count; ++i) {
        named |= use.isOfData();
        if (!strcmp(cell, feature.names[i]))
          return true;
      }
      isTaken |= isRead(f) && (alone ? !feature.encoding : takesNumber(feature, column));
    }
    allTexts &= !isNumber;
    number |= isTaken && isNumber;
    text |= isTaken && !isNumber && *cell;
  }
  if (named || (text && allTexts))
    return true;
  if (text && number)
    warn("%s:1: taken as a header, though some of its cells are numbers", source.name());
  return text;
}

void Columns::findFeature(const PreparedFeature &prepared) {
  const bmc_feature &feature = *prepared.feature;
  switch (feature.selection) {
  case bmc_select_numbers:
    return findNumbers(feature);
  case bmc_select_names:
    return findNames(feature.names, feature.name_count);
  case bmc_select_others:
    return !use.isOfData() && prepared.columnNames.size() ? findLearned(prepared) : findOthers(prepared);
  default:
    return findArray(feature);
  }
}

int64_t Columns::find(const bmc_feature &feature) {
  int64_t begin = columns.size();
  if (feature.selection == bmc_select_array)
    findArray(feature);
  else if (feature.selection == bmc_select_names)
    findNames(feature.names, feature.name_count);
  else
    findNumbers(feature);
  return columns[begin];
}

void Columns::failNarrow() const {
  int64_t last = 0, found = source.columnCount();
  for (int64_t f = 0; f < preparation.featureCount(); ++f) {
    const bmc_feature &feature = *preparation.feature(f).feature;
    for (int64_t i = 0; isRead(f) && i < feature.number_count; ++i)
      last = feature.numbers[i] > last ? feature.numbers[i] : last;
  }
  if (!use.isOfData())
    fail(exitBadInput, "%s:1: expected %lld columns (the inputs) or at least %lld, found %lld", source.name(),
         (long long)inputColumns(), (long long)last + 1, (long long)found);
  fail(exitBadInput, "%s:1: expected at least %lld columns, found %lld", source.name(), (long long)last + 1,
       (long long)found);
}

void Columns::findNumbers(const bmc_feature &feature) {
  for (int64_t i = 0; i < feature.number_count; ++i) {
    if (feature.numbers[i] >= source.columnCount())
      failNarrow();
    columns.push(feature.numbers[i]);
  }
}

int64_t Columns::findName(const char *name) const {
  for (int64_t column = 0; column < source.columnCount(); ++column) {
    const char *found = source.columnName(column);
    if (found && !strcmp(found, name))
      return column;
  }
  return -1;
}

void Columns::failWithoutName(const char *name) const {
  if (!source.columnName(0))
    fail(exitBadInput, "%s:1: expected a header with the column '%s', or the %lld inputs alone, found %lld columns",
         source.name(), name, (long long)inputColumns(), (long long)source.columnCount());
  Nearest nearest(name);
  for (int64_t column = 0; column < source.columnCount(); ++column)
    nearest.consider(source.columnName(column));
  Text hint;
  if (nearest.found())
    appendShown(hint.append("; did you mean '"), nearest.found()), hint.append("'?");
  fail(exitBadInput, "%s:1: expected a column '%s', found none of that name%s", source.name(), name, hint.get());
}

void Columns::findNames(const char *const *names, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    int64_t column = findName(names[i]);
    if (column < 0)
      failWithoutName(names[i]);
    columns.push(column);
  }
}

/// The names that `others` stood for in training.
void Columns::findLearned(const PreparedFeature &prepared) {
  for (const char *name = prepared.columnNames.data(); name < prepared.columnNames.end(); name += strlen(name) + 1)
    findNames(&name, 1);
}

void Columns::findOthers(const PreparedFeature &prepared) {
  const bmc_feature &feature = *prepared.feature;
  int64_t begin = columns.size();
  for (int64_t column = 0; column < source.columnCount(); ++column) {
    const char *name = source.columnName(column);
    bool taken = false;
    for (int64_t i = 0; i < feature.number_count; ++i)
      taken |= feature.numbers[i] == column;
    for (int64_t i = 0; name && i < feature.name_count; ++i)
      taken |= !strcmp(name, feature.names[i]);
    if (!taken)
      columns.push(column);
  }
  if (columns.size() - begin != feature.column_count)
    fail(exitBadInput, "%s:1: expected %lld columns for the other columns of '%s', found %lld", source.name(),
         (long long)feature.column_count, feature.name, (long long)(columns.size() - begin));
}

void Columns::findArray(const bmc_feature &feature) {
  int64_t first, count;
  if (!source.findArray(feature.names[0], first, count))
    fail(exitBadInput, "%s: expected an array '%s', found none of that name", source.name(), feature.names[0]);
  if (count != feature.column_count)
    fail(exitBadInput, "%s: array '%s': expected %lld values a row, found %lld", source.name(), feature.names[0],
         (long long)feature.column_count, (long long)count);
  for (int64_t c = 0; c < count; ++c)
    columns.push(first + c);
}

} // namespace bmc
