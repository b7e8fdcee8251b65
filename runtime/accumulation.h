// Gradients of several batches that make one update.
#ifndef BMC_ACCUMULATION_H
#define BMC_ACCUMULATION_H

#include "entry.h"

namespace bmc {

/// Where `train` only adds gradients up, their mean is a step behind so many batches. How many there are already is a
/// variable, so that a checkpoint keeps it.
class Accumulation {
public:
  explicit Accumulation(Variables &variables);
  /// After each batch; the last one of an epoch always makes a step.
  void batchDone(const Scalars &scalars, int64_t batches, bool isLast);

private:
  Variables &variables;
  Entry update;
};

} // namespace bmc

#endif
