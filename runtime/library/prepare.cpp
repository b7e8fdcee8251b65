// Raw columns become the model's inputs, and outputs come back into the units of the targets' columns: as a program
// does it with a table, by what it learned.
#include "../step_functions.h"
#include "../utf8.h"
#include "encodings.h"
#include "preparation.h"

#include <float.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

namespace bmc {

namespace {
/// A column of a feature, and what was learned for it.
struct Column {
  const bmc_feature *feature;
  const char *categories; // the entry of the weight file; null: there is none
  const double *learned;
  int64_t number; // in the feature
};

/// What an entry tells of a column's categories.
struct Found {
  int64_t place = -1, count = 0; // of the text that is looked for; of all texts
  JsonString missing;
};
} // namespace

// Categories ----------------------------------------------------------------------------------------------------------

static bool isSame(JsonString a, JsonString b) { return a.length == b.length && !memcmp(a.text, b.text, a.length); }

/// `{"texts":["female","male"],"missing":"male"}`; a null `text` stands for `other`.
static Found readCategories(JsonReader &json, const char *text, JsonString other) {
  Found found;
  json.expect('{');
  do {
    bool isMissing = json.readString().equals("missing");
    json.expect(':');
    if (isMissing) {
      found.missing = json.readString();
      continue;
    }
    json.expect('[');
    while (!json.failed() && !json.accept(']')) {
      if (found.count)
        json.expect(',');
      JsonString name = json.readString();
      if (text ? name.equals(text) : isSame(name, other))
        found.place = found.count;
      ++found.count;
    }
  } while (json.accept(','));
  json.expect('}');
  return found;
}

static Found lookUp(const Column &column, const char *text, JsonString other) {
  JsonReader json(column.categories, int64_t(strlen(column.categories)));
  json.expect('[');
  for (int64_t i = 0; i < column.number && !json.failed(); ++i) {
    readCategories(json, "", {});
    json.expect(',');
  }
  Found found = readCategories(json, text, other);
  return json.failed() ? Found() : found;
}

/// Class numbers are their own names.
static int64_t ownNumber(const bmc_feature &feature, const char *text) {
  locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
  char *end;
  double value = strtod_l(text, &end, plain);
  freelocale(plain);
  bool isOne = end != text && !*end && value == floor(value) && value >= 0 &&
               value < double(feature.category_count - feature.has_unknown);
  return isOne ? int64_t(value) : -1;
}

/// -1: the text is none of the categories.
static int64_t categoryOf(const Column &column, const char *text) {
  const bmc_feature &feature = *column.feature;
  if (!text && feature.missing == bmc_missing_is_text)
    text = feature.missing_text;
  int64_t place = -1;
  bool hasNames = feature.categories;
  if (column.categories) {
    JsonString missing;
    if (!text && feature.missing == bmc_missing_is_most_frequent)
      missing = lookUp(column, "", {}).missing;
    Found found = text || missing.text ? lookUp(column, text, missing) : lookUp(column, "", {});
    place = text || missing.text ? found.place : -1;
    hasNames |= found.count > 0;
  }
  for (int64_t i = 0; text && feature.categories && i < feature.category_count - feature.has_unknown; ++i)
    if (!strcmp(feature.categories[i], text))
      place = i;
  if (!hasNames && text)
    place = ownNumber(feature, text);
  return place < 0 && feature.has_unknown ? feature.category_count - 1 : place;
}

/// The values of a text; false: it has none.
static bool encode(const Column &column, const char *text, int64_t value, double &to) {
  const bmc_feature &feature = *column.feature;
  Coding coding = feature.encoding->coding;
  if (coding == Coding::category || coding == Coding::oneHot) {
    int64_t category = categoryOf(column, text);
    to = double(coding == Coding::category ? category : category == value);
    return category >= 0;
  }
  int64_t at = 0;
  to = double(feature.padding);
  Character character = {};
  for (; text && *text && at <= value; ++at)
    if (coding == Coding::bytes)
      character.text[0] = *text++;
    else
      character = takeCharacter(text);
  if (at <= value)
    return true;
  to = coding == Coding::bytes ? double(uint8_t(character.text[0])) : double(categoryOf(column, character.text) + 1);
  return true;
}

// Columns -------------------------------------------------------------------------------------------------------------

/// False where the element type does not have the number.
static bool store(int32_t element, void *to, int64_t index, double value) {
  if (element == bmc_f64) {
    static_cast<double *>(to)[index] = value;
    return isfinite(value);
  }
  if (element == bmc_f32) {
    static_cast<float *>(to)[index] = float(value);
    return fabs(value) <= double(FLT_MAX);
  }
  double low = element == bmc_i32 ? INT32_MIN : element == bmc_i64 ? -0x1p63 : 0;
  double high = element == bmc_i32 ? INT32_MAX : element == bmc_i64 ? 0x1.fffffffffffffp62 : 1;
  if (!(value == floor(value) && value >= low && value <= high))
    return false;
  if (element == bmc_i32)
    static_cast<int32_t *>(to)[index] = int32_t(value);
  else if (element == bmc_i64)
    static_cast<int64_t *>(to)[index] = int64_t(value);
  else
    static_cast<uint8_t *>(to)[index] = uint8_t(value);
  return true;
}

static int failAt(Instance &instance, const bmc_feature &feature, int64_t row, const char *text) {
  bool isNamed = feature.selection == bmc_select_names && feature.column_count == 1;
  const char *name = isNamed ? feature.names[0] : feature.name;
  if (!feature.encoding)
    return failWith(instance, BMC_ERROR_ARGUMENT, "row %lld, column '%s': expected a number that the input can hold",
                    (long long)row, name);
  return failWith(instance, BMC_ERROR_ARGUMENT, "row %lld, column '%s': expected one of its categories, found %s%.64s",
                  (long long)row, name, text ? "" : "none", text ? text : "");
}

/// One value of a row of a column.
static int prepareRow(Instance &instance, const Column &column, const void *from, int64_t row, int32_t element,
                      void *to, int64_t position) {
  const bmc_feature &feature = *column.feature;
  int64_t at = row * feature.column_count + column.number;
  if (!feature.encoding) {
    double value = applySteps(feature, column.learned, feature.step_count, static_cast<const double *>(from)[at]);
    return store(element, to, position, value) ? int(BMC_OK) : failAt(instance, feature, row, nullptr);
  }
  const char *text = static_cast<const char *const *>(from)[at];
  for (int64_t i = 0; i < feature.width; ++i) {
    double value;
    if (!encode(column, text, i, value) || !store(element, to, position + i, value))
      return failAt(instance, feature, row, text);
  }
  return BMC_OK;
}

static int prepareFeature(Instance &instance, const bmc_field &field, const bmc_feature &feature, const double *learned,
                          const void *from, int64_t rows, void *to, int64_t position) {
  const Instance &owner = *instance.owner;
  Column column = {&feature, feature.encoding ? keptOf(owner, feature) : nullptr, learned, 0};
  int64_t width = 1;
  for (int64_t i = 0; i < field.rank; ++i)
    width *= field.dims[i];
  for (; column.number < feature.column_count; ++column.number) {
    for (int64_t row = 0; row < rows; ++row)
      if (int status = prepareRow(instance, column, from, row, field.element, to,
                                  row * width + position + column.number * feature.width))
        return status;
    column.learned += learnedNumbers(feature);
  }
  return BMC_OK;
}

int prepare(bmc_model *model, const void *const *columns, int64_t rows, void *const *inputs) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  const Instance &owner = *instance.owner;
  if (learnedNumbers(*instance.program) && !owner.isPrepared)
    return failWith(instance, BMC_ERROR_STATE,
                    "the preparation of columns was not learned: load weights that the model's program trained");
  if (!columns || !inputs || rows < 0)
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected columns and inputs, found null");
  const double *learned = owner.learned;
  int64_t column = 0, input = 0;
  for (int64_t f = 0; f < instance.program->field_count; ++f) {
    const bmc_field &field = instance.program->fields[f];
    int64_t position = 0;
    for (int64_t k = 0; k < field.feature_count; ++k) {
      const bmc_feature &feature = field.features[k];
      if (field.is_input) {
        if (!columns[column] || !inputs[input])
          return failWith(instance, BMC_ERROR_ARGUMENT, "expected a pointer to column %lld, found null",
                          (long long)column);
        if (int status =
                prepareFeature(instance, field, feature, learned, columns[column], rows, inputs[input], position))
          return status;
        ++column;
      }
      position += feature.column_count * feature.width;
      learned += learnedNumbers(feature) * feature.column_count;
    }
    input += field.is_input;
  }
  return BMC_OK;
}

// Outputs -------------------------------------------------------------------------------------------------------------

/// The value at a place of a row, in the units of its column.
static double restored(const bmc_field &field, const double *learned, int64_t place, double value) {
  for (int64_t k = 0; k < field.feature_count; ++k) {
    const bmc_feature &feature = field.features[k];
    int64_t width = feature.column_count * feature.width;
    if (place < width)
      return feature.encoding ? value : undoSteps(feature, learned + place * learnedNumbers(feature), value);
    place -= width;
    learned += learnedNumbers(feature) * feature.column_count;
  }
  return value;
}

int restore(bmc_model *model, int64_t output, const void *values, int64_t rows, double *to) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  bmc_tensor tensor;
  if (!values || !to || describe(instance.base.library, BMC_OUTPUTS, output, &tensor))
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected values of one of the outputs, found output %lld",
                    (long long)output);
  const Instance &owner = *instance.owner;
  if (learnedNumbers(*instance.program) && !owner.isPrepared)
    return failWith(instance, BMC_ERROR_STATE,
                    "the preparation of columns was not learned: load weights that the model's program trained");
  const bmc_field *field = nullptr;
  const double *learned = owner.learned;
  for (int64_t f = 0, left = output; f < instance.program->field_count && !field; ++f) {
    const bmc_field &candidate = instance.program->fields[f];
    if (!candidate.is_input && !candidate.is_outside && left-- == 0) {
      field = &candidate;
      break;
    }
    for (int64_t k = 0; k < candidate.feature_count; ++k)
      learned += learnedNumbers(candidate.features[k]) * candidate.features[k].column_count;
  }
  int64_t width = tensor.bytes / elementBytes(tensor.type);
  for (int64_t i = 0; i < rows * width; ++i) {
    double value = elementAsDouble(values, tensor.type, i);
    to[i] = field ? restored(*field, learned, i % width, value) : value;
  }
  return BMC_OK;
}

} // namespace bmc
