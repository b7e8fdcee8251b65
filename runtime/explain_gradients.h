// How much the inputs make of a score: calls of the compiled function `explain`, see frontend/elaborate/Explain.cpp.
#ifndef BMC_EXPLAIN_GRADIENTS_H
#define BMC_EXPLAIN_GRADIENTS_H

#include "owned_tensors.h"

namespace bmc {

/// For rows that stay the same from call to call: the mean gradient over a path, and scores on it.
class Gradients {
public:
  explicit Gradients(Variables &variables);

  /// Which value of the outputs is explained for each of the rows.
  void begin(Rows &rows, const int64_t *choice);
  /// Asks at this point of the line from zero (0) to the rows (1).
  void run(double scale);
  /// Adds the gradients of the last call to the sums.
  void accumulate();
  /// The score of a row in the last call.
  double score(int64_t row) const;
  /// The sum of the gradients, of a field's value of a row: of categories that are floats only inside of the network,
  /// the sum over these floats, each times its gradient.
  double sum(int64_t field, int64_t index) const { return sums[offsets[field] + index]; }

private:
  void bind(int64_t argument, const void *data, int64_t bytes);

  const bmc_function &function;
  Entry entry;
  OwnedTensors given;
  Array<int64_t> results, offsets; // of each field: its gradient, -1 without one, and where its sums begin
  Array<double> sums;
  Rows *rows = nullptr;
  const int64_t *choice = nullptr;
  int64_t scoreResult = -1;
};

} // namespace bmc

#endif
