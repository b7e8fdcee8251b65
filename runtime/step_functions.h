// What the steps of a preparation do to a number, and how it is undone.
#ifndef BMC_STEP_FUNCTIONS_H
#define BMC_STEP_FUNCTIONS_H

#include "step_kind.h"

#include <math.h>

namespace bmc {

inline double applyLog(double value, const double *, const double *) { return log(value); }
inline double applyLog1p(double value, const double *, const double *) { return log1p(value); }
inline double applyExp(double value, const double *, const double *) { return exp(value); }
inline double applyExpm1(double value, const double *, const double *) { return expm1(value); }
inline double applySqrt(double value, const double *, const double *) { return sqrt(value); }
inline double applySquare(double value, const double *, const double *) { return value * value; }
inline double applyAbs(double value, const double *, const double *) { return fabs(value); }

inline double applyClip(double value, const double *range, const double *) {
  return value < range[0] ? range[0] : value > range[1] ? range[1] : value;
}

/// Multiplied and then shifted: `2 * x`, `x - 273.15`, `x / 255`.
inline double applyScale(double value, const double *numbers, const double *) {
  return value * numbers[0] + numbers[1];
}
inline double undoScale(double value, const double *numbers, const double *) {
  return (value - numbers[1]) / numbers[0];
}

/// `normalise` and `minmax`: a shift and a scale that were learned.
inline double applyLine(double value, const double *, const double *learned) {
  return (value - learned[0]) / learned[1];
}
inline double undoLine(double value, const double *, const double *learned) { return value * learned[1] + learned[0]; }

inline double applyImputeValue(double value, const double *number, const double *) {
  return isnan(value) ? *number : value;
}
inline double applyImpute(double value, const double *, const double *learned) {
  return isnan(value) ? *learned : value;
}

/// The numbers that a column's steps learned.
inline int64_t learnedNumbers(const bmc_feature &feature) {
  int64_t count = 0;
  for (int64_t s = 0; s < feature.step_count; ++s)
    count += feature.steps[s].kind->learnedCount;
  return count;
}

/// The number of a column behind the first `steps` of its steps; `learned` are the column's.
inline double applySteps(const bmc_feature &feature, const double *learned, int64_t steps, double value) {
  for (int64_t s = 0; s < steps; ++s) {
    const auto &step = feature.steps[s];
    value = step.kind->apply(value, step.arguments, learned);
    learned += step.kind->learnedCount;
  }
  return value;
}

/// Back from a prepared number to the column's, as far as its steps can be undone.
inline double undoSteps(const bmc_feature &feature, const double *learned, double value) {
  learned += learnedNumbers(feature);
  for (int64_t s = feature.step_count - 1; s >= 0; --s) {
    const auto &step = feature.steps[s];
    learned -= step.kind->learnedCount;
    if (step.kind->undo)
      value = step.kind->undo(value, step.arguments, learned);
  }
  return value;
}

/// A column's shifts and scales for metrics (`bmc_field::units`), `stride` apart: a line for what is between two
/// functions such as `log`; those of its last steps first.
inline void setLines(const bmc_feature &feature, const double *learned, double *numbers, int64_t stride) {
  learned += learnedNumbers(feature);
  double atZero = 0, atOne = 1;
  for (int64_t s = feature.step_count - 1; s >= -1; --s) {
    const auto *step = s >= 0 ? &feature.steps[s] : nullptr;
    learned -= step ? step->kind->learnedCount : 0;
    if (!step || step->kind->isCurved) {
      numbers[0] = atZero;
      numbers[stride] = atOne - atZero;
      numbers += 2 * stride;
      atZero = 0;
      atOne = 1;
    } else if (step->kind->undo) {
      atZero = step->kind->undo(atZero, step->arguments, learned);
      atOne = step->kind->undo(atOne, step->arguments, learned);
    }
  }
}

} // namespace bmc

#endif
