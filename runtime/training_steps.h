// What a batch of training runs.
#ifndef BMC_TRAINING_STEPS_H
#define BMC_TRAINING_STEPS_H

#include "accumulation.h"
#include "measures.h"

namespace bmc {

/// The function `train`; or the steps that the model file names, in its order, each with every so many batches.
class Steps {
public:
  explicit Steps(Variables &variables);
  ~Steps();
  Steps(const Steps &) = delete;
  Steps &operator=(const Steps &) = delete;

  /// Any of them: all take the same fields.
  const Entry &first() const { return *entries[0]; }
  /// `accumulated`: batches that make an update, where the model file says so.
  void run(Rows &rows, const Scalars &scalars, int64_t accumulated, bool isLast, Measures &measures);

private:
  Array<Entry *> entries;
  Accumulation accumulation;
};

} // namespace bmc

#endif
