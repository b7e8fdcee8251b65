// `impute(x, mean)`, `median` and `most_frequent`: what stands for a missing cell, from the training rows.
#include "steps.h"

namespace bmc {

static bool finishMean(Sample &sample, double *learned) {
  *learned = sample.numbers[0];
  return sample.count > 0;
}

static void sortValues(Sample &sample) {
  if (sample.values.size())
    qsort(sample.values.data(), sample.values.size(), sizeof(double), compareNumbers);
}

static bool finishMedian(Sample &sample, double *learned) {
  sortValues(sample);
  int64_t count = sample.values.size();
  if (count == 0)
    return false;
  double low = sample.values[(count - 1) / 2], high = sample.values[count / 2];
  *learned = low + (high - low) / 2;
  return true;
}

/// Of equally frequent numbers the least.
static bool finishMostFrequent(Sample &sample, double *learned) {
  sortValues(sample);
  int64_t best = 0;
  for (int64_t begin = 0, end; begin < sample.values.size(); begin = end) {
    for (end = begin; end < sample.values.size() && sample.values[end] == sample.values[begin];)
      ++end;
    if (end - begin <= best)
      continue;
    best = end - begin;
    *learned = sample.values[begin];
  }
  return best > 0;
}

} // namespace bmc

extern "C" const bmc_step_kind bmc_step_impute_mean = {
    "impute", bmc::applyImpute, nullptr, 1, bmc::addToMoments, bmc::finishMean, &bmc::stepLearning, false};
extern "C" const bmc_step_kind bmc_step_impute_median = {
    "impute", bmc::applyImpute, nullptr, 1, bmc::keepValue, bmc::finishMedian, &bmc::stepLearning, false};
extern "C" const bmc_step_kind bmc_step_impute_most_frequent = {
    "impute", bmc::applyImpute, nullptr, 1, bmc::keepValue, bmc::finishMostFrequent, &bmc::stepLearning, false};
