// Running an entry function over a data set, batch by batch.
#ifndef BMC_BATCHES_H
#define BMC_BATCHES_H

#include "helper_thread.h"
#include "measures.h"

namespace bmc {

/// The rows of one call: `batch` (0: all), or what the entry function was compiled for, which must then fit.
int64_t rowsPerCall(const Entry &entry, int64_t batch, int64_t rows, const char *path);

/// Reads the rows of the next call over the old ones; 0 at the end of the input.
int64_t readRowsOfCall(const Entry &entry, RowReader &reader, Rows &rows, const char *input);

/// Hands the rows of a data set to an entry function in batches; the last one may be smaller. Where that is worth it, a
/// thread of its own gathers the next batch while the caller works with the last one.
class Batches {
public:
  Batches(Rows &rows, int64_t size, bool copy);
  ~Batches();
  Batches(const Batches &) = delete;
  Batches &operator=(const Batches &) = delete;
  /// From now on in this order, which must live as long; null: as they are in the table. The rows in front of `begin`
  /// are left out.
  void restart(const int64_t *order, int64_t begin = 0);
  /// The batches of a device that is open are gathered where it reads them.
  void holdForDevice();
  /// The next batch, null at the end. It is there until the next call.
  Rows *next();

private:
  /// How many rows the batch at a position has.
  int64_t numberAt(int64_t at) const { return rows.count - at < size ? rows.count - at : size; }
  void gather();

  Rows &rows;
  Rows first, second; // what the caller has, and what is being gathered
  int64_t size, position = 0;
  const int64_t *chosen = nullptr;
  bool copy, isOnItsWay = false;
  HelperThread *helper = nullptr;
};

/// A pass of the evaluate function over all rows. Its random numbers depend on the seed and the number of the batch.
void evaluateRows(Entry &entry, Rows &rows, int64_t batch, const char *path, Scalars scalars, Measures &measures);

} // namespace bmc

#endif
