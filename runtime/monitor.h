// Which epoch of a training is the best one, and whether enough epochs went by without a better one.
#ifndef BMC_MONITOR_H
#define BMC_MONITOR_H

#include "batches.h"
#include "settings.h"

namespace bmc {

struct Monitor {
  double best = 0;          // the best value so far
  int64_t bestEpoch = 0;    // 0: no epoch had a number
  double reference = 0;     // the last value that was better than the one before it by `min_delta`
  int64_t patientSince = 0; // its epoch

  /// Whether the epoch with this value is better than all before it. NaN is never better.
  bool observe(int64_t epoch, double value, double minDelta);
  bool hasLostPatience(int64_t epoch, int64_t patience) const {
    return patience > 0 && epoch - patientSince >= patience;
  }
};

/// What is monitored: the name in the model file; without one the loss, on the validation set where there is one.
const char *monitoredName(bool hasValidation);

/// Its value in an epoch.
double monitoredValue(const Measures &training, const Measures &validation, bool hasValidation);

} // namespace bmc

#endif
