// The data sets of a program: see data.h.
#include "data.h"

#include "errors.h"
#include "random.h"

#include <sys/sysinfo.h>

namespace bmc {

static const char *const setNames[] = {"train", "valid", "test"};

/// Its format and options; those of the training data where the model file does not name the set. A program that cannot
/// train has one for its input.
static const bmc_dataset &declaredSet(DataKind kind) {
  for (int64_t i = 0; i < bmc_program.dataset_count; ++i)
    if (!strcmp(bmc_program.datasets[i].name, setNames[static_cast<int>(kind)]))
      return bmc_program.datasets[i];
  return bmc_program.datasets[0];
}

const char *dataPath(const Options &options, DataKind kind) {
  return kind == DataKind::train ? options.trainData : kind == DataKind::valid ? options.validData : options.testData;
}

/// A file that the command line names for it alone is taken whole.
static bool isSplit(const Options &options, DataKind kind) {
  bool isWhole = kind == DataKind::valid ? options.validIsGiven : kind == DataKind::test && options.testIsGiven;
  return declaredSet(kind).split && !isWhole;
}

static Source &openSet(const Options &options, DataKind kind, const Preparation &preparation) {
  const bmc_dataset &set = declaredSet(kind);
  bool again = isSplit(options, kind) || (kind == DataKind::train && (options.folds || preparation.learns()));
  return *set.format->open(dataPath(options, kind), set, again, FieldUse::ofData());
}

/// Half of the machine's: the other half is for what is computed, and for the disk's cache.
static int64_t usualMemory() {
  struct sysinfo machine;
  return sysinfo(&machine) == 0 ? static_cast<int64_t>(machine.totalram / 2 * machine.mem_unit) : INT64_MAX;
}

DataSet::DataSet(const Options &options, DataKind kind, Preparation &preparation)
    : source(openSet(options, kind, preparation)), preparation(preparation),
      columns(source, FieldUse::ofData(), preparation), memory(options.memory ? options.memory : usualMemory()) {
  if (!isSplit(options, kind))
    return;
  const bmc_dataset &set = declaredSet(kind);
  set.split->splitter->split(source, columns, *set.split, parts);
  filter = {parts.data(), parts.size(), static_cast<uint8_t>(set.part)};
  wasRead = true;
}

DataSet::~DataSet() { source.close(); }

/// All rows of the file in the order in which the folds take them by turns.
void DataSet::deal(int64_t seed, Array<int64_t> &order) {
  if (wasRead)
    source.rewind();
  wasRead = true;
  if (const bmc_folds *declared = bmc_program.datasets[0].folds)
    return declared->splitter->order(source, columns, *declared, order);
  int64_t count = 0;
  while (source.next())
    ++count;
  order.resize(count);
  shuffleRows(order.data(), count, seed, 0);
}

void DataSet::holdOut(int64_t fold, int64_t folds, int64_t seed) {
  enum : uint8_t { kept, heldOut, ofOtherSets };
  Array<int64_t> order, taken;
  deal(seed, order);
  for (int64_t row : order) {
    if (filter.takes(row))
      taken.push(row);
    foldOf.push(ofOtherSets);
  }
  if (taken.size() < folds)
    fail(exitBadInput, "%s: expected at least as many rows as folds, found %lld rows for %lld folds", source.name(),
         (long long)taken.size(), (long long)folds);
  for (int64_t i = 0; i < taken.size(); ++i)
    foldOf[taken[i]] = i % folds == fold ? heldOut : kept;
  filter = {foldOf.data(), foldOf.size(), kept};
}

void DataSet::readHeldOut(Rows &rows) {
  ++filter.part;
  read(rows);
  --filter.part;
}

void DataSet::learn() {
  if (!preparation.learns())
    return;
  preparation.learn(source, columns, filter);
  wasRead = true;
}

void DataSet::read(Rows &rows) {
  if (wasRead)
    source.rewind();
  wasRead = true;
  rows.limitMemory(memory);
  RowReader reader(source, columns, preparation, FieldUse::ofData());
  reader.read(rows, INT64_MAX, filter);
  rows.finish();
}

Source &openInput(const char *path, FieldUse use) {
  const bmc_dataset &set = declaredSet(DataKind::train);
  return *set.format->open(path, set, false, use);
}

} // namespace bmc
