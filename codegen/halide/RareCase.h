// A choice between a short computation and a long one that few numbers need: a vector goes the long way only if one of
// its numbers does. What a number becomes does not depend on its neighbours.
#ifndef BMC_CODEGEN_HALIDE_RARE_CASE_H
#define BMC_CODEGEN_HALIDE_RARE_CASE_H

#include "Halide.h"

namespace bmc::codegen::elementary {

/// `rare` where the condition holds, else `usual`. In loops that are vectors already.
Halide::Expr unlessRare(const Halide::Expr &isRare, const Halide::Expr &usual, const Halide::Expr &rare);

} // namespace bmc::codegen::elementary

#endif
