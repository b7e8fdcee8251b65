// Rows of a data set: the fields' tensors, filled from a table's columns.
#ifndef BMC_ROWS_H
#define BMC_ROWS_H

#include "bmc/program.h"
#include "table.h"

namespace bmc {

/// Which fields a verb reads.
enum class FieldUse { all, inputsOnly };

/// The values of one field for many rows, a growing tensor.
struct FieldRows {
  const bmc_field *field;
  int64_t rowBytes;
  char *data; // null: the field is not read
  int64_t capacity;
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
  /// Makes room for one more row and returns where the field's values go.
  void *addValues(int64_t field);
  /// Copies the chosen rows of `source` (from `begin` on in order, where `chosen` is null) over this one's.
  void gather(Rows &source, const int64_t *chosen, int64_t begin, int64_t number);

private:
  void reserve(FieldRows &rows, int64_t number);
  Array<FieldRows> fields;
};

/// Reads a table's rows into the fields' tensors: finds the columns and the header, converts, checks.
class RowReader {
public:
  RowReader(const char *path, FieldUse use);
  /// Appends up to `limit` rows; the number of rows added. Called again it goes on.
  int64_t read(Rows &rows, int64_t limit);

private:
  void begin();
  void chooseColumns();
  bool isHeader();
  void readRow(Rows &rows);
  void readField(Rows &rows, int64_t index);
  double readCell(const bmc_field &field, int64_t column);
  void storeNumber(const bmc_field &field, double value, void *to, int64_t index, int64_t column);
  [[noreturn]] void failAt(int64_t column, const char *expected);

  TableReader table;
  FieldUse use;
  bool started = false, rowWaits = false;
  Array<int64_t> columns; // the table's column for each column of each field that is read, one field after the other
  int64_t nextColumn = 0;
};

/// Reads a whole data set.
void readRows(const char *path, Rows &rows);

} // namespace bmc

#endif
