// `normalise`: mean 0 and standard deviation 1 over the training rows. Missing cells do not count. A column that never
// changes becomes 0.
#include "steps.h"

namespace bmc {

static bool finish(Sample &sample, double *learned) {
  learned[0] = sample.numbers[0];
  double deviation = sqrt(sample.numbers[1] / static_cast<double>(sample.count));
  learned[1] = deviation > 0 ? deviation : 1;
  return sample.count > 0;
}

} // namespace bmc

extern "C" const bmc_step_kind bmc_step_normalise = {"normalise",       bmc::applyLine, bmc::undoLine,      2,
                                                     bmc::addToMoments, bmc::finish,    &bmc::stepLearning, false};
