// What a pass over a data set tells: the loss and the metrics.
#ifndef BMC_MEASURES_H
#define BMC_MEASURES_H

#include "json.h"
#include "owned_tensors.h"

namespace bmc {

/// The loss and the metrics that are means over rows, weighted by the batches' rows, in double; and the metrics that
/// compiled code computes at the end of a pass, from what they accumulated or from all rows.
class Measures {
public:
  /// A pass begins.
  explicit Measures(Variables &variables);

  /// Another pass begins: nothing is known of it yet.
  void begin();
  /// After a call of the train or the evaluate function on these rows. Of several steps the first one measures.
  void add(const Entry &entry, Rows &rows, bool isFirstStep = true);
  /// The pass is over: the metrics of compiled code get their values.
  void end();

  /// The mean over the rows; of named steps the sum of their means over the rows that took them.
  double loss() const;
  /// `loss`, or a metric that is one number by its name.
  double value(const char *name) const;
  /// The sums as they stand, so that a checkpoint inside an epoch keeps them: their number is the same for all rows.
  void store(Array<double> &numbers) const;
  /// Takes the sums over, and makes room for the kept rows.
  void restore(const double *numbers);
  /// The rows that are kept for the arguments of `measure`; without data for the other arguments.
  int64_t keptCount() const { return kept.size(); }
  const GivenTensor &keptRows(int64_t argument) const { return kept[argument]; }

  /// Appends `Loss: L, accuracy: A`, each name behind `prefix`: the metrics that are one number.
  void append(Text &out, const char *prefix = "") const;
  /// Appends a line or a table for each of the other metrics.
  void appendTensors(Text &out) const;
  /// Appends `"loss":L,"accuracy":A`, each name behind `prefix`.
  void appendJson(Text &out, const char *prefix) const;

private:
  double number(int64_t metric) const;
  int64_t rowsOf(int64_t metric) const { return bmc_program.step_count ? stepRows[metric] : rowCount; }
  int64_t metricNamed(const char *name) const;
  int64_t rankOf(int64_t metric) const { return measured[metric] < 0 ? 0 : measure.result(measured[metric]).rank; }
  void keepRows(const Entry &entry, Rows &rows);
  bool isKept(int64_t argument) const;
  int64_t setKeptDims(int64_t argument, int64_t rows);
  void appendTable(Text &out, int64_t result) const;

  Entry reset, measure;
  double lossSum = 0;
  int64_t rowCount = 0;
  Array<double> sums;      // by metric
  Array<int64_t> stepRows; // by metric, where there are named steps: the rows that it is the sum of
  Array<int64_t> measured; // by metric: its result of `measure`, or -1
  // By argument of `measure`: the rows of all batches, and their bytes so far.
  OwnedTensors kept;
  Array<int64_t> keptBytes;
};

} // namespace bmc

#endif
