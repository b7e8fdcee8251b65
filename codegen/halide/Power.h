// Powers of floats, or of vectors of floats, with the special values of C99.
#ifndef BMC_CODEGEN_HALIDE_POWER_H
#define BMC_CODEGEN_HALIDE_POWER_H

#include "Halide.h"

namespace bmc::codegen::elementary {

/// Of the base and the exponent. Values that occur several times are bound to names.
Halide::Expr powerOf(const std::vector<Halide::Expr> &arguments);

} // namespace bmc::codegen::elementary

#endif
