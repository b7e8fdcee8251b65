// Running an entry function over a data set: see batches.h.
#include "batches.h"

#include "clock.h"
#include "errors.h"
#include "threads.h"

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

/// Rows of a call where the model file leaves the number open.
enum { defaultRows = 1024 };

int64_t readRowsOfCall(const Entry &entry, RowReader &reader, Rows &rows, const char *input) {
  int64_t fixed = entry.fixedRows();
  rows.count = 0;
  int64_t count = reader.read(rows,
                              fixed               ? fixed
                              : bmc_program.batch ? bmc_program.batch
                                                  : int64_t(defaultRows),
                              RowFilter());
  if (count && fixed && count != fixed)
    fail(exitBadInput, "%s: expected a multiple of %lld rows, which this program was compiled for, found %lld more",
         input, (long long)fixed, (long long)count);
  return count;
}

/// Smaller batches are gathered in less time than two threads need to tell each other.
enum : int64_t { bytesWorthAThread = 1 << 18 };

Batches::Batches(Rows &rows, int64_t size, bool copy)
    : rows(rows), first(FieldUse::ofData()), second(FieldUse::ofData()), size(size), copy(copy) {
  bool isWorthIt = rows.areOnDisk() || (size * rows.bytes() >= bytesWorthAThread && size < rows.count);
  const bmc_helper *kind = bmc_program.datasets[0].helper;
  if (isWorthIt && kind && mayUseThreads())
    helper = kind->start();
}

Batches::~Batches() {
  if (helper)
    helper->stop();
}

void Batches::holdForDevice() {
  first.holdForDevice(size);
  second.holdForDevice(size);
}

void Batches::restart(const int64_t *order, int64_t begin) {
  if (isOnItsWay)
    helper->wait();
  isOnItsWay = false;
  chosen = order;
  position = begin;
}

/// The batch at the position becomes the second one; the disk is asked for the one behind it. Rows in any order are
/// asked for one by one, which is dearer than to read them where the system has them in its memory: so only where the
/// last ones came slowly.
void Batches::gather() {
  const double secondsFromMemory = 4e-6; // for a row at most
  int64_t number = numberAt(position);
  double begin = monotonicSeconds();
  second.gather(rows, chosen, position, number);
  bool isSlow = monotonicSeconds() - begin > secondsFromMemory * static_cast<double>(number);
  if (!chosen || isSlow)
    rows.expect(chosen, position + number, numberAt(position + number));
}

Rows *Batches::next() {
  int64_t number = numberAt(position);
  if (number == 0)
    return nullptr;
  if (!chosen && !copy && number == rows.count) {
    position = rows.count;
    return &rows;
  }
  isOnItsWay ? helper->wait() : gather();
  first.swap(second);
  position += number;
  isOnItsWay = helper && position < rows.count;
  if (isOnItsWay)
    helper->give([](void *self) { static_cast<Batches *>(self)->gather(); }, this);
  return &first;
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
