// Steps that learn nothing: each a function of the number alone.
#include "steps.h"

namespace bmc {

static double applyLog(double value, const double *, const double *) { return log(value); }
static double applyLog1p(double value, const double *, const double *) { return log1p(value); }
static double applyExp(double value, const double *, const double *) { return exp(value); }
static double applyExpm1(double value, const double *, const double *) { return expm1(value); }
static double applySqrt(double value, const double *, const double *) { return sqrt(value); }
static double applySquare(double value, const double *, const double *) { return value * value; }
static double applyAbs(double value, const double *, const double *) { return fabs(value); }

static double applyClip(double value, const double *range, const double *) {
  return value < range[0] ? range[0] : value > range[1] ? range[1] : value;
}

/// Multiplied and then shifted: `2 * x`, `x - 273.15`, `x / 255`.
static double applyScale(double value, const double *numbers, const double *) {
  return value * numbers[0] + numbers[1];
}
static double undoScale(double value, const double *numbers, const double *) {
  return (value - numbers[1]) / numbers[0];
}

static double applyImpute(double value, const double *number, const double *) { return isnan(value) ? *number : value; }

} // namespace bmc

extern "C" const bmc_step_kind bmc_step_log = {"log", bmc::applyLog, bmc::applyExp, 0, nullptr, nullptr, nullptr, true};
extern "C" const bmc_step_kind bmc_step_log1p = {"log1p", bmc::applyLog1p, bmc::applyExpm1, 0,
                                                 nullptr, nullptr,         nullptr,         true};
extern "C" const bmc_step_kind bmc_step_exp = {"exp", bmc::applyExp, bmc::applyLog, 0, nullptr, nullptr, nullptr, true};
extern "C" const bmc_step_kind bmc_step_sqrt = {"sqrt",  bmc::applySqrt, bmc::applySquare, 0,
                                                nullptr, nullptr,        nullptr,          true};
extern "C" const bmc_step_kind bmc_step_square = {"square", bmc::applySquare, bmc::applySqrt, 0,
                                                  nullptr,  nullptr,          nullptr,        true};
extern "C" const bmc_step_kind bmc_step_abs = {"abs", bmc::applyAbs, nullptr, 0, nullptr, nullptr, nullptr, false};
extern "C" const bmc_step_kind bmc_step_clip = {"clip", bmc::applyClip, nullptr, 0, nullptr, nullptr, nullptr, false};
extern "C" const bmc_step_kind bmc_step_scale = {"scale", bmc::applyScale, bmc::undoScale, 0,
                                                 nullptr, nullptr,         nullptr,        false};
extern "C" const bmc_step_kind bmc_step_impute_value = {"impute", bmc::applyImpute, nullptr, 0,
                                                        nullptr,  nullptr,          nullptr, false};
