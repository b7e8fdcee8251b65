// The time that passes, in seconds.
#ifndef BMC_CLOCK_H
#define BMC_CLOCK_H

#include <time.h>

namespace bmc {

inline double clockSeconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// For durations.
inline double monotonicSeconds() { return clockSeconds(CLOCK_MONOTONIC); }

} // namespace bmc

#endif
