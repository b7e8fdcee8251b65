// The numbers that schedules give to optimizers.
#ifndef BMC_RATES_H
#define BMC_RATES_H

#include "entry.h"
#include "json.h"

namespace bmc {

class Rates {
public:
  explicit Rates(Variables &variables);
  /// Those of a step; nothing where there are no schedules.
  void compute(const Scalars &scalars);
  /// Appends `,"rates":{"lr":0.01}`, where there are schedules.
  void appendJson(Text &out) const;

private:
  Entry entry;
};

} // namespace bmc

#endif
