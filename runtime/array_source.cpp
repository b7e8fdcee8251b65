// Arrays as a source of rows: see array_source.h.
#include "array_source.h"

#include "errors.h"
#include "values.h"

#include <math.h>

namespace bmc {

enum { bufferBytes = 1 << 18 };

int64_t storedBytes(Stored stored) {
  static const int8_t bytes[] = {1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8};
  return bytes[static_cast<int>(stored)];
}

void StoredArray::describe(Stored kind, bool swap, const int64_t *dims, int64_t rank) {
  stored = kind;
  isSwapped = swap;
  valueBytes = storedBytes(kind);
  if (rank == 0 || dims[0] == 0)
    fail(exitBadInput, "%s: expected an array of rows, found %s", file.name(), rank ? "none" : "a single number");
  rows = dims[0];
  width = 1;
  bool isTooLarge = false;
  for (int64_t i = 1; i < rank; ++i)
    isTooLarge |= __builtin_mul_overflow(width, dims[i], &width);
  int64_t total;
  isTooLarge |= __builtin_mul_overflow(width, valueBytes, &total) || __builtin_mul_overflow(total, rows, &total);
  if (isTooLarge || width == 0)
    fail(exitBadInput, "%s: expected an array that has values and fits into memory, found another shape", file.name());
  int64_t size = file.size();
  if (size >= 0 && size - headerBytes < total)
    fail(exitBadInput, "%s: expected %lld bytes of data behind the header, found %lld: the file is cut off",
         file.name(), (long long)total, (long long)(size - headerBytes));
  if (size >= 0 && size - headerBytes > total)
    fail(exitBadInput, "%s: expected %lld bytes of data behind the header, found %lld", file.name(), (long long)total,
         (long long)(size - headerBytes));
  int64_t rowBytes = width * valueBytes, atOnce = bufferBytes / rowBytes;
  buffer.resize((atOnce ? atOnce : 1) * rowBytes);
}

bool StoredArray::next() {
  int64_t rowBytes = width * valueBytes;
  if (row == rows)
    return false;
  begin += rowBytes;
  if (begin >= filled) {
    int64_t left = (rows - row) * rowBytes;
    filled = left < buffer.size() ? left : buffer.size();
    begin = 0;
    if (!file.readAll(buffer.data(), filled))
      fail(exitBadInput, "%s: row %lld: expected %lld bytes, found the end of the file", file.name(),
           (long long)row + 1, (long long)rowBytes);
  }
  ++row;
  return true;
}

void StoredArray::rewind() {
  file.rewind();
  file.skip(headerBytes);
  row = begin = filled = 0;
}

const char *StoredArray::bytesOf(int64_t i, char (&swapped)[8]) const {
  const char *bytes = buffer.data() + begin + i * valueBytes;
  if (!isSwapped)
    return bytes;
  for (int64_t k = 0; k < valueBytes; ++k)
    swapped[k] = bytes[valueBytes - 1 - k];
  return swapped;
}

template <typename T> static T load(const char *bytes) {
  T value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

double StoredArray::number(int64_t i) const {
  char swapped[8];
  const char *bytes = bytesOf(i, swapped);
  switch (stored) {
  case Stored::u8:
    return load<uint8_t>(bytes);
  case Stored::f32:
    return load<float>(bytes);
  case Stored::f64:
    return load<double>(bytes);
  case Stored::f16:
    return halfAsFloat(load<uint16_t>(bytes));
  case Stored::i8:
    return load<int8_t>(bytes);
  case Stored::i16:
    return load<int16_t>(bytes);
  case Stored::u16:
    return load<uint16_t>(bytes);
  case Stored::i32:
    return load<int32_t>(bytes);
  case Stored::u32:
    return load<uint32_t>(bytes);
  case Stored::i64:
    return static_cast<double>(load<int64_t>(bytes));
  case Stored::u64:
    return static_cast<double>(load<uint64_t>(bytes));
  }
  return NAN;
}

bool StoredArray::integer(int64_t i, int64_t &value) const {
  char swapped[8];
  if (stored != Stored::i64)
    return false;
  value = load<int64_t>(bytesOf(i, swapped));
  return true;
}

void ArraySource::add(StoredArray *array) {
  arrays.push(array);
  fileName = arrays[0]->file.name();
}

Array<char> &ArraySource::addMemory() {
  memory.push(create<Array<char>>());
  return *memory[memory.size() - 1];
}

void ArraySource::finish(const char *path) {
  if (arrays.size() == 0)
    fail(exitBadInput, "%s: expected an array of the model file's name, found none", path);
  for (StoredArray *array : arrays)
    if (array->rows != arrays[0]->rows)
      fail(exitBadInput, "%s: array '%s': expected %lld rows as in array '%s', found %lld", array->file.name(),
           array->name, (long long)arrays[0]->rows, arrays[0]->name, (long long)array->rows);
}

bool ArraySource::next() {
  ++row;
  bool found = true;
  for (StoredArray *array : arrays)
    found &= array->next();
  return found;
}

void ArraySource::rewind() {
  row = -1;
  for (StoredArray *array : arrays)
    array->rewind();
}

void ArraySource::close() {
  for (StoredArray *array : arrays)
    destroy(array);
  for (Array<char> *bytes : memory)
    destroy(bytes);
  destroy(this);
}

int64_t ArraySource::columnCount() const {
  int64_t count = 0;
  for (int64_t i = 0; i < arrays.size(); ++i)
    count += arrays[i]->width;
  return count;
}

/// The array that holds a column, which becomes one of the array.
StoredArray &ArraySource::arrayOf(int64_t &column) {
  int64_t i = 0;
  for (; column >= arrays[i]->width; ++i)
    column -= arrays[i]->width;
  return *arrays[i];
}

double ArraySource::number(int64_t column) {
  StoredArray &array = arrayOf(column);
  return array.number(column);
}

bool ArraySource::integer(int64_t column, int64_t &value) {
  StoredArray &array = arrayOf(column);
  return array.integer(column, value);
}

const char *ArraySource::text(int64_t column) {
  double value = number(column);
  shown.clear();
  return isnan(value) ? nullptr : shown.format("%.17g", value).get();
}

bool ArraySource::findArray(const char *name, int64_t &first, int64_t &count) {
  first = 0;
  for (int64_t i = 0; i < arrays.size(); ++i) {
    count = arrays[i]->width;
    if (!strcmp(arrays[i]->name, name))
      return true;
    first += count;
  }
  return false;
}

void ArraySource::failAt(int64_t column, const char *expected) {
  StoredArray &array = arrayOf(column);
  fail(exitBadInput, "%s: row %lld, value %lld: expected %s, found %.9g", array.file.name(), (long long)row + 1,
       (long long)column + 1, expected, array.number(column));
}

/// The arrays of the fields that a function takes, in their order.
static void findInputs(FieldUse use, Array<const char *> &names) {
  for (int64_t i = 0; i < bmc_program.field_count; ++i)
    for (int64_t k = 0; use.reads(i) && k < bmc_program.fields[i].feature_count; ++k) {
      const bmc_feature &feature = bmc_program.fields[i].features[k];
      bool known = false;
      for (const char *name : names)
        known |= !strcmp(name, feature.names[0]);
      if (!known)
        names.push(feature.names[0]);
    }
}

Source *openArrays(const char *path, const bmc_dataset &set, bool again, FieldUse use,
                   void (*readHeader)(StoredArray &array)) {
  Array<const char *> names;
  int64_t paths = 1;
  for (const char *p = path; *p; ++p)
    paths += *p == ',';
  findInputs(use.isOfData() && bmc_program.predict ? FieldUse::of(*bmc_program.predict) : use, names);
  int64_t inputs = names.size();
  if (paths == set.file_count && (use.isOfData() || paths != inputs)) {
    names.clear();
    for (int64_t i = 0; i < set.file_count; ++i)
      names.push(set.files[i].name);
  }
  if (paths != names.size())
    fail(exitBadInput, "%s: expected %lld files separated by commas (or the inputs' %lld), found %lld", path,
         (long long)set.file_count, (long long)inputs, (long long)paths);
  auto *source = create<ArraySource>();
  for (const char *name : names) {
    int64_t length = static_cast<int64_t>(strcspn(path, ","));
    // The name of the file lives as long as the program.
    char *one = static_cast<char *>(growMemory(nullptr, length + 1, "a path"));
    memcpy(one, path, length);
    one[length] = '\0';
    auto *array = create<StoredArray>(name, one, again);
    readHeader(*array);
    source->add(array);
    path += length + 1;
  }
  source->finish(names[0]);
  return source;
}

} // namespace bmc
