// Where rows come from. Each file format is an object `bmc_format_...` of its own, which is linked into the programs
// that name it.
#ifndef BMC_SOURCE_H
#define BMC_SOURCE_H

#include "field_use.h"
#include "memory.h"

namespace bmc {

/// Rows of a file, one at a time. Columns count from 0. A mistake in the file ends the program with exit code 1 and its
/// place.
class Source {
public:
  /// Steps to the next row; false at the end.
  virtual bool next() = 0;
  /// Back before the first row.
  virtual void rewind() = 0;
  virtual void close() = 0;

  virtual int64_t columnCount() const = 0;
  /// The cell of the current row as a number; NaN where it holds nothing.
  virtual double number(int64_t column) = 0;
  /// The cell as a whole number, where it is one that a double may not hold.
  virtual bool integer(int64_t column, int64_t &value);
  /// The cell as a text, null where it holds nothing. It is there until the next call.
  virtual const char *text(int64_t column) = 0;

  /// A table's first line may be a header: `hasHeader` says what the model file says (-1: nothing), `firstCell` what
  /// stands in it, and `useHeader` decides.
  virtual int hasHeader() const;
  virtual const char *firstCell(int64_t column) const;
  virtual void useHeader(bool isHeader);
  /// The name of a column in the header; null where there is none.
  virtual const char *columnName(int64_t column) const;
  /// The columns of an array by its name; false where there is none.
  virtual bool findArray(const char *array, int64_t &first, int64_t &count);

  /// Ends the program: `FILE:LINE:COLUMN: expected ..., found ...`.
  [[noreturn]] virtual void failAt(int64_t column, const char *expected) = 0;
  /// What messages call the file.
  const char *name() const { return fileName; }

protected:
  ~Source() = default;
  const char *fileName = nullptr;
};

/// The cell's text as messages show it: what cannot be printed is '?', and a long text is cut.
void appendShown(Text &out, const char *text);

} // namespace bmc

struct bmc_format {
  /// `path` is a file, or "-" for standard input; with `again` it must be readable more than once. `set` has the
  /// options, `use` says what it is read for.
  bmc::Source *(*open)(const char *path, const bmc_dataset &set, bool again, bmc::FieldUse use);
};

#endif
