// Steps that learn nothing: each a function of the number alone.
#include "step_functions.h"

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
extern "C" const bmc_step_kind bmc_step_impute_value = {
    "impute", bmc::applyImputeValue, nullptr, 0, nullptr, nullptr, nullptr, false};
