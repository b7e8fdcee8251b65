// Running an entry function over a data set, batch by batch.
#ifndef BMC_BATCHES_H
#define BMC_BATCHES_H

#include "measures.h"

namespace bmc {

/// The rows of one call: `batch` (0: all), or what the entry function was compiled for, which must then fit.
int64_t rowsPerCall(const Entry &entry, int64_t batch, int64_t rows, const char *path);

/// Hands the rows of a data set to an entry function in batches; the last one may be smaller.
class Batches {
public:
  Batches(Rows &rows, int64_t size, bool copy) : rows(rows), batch(FieldUse::ofData()), size(size), copy(copy) {}
  /// From now on in this order; null: as they are in the table.
  /// The rows in front of `begin` are left out.
  void restart(const int64_t *order, int64_t begin = 0) {
    chosen = order;
    position = begin;
  }
  /// The next batch, null at the end.
  Rows *next();

private:
  /// How many rows the batch at a position has.
  int64_t numberAt(int64_t at) const { return rows.count - at < size ? rows.count - at : size; }

  Rows &rows;
  Rows batch;
  int64_t size, position = 0;
  const int64_t *chosen = nullptr;
  bool copy;
};

/// A pass of the evaluate function over all rows. Its random numbers depend on the seed and the number of the batch.
void evaluateRows(Entry &entry, Rows &rows, int64_t batch, const char *path, Scalars scalars, Measures &measures);

} // namespace bmc

#endif
