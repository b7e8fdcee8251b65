// The steps and encodings of preparations as libraries have them: they apply what a program learned.
#include "../step_functions.h"
#include "encodings.h"

namespace bmc {

static constexpr bmc_step_kind step(const char *name, double (*apply)(double, const double *, const double *),
                                    double (*undo)(double, const double *, const double *), int64_t learnedCount,
                                    bool isCurved) {
  return {name, apply, undo, learnedCount, nullptr, nullptr, nullptr, isCurved};
}

} // namespace bmc

using namespace bmc;

extern "C" const bmc_step_kind bmc_step_log = step("log", applyLog, applyExp, 0, true);
extern "C" const bmc_step_kind bmc_step_log1p = step("log1p", applyLog1p, applyExpm1, 0, true);
extern "C" const bmc_step_kind bmc_step_exp = step("exp", applyExp, applyLog, 0, true);
extern "C" const bmc_step_kind bmc_step_sqrt = step("sqrt", applySqrt, applySquare, 0, true);
extern "C" const bmc_step_kind bmc_step_square = step("square", applySquare, applySqrt, 0, true);
extern "C" const bmc_step_kind bmc_step_abs = step("abs", applyAbs, nullptr, 0, false);
extern "C" const bmc_step_kind bmc_step_clip = step("clip", applyClip, nullptr, 0, false);
extern "C" const bmc_step_kind bmc_step_scale = step("scale", applyScale, undoScale, 0, false);
extern "C" const bmc_step_kind bmc_step_normalise = step("normalise", applyLine, undoLine, 2, false);
extern "C" const bmc_step_kind bmc_step_minmax = step("minmax", applyLine, undoLine, 2, false);
extern "C" const bmc_step_kind bmc_step_impute_value = step("impute", applyImputeValue, nullptr, 0, false);
extern "C" const bmc_step_kind bmc_step_impute_mean = step("impute", applyImpute, nullptr, 1, false);
extern "C" const bmc_step_kind bmc_step_impute_median = step("impute", applyImpute, nullptr, 1, false);
extern "C" const bmc_step_kind bmc_step_impute_most_frequent = step("impute", applyImpute, nullptr, 1, false);

extern "C" const bmc_encoding bmc_encoding_category = {Coding::category};
extern "C" const bmc_encoding bmc_encoding_one_hot = {Coding::oneHot};
extern "C" const bmc_encoding bmc_encoding_bytes = {Coding::bytes};
extern "C" const bmc_encoding bmc_encoding_characters = {Coding::characters};
