// A step of a preparation: a number in, a number out. Programs have objects of this kind that learn too (step_*.cpp),
// libraries such that only apply what was learned (library/steps.cpp).
#ifndef BMC_STEP_KIND_H
#define BMC_STEP_KIND_H

#include "bmc/program.h"

namespace bmc {
struct Sample;
struct Learning;
} // namespace bmc

struct bmc_step_kind {
  const char *name;
  double (*apply)(double value, const double *arguments, const double *learned);
  double (*undo)(double value, const double *arguments, const double *learned); // null: cannot be undone
  // What it learns; null and 0 where it learns nothing.
  int64_t learnedCount;
  void (*add)(bmc::Sample &sample, double value);       // NaN: missing
  bool (*finish)(bmc::Sample &sample, double *learned); // false: there was no value
  const bmc::Learning *learning;
  bool isCurved; // a function whose inverse is no line: `log`
};

#endif
