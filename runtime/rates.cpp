// The numbers that schedules give to optimizers: see rates.h.
#include "rates.h"

#include "numbers.h"

namespace bmc {

Rates::Rates(Variables &variables) : entry(functionOrNone(bmc_program.rates), variables) {}

void Rates::compute(const Scalars &scalars) {
  if (bmc_program.rates)
    entry.run(nullptr, scalars);
}

void Rates::appendJson(Text &out) const {
  for (int64_t i = 0; i < entry.resultCount(); ++i) {
    out.append(i ? "," : ",\"rates\":{");
    appendJsonString(out, entry.result(i).name);
    appendJsonNumber(out.append(":"), elementAsDouble(entry.resultData(i), entry.result(i).element, 0));
  }
  if (entry.resultCount())
    out.append("}");
}

} // namespace bmc
