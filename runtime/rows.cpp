// Rows of a data set: see rows.h.
#include "rows.h"

#include "errors.h"
#include "tensor.h"
#ifdef BMC_DEVICE
#include "device/device.h"
#endif

#include <math.h>

namespace bmc {

Rows::Rows(FieldUse use) {
  for (int64_t i = 0; i < bmc_program.field_count; ++i) {
    const bmc_field &field = bmc_program.fields[i];
    int64_t rowBytes = elementCount(field.dims, field.rank) * elementBytes(field.element);
    fields.push({&field, rowBytes, nullptr, 0, false});
    if (use.reads(i))
      reserve(fields[i], 1);
  }
}

static void release(FieldRows &rows) {
#ifdef BMC_DEVICE
  if (rows.isOfDevice)
    return deviceDriver().releaseHost(rows.data);
#endif
  free(rows.data);
}

Rows::~Rows() {
  for (FieldRows &rows : fields)
    if (!areOnDisk())
      release(rows);
  for (SpillFile *file : files)
    if (file)
      destroy(file);
}

void Rows::reserve(FieldRows &rows, int64_t number) {
  if (number <= rows.capacity)
    return;
  int64_t capacity = rows.capacity * 2 > number ? rows.capacity * 2 : number;
  if (capacity > rowsAtOnce && number <= rowsAtOnce)
    capacity = rowsAtOnce;
  char *data = static_cast<char *>(allocateBuffer(multiplySizes(capacity, rows.rowBytes, "the data"), "the data"));
  if (rows.data)
    memcpy(data, rows.data, (count - spilled) * rows.rowBytes);
  release(rows);
  rows.data = data;
  rows.capacity = capacity;
  rows.isOfDevice = false;
}

void Rows::holdForDevice([[maybe_unused]] int64_t number) {
#ifdef BMC_DEVICE
  const int64_t worthIt = 1 << 16; // bytes; drivers copy less than that at once
  for (FieldRows &rows : fields) {
    int64_t bytes = number * rows.rowBytes;
    void *memory = rows.data && isDeviceOpen() && bytes >= worthIt ? deviceDriver().allocateHost(bytes) : nullptr;
    if (!memory)
      continue;
    release(rows);
    rows.data = static_cast<char *>(memory);
    rows.capacity = number;
    rows.isOfDevice = true;
  }
#endif
}

int64_t Rows::bytes() const {
  int64_t sum = 0;
  for (const FieldRows &rows : fields)
    sum += rows.data ? rows.rowBytes : 0;
  return sum;
}

void Rows::limitMemory(int64_t limit) { rowsAtOnce = limit / bytes() > 0 ? limit / bytes() : 1; }

void Rows::swap(Rows &other) {
  for (int64_t f = 0; f < fields.size(); ++f) {
    FieldRows own = fields[f];
    fields[f] = other.fields[f];
    other.fields[f] = own;
  }
  int64_t own = count;
  count = other.count;
  other.count = own;
}

void *Rows::addValues(int64_t field) {
  if (count - spilled == rowsAtOnce)
    spill();
  reserve(fields[field], count - spilled + 1);
  return fields[field].data + (count - spilled) * fields[field].rowBytes;
}

/// Moves all rows from memory to the files.
void Rows::spill() {
  for (int64_t f = 0; files.size() < fields.size(); ++f)
    files.push(fields[f].data ? create<SpillFile>() : nullptr);
  for (int64_t f = 0; f < fields.size(); ++f)
    if (files[f])
      files[f]->append(fields[f].data, (count - spilled) * fields[f].rowBytes);
  spilled = count;
}

void Rows::finish() {
  if (!areOnDisk())
    return;
  spill();
  for (int64_t f = 0; f < fields.size(); ++f) {
    if (!files[f])
      continue;
    free(fields[f].data);
    fields[f].data = files[f]->map();
    fields[f].capacity = count;
  }
}

void Rows::expect(const int64_t *chosen, int64_t begin, int64_t number) {
  for (int64_t f = 0; areOnDisk() && f < fields.size(); ++f) {
    int64_t bytes = fields[f].rowBytes;
    if (!files[f])
      continue;
    if (!chosen)
      files[f]->expect(begin * bytes, number * bytes);
    for (int64_t i = 0; chosen && i < number; ++i)
      files[f]->expect(chosen[begin + i] * bytes, bytes);
  }
}

void Rows::gather(Rows &source, const int64_t *chosen, int64_t begin, int64_t number) {
  for (int64_t f = 0; f < fields.size(); ++f) {
    const char *from = source.fields[f].data;
    if (!from)
      continue;
    int64_t bytes = fields[f].rowBytes;
    reserve(fields[f], number);
    if (!chosen)
      memcpy(fields[f].data, from + begin * bytes, number * bytes);
    for (int64_t i = 0; chosen && i < number; ++i)
      memcpy(fields[f].data + i * bytes, from + chosen[begin + i] * bytes, bytes);
  }
  count = number;
}

int64_t RowReader::read(Rows &rows, int64_t limit, const RowFilter &filter) {
  int64_t added = 0;
  while (added < limit && source.next())
    if (filter.takes(row++)) {
      readRow(rows);
      ++added;
    }
  return added;
}

void RowReader::readRow(Rows &rows) {
  for (int64_t i = 0; i < bmc_program.field_count; ++i)
    if (use.reads(i))
      readField(rows, i);
  ++rows.count;
}

void RowReader::readField(Rows &rows, int64_t index) {
  const bmc_field &field = bmc_program.fields[index];
  char *to = static_cast<char *>(rows.addValues(index));
  int64_t value = 0;
  for (int64_t k = 0; k < field.feature_count; ++k) {
    readFeature(field, preparation.first(index) + k, to, value);
    value += field.features[k].column_count * field.features[k].width;
  }
}

void RowReader::readFeature(const bmc_field &field, int64_t index, char *row, int64_t value) {
  const PreparedFeature &prepared = preparation.feature(index);
  const bmc_feature &feature = *prepared.feature;
  const int64_t *cells = columns.of(index);
  for (int64_t c = 0; c < feature.column_count; ++c) {
    if (!feature.encoding) {
      storeNumber(field, prepare(field, prepared, c, cells[c]), row, value++, cells[c], feature.step_count == 0);
      continue;
    }
    codes.resize(feature.width);
    prepared.categories[c]->encode(source, cells[c], source.text(cells[c]), codes.data());
    for (int64_t code : codes)
      storeNumber(field, static_cast<double>(code), row, value++, cells[c], false);
  }
}

double RowReader::prepare(const bmc_field &field, const PreparedFeature &prepared, int64_t column, int64_t cell) {
  double found = source.number(cell);
  double value = Preparation::apply(prepared, column, prepared.feature->step_count, found);
  double ignored = static_cast<double>(prepared.feature->ignored);
  if (prepared.feature->has_ignored && (isnan(found) || value == ignored))
    return ignored;
  if (!isfinite(value)) {
    source.failAt(cell, isnan(found)   ? "a number"
                        : isinf(found) ? "a finite number"
                                       : "a number that its preparation gives a finite value for");
  }
  if (field.classes > 0 && !(value == floor(value) && value >= 0 && value < static_cast<double>(field.classes))) {
    Text expected;
    expected.format("a class from 0 to %lld", static_cast<long long>(field.classes - 1));
    source.failAt(cell, expected.get());
  }
  return value;
}

void RowReader::storeNumber(const bmc_field &field, double value, void *to, int64_t index, int64_t cell, bool isPlain) {
  if (field.element == bmc_f32) {
    float narrow = static_cast<float>(value);
    if (!isfinite(narrow))
      source.failAt(cell, "a number within f32's range");
    static_cast<float *>(to)[index] = narrow;
  } else if (field.element == bmc_f64) {
    static_cast<double *>(to)[index] = value;
  } else if (value != floor(value)) {
    source.failAt(cell, "a whole number");
  } else if (field.element == bmc_bool) {
    if (value != 0 && value != 1)
      source.failAt(cell, "0 or 1");
    static_cast<uint8_t *>(to)[index] = value != 0;
  } else if (field.element == bmc_i32) {
    if (value < INT32_MIN || value > INT32_MAX)
      source.failAt(cell, "a whole number within i32's range");
    static_cast<int32_t *>(to)[index] = static_cast<int32_t>(value);
  } else {
    // Beyond 2^53 a double has lost digits that the cell may have.
    int64_t exact = 0;
    bool isExact = isPlain && source.integer(cell, exact);
    if (!isExact && fabs(value) > 9007199254740992.0)
      source.failAt(cell, "a whole number within i64's range");
    static_cast<int64_t *>(to)[index] = isExact ? exact : static_cast<int64_t>(value);
  }
}

} // namespace bmc
