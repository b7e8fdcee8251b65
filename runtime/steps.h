// Helpers of the steps of a preparation.
#ifndef BMC_STEPS_H
#define BMC_STEPS_H

#include "preparation.h"
#include "step_functions.h"

namespace bmc {

/// Adds a value to the running mean (`numbers[0]`) and sum of squared distances from it (`numbers[1]`).
inline void addToMoments(Sample &sample, double value) {
  if (isnan(value))
    return;
  double distance = value - sample.numbers[0];
  sample.numbers[0] += distance / static_cast<double>(++sample.count);
  sample.numbers[1] += distance * (value - sample.numbers[0]);
}

inline void keepValue(Sample &sample, double value) {
  if (!isnan(value))
    sample.values.push(value);
}

inline int compareNumbers(const void *a, const void *b) {
  double left = *static_cast<const double *>(a), right = *static_cast<const double *>(b);
  return left < right ? -1 : left > right;
}

} // namespace bmc

#endif
