// Running an entry function over a data set: see batches.h.
#include "batches.h"

#include "errors.h"
#include "numbers.h"

namespace bmc {

void Measures::add(const Entry &entry, int64_t count) {
  bool found;
  double weight = static_cast<double>(count);
  lossSum += weight * entry.scalarResult(bmc_role_loss, 0, found);
  for (int64_t i = 0; i < metricSums.size(); ++i)
    metricSums[i] += weight * entry.scalarResult(bmc_role_metric, i, found);
  rows += count;
}

double Measures::value(const char *name) const {
  for (int64_t i = 0; i < metricSums.size(); ++i)
    if (!strcmp(bmc_program.metric_names[i], name))
      return metricSums[i] / static_cast<double>(rows);
  return loss();
}

void Measures::clear() {
  lossSum = 0;
  rows = 0;
  for (double &sum : metricSums)
    sum = 0;
}

void Measures::store(Array<double> &numbers) const {
  numbers.push(static_cast<double>(rows));
  numbers.push(lossSum);
  numbers.append(metricSums.data(), metricSums.size());
}

void Measures::restore(const double *numbers) {
  rows = static_cast<int64_t>(numbers[0]);
  lossSum = numbers[1];
  for (int64_t i = 0; i < metricSums.size(); ++i)
    metricSums[i] = numbers[2 + i];
}

void Measures::append(Text &out, const char *prefix) const {
  out.append(prefix).append("Loss: ");
  appendNumber(out, loss());
  for (int64_t i = 0; i < metricSums.size(); ++i) {
    out.append(", ").append(prefix).append(bmc_program.metric_names[i]).append(": ");
    appendNumber(out, metricSums[i] / static_cast<double>(rows));
  }
}

static void appendJsonMeasure(Text &out, const char *prefix, const char *name, double value) {
  Text key(prefix);
  appendJsonString(out, key.append(name).get());
  out.append(":");
  appendJsonNumber(out, value);
}

void Measures::appendJson(Text &out, const char *prefix) const {
  appendJsonMeasure(out, prefix, "loss", loss());
  for (int64_t i = 0; i < metricSums.size(); ++i) {
    out.append(",");
    appendJsonMeasure(out, prefix, bmc_program.metric_names[i], metricSums[i] / static_cast<double>(rows));
  }
}

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

void evaluateRows(Entry &entry, Rows &rows, int64_t batch, const char *path, const Scalars &scalars,
                  Measures &measures) {
  Batches batches(rows, rowsPerCall(entry, batch, rows.count, path), entry.overwritesRows());
  while (Rows *part = batches.next()) {
    entry.run(part, scalars);
    measures.add(entry, part->count);
  }
}

} // namespace bmc
