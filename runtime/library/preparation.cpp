// What a program learned about columns, kept with the weights: see preparation.h.
#include "preparation.h"

#include "../step_functions.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

namespace bmc {

static constexpr char keyBegin[] = "data.";
enum { keyBeginLength = sizeof keyBegin - 1 };

int64_t keptBytes(JsonString key, JsonString value) {
  bool isKept = key.length > keyBeginLength && !memcmp(key.text, keyBegin, keyBeginLength);
  return isKept ? key.length + value.length + 2 : 0;
}

void releaseKept(Instance &instance) {
  release(instance.allocator, instance.kept, instance.keptCapacity);
  instance.kept = nullptr;
  instance.keptCapacity = instance.keptBytes = 0;
}

bool beginKeeping(Instance &instance, int64_t bytes) {
  auto *memory = bytes ? static_cast<char *>(allocate(instance.allocator, bytes)) : nullptr;
  if (bytes && !memory)
    return false;
  releaseKept(instance);
  instance.kept = memory;
  instance.keptCapacity = bytes;
  return true;
}

static void keepText(Instance &instance, JsonString text) {
  instance.keptBytes += text.decode(instance.kept + instance.keptBytes);
  instance.kept[instance.keptBytes++] = '\0';
}

void keep(Instance &instance, JsonString key, JsonString value) {
  if (!keptBytes(key, value))
    return;
  keepText(instance, key);
  keepText(instance, value);
}

bool nextKept(const Instance &instance, int64_t &at, const char *&key, const char *&value) {
  if (at >= instance.keptBytes)
    return false;
  key = instance.kept + at;
  value = key + strlen(key) + 1;
  at = value + strlen(value) + 1 - instance.kept;
  return true;
}

int64_t learnedNumbers(const Program &program) {
  int64_t count = 0;
  for (int64_t f = 0; f < program.field_count; ++f)
    for (int64_t k = 0; k < program.fields[f].feature_count; ++k)
      count += learnedNumbers(program.fields[f].features[k]) * program.fields[f].features[k].column_count;
  return count;
}

/// The entry of a feature; null: there is none.
const char *keptOf(const Instance &instance, const bmc_feature &feature) {
  const char *key, *value;
  for (int64_t at = 0; nextKept(instance, at, key, value);)
    if (!strcmp(key + keyBeginLength, feature.name))
      return value;
  return nullptr;
}

/// As many numbers, separated by blanks. What the host's locale is does not matter.
static bool readNumbers(const char *text, double *numbers, int64_t count) {
  locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
  for (int64_t i = 0; text && i < count; ++i) {
    char *end;
    numbers[i] = strtod_l(text, &end, plain);
    text = end == text ? nullptr : end;
  }
  freelocale(plain);
  return text && !*text;
}

/// The lines of the metrics' units follow from the numbers.
static void fillUnits(Instance &instance, const bmc_field &field, const double *learned) {
  if (field.units < 0)
    return;
  int64_t columns = instance.program->variables[field.units].dims[2];
  auto *numbers = static_cast<double *>(instance.variables[field.units]);
  for (int64_t k = 0; k < field.feature_count; ++k)
    for (int64_t c = 0; c < field.features[k].column_count; ++c) {
      setLines(field.features[k], learned, numbers++, columns);
      learned += learnedNumbers(field.features[k]);
    }
}

void startUnits(Instance &instance) {
  for (int64_t f = 0; f < instance.program->field_count; ++f) {
    int64_t index = instance.program->fields[f].units;
    if (index < 0)
      continue;
    const bmc_variable &variable = instance.program->variables[index];
    auto *numbers = static_cast<double *>(instance.variables[index]);
    if (instance.owner != &instance)
      memcpy(numbers, instance.owner->variables[index], size_t(variableBytes(variable)));
    for (int64_t i = 0; instance.owner == &instance && i < variableBytes(variable) / int64_t(sizeof(double)); ++i)
      numbers[i] = i / variable.dims[2] % 2 ? 1 : 0; // shifts, then scales
  }
}

void finishKeeping(Instance &instance) {
  double *learned = instance.learned;
  instance.isPrepared = true;
  for (int64_t f = 0; f < instance.program->field_count; ++f) {
    const bmc_field &field = instance.program->fields[f];
    const double *ofField = learned;
    bool isRead = true;
    for (int64_t k = 0; k < field.feature_count; ++k) {
      int64_t count = learnedNumbers(field.features[k]) * field.features[k].column_count;
      isRead = isRead && (count == 0 || readNumbers(keptOf(instance, field.features[k]), learned, count));
      learned += count;
    }
    instance.isPrepared = instance.isPrepared && isRead;
    if (isRead)
      fillUnits(instance, field, ofField);
  }
}

int64_t countColumns(const Program &program) {
  int64_t count = 0;
  while (columnAt(program, count))
    ++count;
  return count;
}

const bmc_feature *columnAt(const Program &program, int64_t index) {
  for (int64_t f = 0; f < program.field_count; ++f)
    for (int64_t k = 0; program.fields[f].is_input && k < program.fields[f].feature_count; ++k)
      if (index-- == 0)
        return &program.fields[f].features[k];
  return nullptr;
}

} // namespace bmc
