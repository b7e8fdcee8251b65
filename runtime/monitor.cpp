// Which epoch of a training is the best one: see monitor.h.
#include "monitor.h"

#include "errors.h"

#include <math.h>

namespace bmc {

static bool isBetter(double value, double than, double by) {
  return bmc_program.monitor->maximize ? value > than + by : value < than - by;
}

bool Monitor::observe(int64_t epoch, double value, double minDelta) {
  if (isnan(value))
    return false;
  if (patientSince == 0 || isBetter(value, reference, minDelta)) {
    reference = value;
    patientSince = epoch;
  }
  if (bestEpoch != 0 && !isBetter(value, best, 0))
    return false;
  best = value;
  bestEpoch = epoch;
  return true;
}

const char *monitoredName(bool hasValidation) {
  const char *name = bmc_program.monitor->name;
  return *name ? name : hasValidation ? "valid loss" : "loss";
}

double monitoredValue(const Measures &training, const Measures &validation, bool hasValidation) {
  static const char prefix[] = "valid ";
  const char *name = monitoredName(hasValidation);
  if (strncmp(name, prefix, sizeof prefix - 1))
    return training.value(name);
  if (!hasValidation)
    fail(exitBadCommandLine, "%s train: '%s' is monitored, but there is no validation set: say --data valid=PATH",
         bmc_program.name, name);
  return validation.value(name + sizeof prefix - 1);
}

} // namespace bmc
