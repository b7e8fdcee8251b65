// Rows of a data set: the fields' tensors, filled from a table's columns.
#ifndef BMC_ROWS_H
#define BMC_ROWS_H

#include "bmc/program.h"
#include "spill_file.h"
#include "split.h"

namespace bmc {

/// The values of one field for many rows, a growing tensor.
struct FieldRows {
  const bmc_field *field;
  int64_t rowBytes;
  char *data; // null: the field is not read
  int64_t capacity;
  bool isOfDevice; // its memory is that of the device's driver
};

/// Some or all rows of a table, one tensor a field; its index is the field's.
class Rows {
public:
  explicit Rows(FieldUse use);
  ~Rows();
  Rows(const Rows &) = delete;
  Rows &operator=(const Rows &) = delete;

  int64_t count = 0;
  FieldRows &field(int64_t i) { return fields[i]; }
  const FieldRows &field(int64_t i) const { return fields[i]; }
  /// Of one row.
  int64_t bytes() const;
  /// Makes room for one more row and returns where the field's values go. All fields of a row follow each other.
  void *addValues(int64_t field);
  /// From now on at most so many bytes are held in memory, and the rest in files.
  void limitMemory(int64_t bytes);
  /// All rows are there: where some are in files, all are read from there.
  void finish();
  /// These rows are gathered next: where they lie on the disk, they are read while others are computed with.
  void expect(const int64_t *chosen, int64_t begin, int64_t number);
  /// Whether they are read from files.
  bool areOnDisk() const { return spilled > 0; }
  /// Makes room for so many rows where a device that is open reads them without waiting for the processor, if they are
  /// worth it.
  void holdForDevice(int64_t number);
  /// Exchanges the rows of two batches, which are in memory.
  void swap(Rows &other);
  /// Copies the chosen rows of `source` (from `begin` on in order, where `chosen` is null) over this one's.
  void gather(Rows &source, const int64_t *chosen, int64_t begin, int64_t number);

private:
  void reserve(FieldRows &rows, int64_t number);
  void spill();

  Array<FieldRows> fields;
  int64_t rowsAtOnce = INT64_MAX; // in memory
  int64_t spilled = 0;            // how many rows are in the files
  Array<SpillFile *> files;       // one a field that is read, else null; empty: all rows are in memory
};

/// Reads a source's rows into the fields' tensors: prepares, converts, checks.
class RowReader {
public:
  RowReader(Source &source, const Columns &columns, const Preparation &preparation, FieldUse use)
      : source(source), columns(columns), preparation(preparation), use(use) {}
  /// Appends up to `limit` rows that the filter takes; the number of rows added. Called again it goes on.
  int64_t read(Rows &rows, int64_t limit, const RowFilter &filter);

private:
  void readRow(Rows &rows);
  void readField(Rows &rows, int64_t index);
  void readFeature(const bmc_field &field, int64_t feature, char *row, int64_t first);
  double prepare(const bmc_field &field, const PreparedFeature &prepared, int64_t column, int64_t cell);
  __attribute__((noinline)) void storeNumber(const bmc_field &field, double value, void *to, int64_t index,
                                             int64_t cell, bool isPlain);

  Source &source;
  const Columns &columns;
  const Preparation &preparation;
  FieldUse use;
  Array<int64_t> codes; // of a column
  int64_t row = 0;      // of the source
};

} // namespace bmc

#endif
