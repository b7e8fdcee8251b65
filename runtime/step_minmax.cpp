// `minmax`: from 0 for the least to 1 for the greatest number of the training rows. A column that never changes becomes
// 0.
#include "steps.h"

namespace bmc {

static void add(Sample &sample, double value) {
  if (isnan(value))
    return;
  bool isFirst = sample.count++ == 0;
  if (isFirst || value < sample.numbers[0])
    sample.numbers[0] = value;
  if (isFirst || value > sample.numbers[1])
    sample.numbers[1] = value;
}

static bool finish(Sample &sample, double *learned) {
  learned[0] = sample.numbers[0];
  double range = sample.numbers[1] - sample.numbers[0];
  learned[1] = range > 0 ? range : 1;
  return sample.count > 0;
}

} // namespace bmc

extern "C" const bmc_step_kind bmc_step_minmax = {"minmax", bmc::applyLine, bmc::undoLine,      2,
                                                  bmc::add, bmc::finish,    &bmc::stepLearning, false};
