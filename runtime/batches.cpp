// Running an entry function over a data set: see batches.h.
#include "batches.h"

#include "errors.h"

namespace bmc {

int64_t rowsPerCall(const Entry &entry, int64_t batch, int64_t rows, const char *path) {
  int64_t fixed = entry.fixedRows();
  if (fixed == 0)
    return batch == 0 || batch > rows ? rows : batch;
  if (batch != bmc_program.batch && batch != fixed)
    fail(exitBadCommandLine, "batch=%lld: this program was compiled for exactly %lld rows at a time", (long long)batch,
         (long long)fixed);
  if (rows % fixed != 0)
    fail(exitBadInput, "%s: expected a multiple of %lld rows, which this program was compiled for, found %lld", path,
         (long long)fixed, (long long)rows);
  return fixed;
}

Rows *Batches::next() {
  int64_t number = numberAt(position);
  if (number == 0)
    return nullptr;
  if (!chosen && !copy && number == rows.count) {
    position = rows.count;
    return &rows;
  }
  batch.gather(rows, chosen, position, number);
  position += number;
  rows.expect(chosen, position, numberAt(position));
  return &batch;
}

void evaluateRows(Entry &entry, Rows &rows, int64_t batch, const char *path, Scalars scalars, Measures &measures) {
  Batches batches(rows, rowsPerCall(entry, batch, rows.count, path), entry.overwritesRows());
  measures.begin();
  while (Rows *part = batches.next()) {
    entry.run(part, scalars);
    measures.add(entry, *part);
    ++scalars.step;
  }
  measures.end();
}

} // namespace bmc
