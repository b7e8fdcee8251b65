// The loss and the metrics of a pass: see measures.h.
#include "measures.h"

#include "numbers.h"

namespace bmc {

Measures::Measures(Variables &variables)
    : reset(functionOrNone(bmc_program.reset), variables), measure(functionOrNone(bmc_program.measure), variables),
      kept(measure.code()) {
  sums.resize(bmc_program.metric_count);
  stepRows.resize(bmc_program.step_count ? bmc_program.metric_count : 0);
  for (int64_t metric = 0; metric < bmc_program.metric_count; ++metric)
    measured.push(measure.findResult(bmc_role_metric, metric));
  keptBytes.resize(kept.size());
  begin();
}

void Measures::begin() {
  lossSum = 0;
  rowCount = 0;
  for (double &sum : sums)
    sum = 0;
  for (int64_t &rows : stepRows)
    rows = 0;
  for (int64_t &bytes : keptBytes)
    bytes = 0;
  if (bmc_program.reset)
    reset.run(nullptr, Scalars());
}

void Measures::add(const Entry &entry, Rows &rows, bool isFirstStep) {
  double weight = static_cast<double>(rows.count);
  lossSum += weight * entry.scalarResult(bmc_role_loss, 0);
  for (int64_t i = 0; i < sums.size(); ++i) {
    if (measured[i] >= 0 || entry.findResult(bmc_role_metric, i) < 0)
      continue;
    sums[i] += weight * entry.scalarResult(bmc_role_metric, i);
    if (stepRows.size())
      stepRows[i] += rows.count;
  }
  if (!isFirstStep)
    return;
  rowCount += rows.count;
  if (bmc_program.measure)
    keepRows(entry, rows);
}

double Measures::loss() const {
  if (!bmc_program.step_count)
    return lossSum / static_cast<double>(rowCount);
  double sum = 0;
  for (int64_t i = 0; i < bmc_program.step_count; ++i)
    if (int64_t metric = metricNamed(bmc_program.steps[i].name); stepRows[metric])
      sum += number(metric);
  return sum;
}

bool Measures::isKept(int64_t argument) const {
  int32_t role = bmc_program.measure->arguments[argument].role;
  return role == bmc_role_prediction || role == bmc_role_input;
}

/// The dims of so many rows; their bytes. Only the number of rows is open.
int64_t Measures::setKeptDims(int64_t argument, int64_t rows) {
  const bmc_value &value = bmc_program.measure->arguments[argument];
  for (int64_t axis = 1; axis < value.rank; ++axis)
    kept[argument].dims[axis] = value.dims[axis].constant;
  kept[argument].dims[0] = rows;
  return multiplySizes(elementCount(kept[argument].dims, value.rank), elementBytes(value.element), value.name);
}

/// Keeps what `measure` will ask for: predictions and fields of all rows.
void Measures::keepRows(const Entry &entry, Rows &rows) {
  for (int64_t i = 0; i < kept.size(); ++i) {
    const bmc_value &argument = bmc_program.measure->arguments[i];
    if (!isKept(i))
      continue;
    const void *data = argument.role == bmc_role_input
                           ? rows.field(argument.index).data
                           : entry.resultData(entry.findResult(bmc_role_prediction, argument.index));
    int64_t bytes = setKeptDims(i, rows.count), used = keptBytes[i];
    keptBytes[i] = setKeptDims(i, rowCount);
    kept.grow(i, used, keptBytes[i]);
    memcpy(static_cast<char *>(kept[i].data) + used, data, bytes);
  }
}

double Measures::number(int64_t metric) const {
  int64_t result = measured[metric];
  return result < 0 ? sums[metric] / static_cast<double>(rowsOf(metric))
                    : elementAsDouble(measure.resultData(result), measure.result(result).element, 0);
}

int64_t Measures::metricNamed(const char *name) const {
  for (int64_t i = 0; i < sums.size(); ++i)
    if (!strcmp(bmc_program.metric_names[i], name))
      return i;
  return -1;
}

double Measures::value(const char *name) const {
  int64_t metric = metricNamed(name);
  return metric < 0 ? loss() : number(metric);
}

void Measures::store(Array<double> &numbers) const {
  numbers.push(static_cast<double>(rowCount));
  numbers.push(lossSum);
  numbers.append(sums.data(), sums.size());
  for (int64_t rows : stepRows)
    numbers.push(static_cast<double>(rows));
}

void Measures::restore(const double *numbers) {
  rowCount = static_cast<int64_t>(numbers[0]);
  lossSum = numbers[1];
  for (int64_t i = 0; i < sums.size(); ++i)
    sums[i] = numbers[2 + i];
  for (int64_t i = 0; i < stepRows.size(); ++i)
    stepRows[i] = static_cast<int64_t>(numbers[2 + sums.size() + i]);
  for (int64_t i = 0; i < kept.size(); ++i)
    if (isKept(i) && rowCount > 0) {
      keptBytes[i] = setKeptDims(i, rowCount);
      kept.grow(i, 0, keptBytes[i]);
    }
}

void Measures::end() {
  if (!bmc_program.measure)
    return;
  Scalars scalars;
  scalars.given = kept.data();
  measure.run(nullptr, scalars);
}

void Measures::append(Text &out, const char *prefix) const {
  out.append(prefix).append("Loss: ");
  appendNumber(out, loss());
  for (int64_t i = 0; i < sums.size(); ++i) {
    bool isKnown = measured[i] >= 0 || rowsOf(i) > 0; // a step that no batch took has no loss
    if (rankOf(i) > 0 || !isKnown)
      continue;
    out.append(", ").append(prefix).append(bmc_program.metric_names[i]).append(": ");
    appendNumber(out, number(i));
  }
}

/// The rows of a matrix, one a line, columns right-aligned.
void Measures::appendTable(Text &out, int64_t result) const {
  const bmc_value &value = measure.result(result);
  int64_t columns = measure.resultDims(result)[1], count = measure.resultDims(result)[0] * columns;
  int64_t width = 0;
  Text cell;
  for (int64_t i = 0; i < count; ++i) {
    cell.clear();
    appendElement(cell, measure.resultData(result), value.element, i, false);
    width = cell.size() > width ? cell.size() : width;
  }
  for (int64_t i = 0; i < count; ++i) {
    cell.clear();
    appendElement(cell, measure.resultData(result), value.element, i, false);
    out.format("%s%*s", i % columns ? "" : "\n ", static_cast<int>(width) + 1, cell.get());
  }
}

void Measures::appendTensors(Text &out) const {
  for (int64_t i = 0; i < sums.size(); ++i) {
    int64_t rank = rankOf(i), result = measured[i];
    if (rank == 0)
      continue;
    out.append(bmc_program.metric_names[i]).append(":");
    if (rank == 2) {
      appendTable(out, result);
    } else {
      out.append(" ");
      appendJsonTensor(out, measure.resultData(result), measure.result(result).element, measure.resultDims(result),
                       rank, 0);
    }
    out.append("\n");
  }
}

static void appendJsonName(Text &out, const char *prefix, const char *name) {
  Text key(prefix);
  appendJsonString(out, key.append(name).get());
  out.append(":");
}

void Measures::appendJson(Text &out, const char *prefix) const {
  appendJsonName(out, prefix, "loss");
  appendJsonNumber(out, loss());
  for (int64_t i = 0; i < sums.size(); ++i) {
    out.append(",");
    appendJsonName(out, prefix, bmc_program.metric_names[i]);
    if (rankOf(i) == 0)
      appendJsonNumber(out, number(i));
    else
      appendJsonTensor(out, measure.resultData(measured[i]), measure.result(measured[i]).element,
                       measure.resultDims(measured[i]), rankOf(i), 0);
  }
}

} // namespace bmc
