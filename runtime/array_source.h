// Arrays as a source of rows: what NPY, NPZ and IDX files have in common. A row is the i-th part of each array along
// its first dimension; its columns are all values of the first array's part, then those of the second, ...
#ifndef BMC_ARRAY_SOURCE_H
#define BMC_ARRAY_SOURCE_H

#include "input_file.h"
#include "source.h"

namespace bmc {

/// How a number is stored.
enum class Stored { i8, u8, i16, u16, i32, u32, i64, u64, f16, f32, f64 };

int64_t storedBytes(Stored stored);

/// One array of a file, read row by row.
class StoredArray {
public:
  StoredArray(const char *name, const char *path, bool again) : name(name), file(path, again) {}
  /// One in the caller's memory, which an archive holds. `label` is what messages call it.
  StoredArray(const char *name, const char *label, const char *bytes, int64_t size)
      : name(name), file(label, bytes, size) {}

  /// Says what the file holds behind the header that was read so far.
  void describe(Stored stored, bool isSwapped, const int64_t *dims, int64_t rank);
  bool next();
  void rewind();
  double number(int64_t i) const;
  bool integer(int64_t i, int64_t &value) const;

  const char *name;
  InputFile file;
  int64_t rows = 0, width = 0; // values a row
  int64_t headerBytes = 0;     // read so far

private:
  const char *bytesOf(int64_t i, char (&swapped)[8]) const;

  Stored stored = Stored::u8;
  bool isSwapped = false;
  int64_t valueBytes = 0, row = 0;
  Array<char> buffer; // whole rows
  int64_t begin = 0, filled = 0;
};

class ArraySource final : public Source {
public:
  bool next() override;
  void rewind() override;
  void close() override;
  int64_t columnCount() const override;
  double number(int64_t column) override;
  bool integer(int64_t column, int64_t &value) override;
  const char *text(int64_t column) override;
  bool findArray(const char *array, int64_t &first, int64_t &count) override;
  [[noreturn]] void failAt(int64_t column, const char *expected) override;

  void add(StoredArray *array);
  /// Memory of the arrays, which is there until the source is closed.
  Array<char> &addMemory();
  /// Checks that there is an array, and that all have the same number of rows. `path` is where they are from.
  void finish(const char *path);

private:
  StoredArray &arrayOf(int64_t &column);

  Array<StoredArray *> arrays;
  Array<Array<char> *> memory;
  int64_t row = -1;
  Text shown;
};

/// Opens a file for each array of a data set. `path` holds their paths, separated by commas; those of the inputs alone
/// are enough. `readHeader` describes an array that was just opened.
Source *openArrays(const char *path, const bmc_dataset &set, bool again, FieldUse use,
                   void (*readHeader)(StoredArray &array));

} // namespace bmc

#endif
