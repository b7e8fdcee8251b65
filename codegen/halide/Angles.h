// Sine and cosine of a float, or of a vector of floats, at most 4 units in the last place from the true value for any
// angle.
#ifndef BMC_CODEGEN_HALIDE_ANGLES_H
#define BMC_CODEGEN_HALIDE_ANGLES_H

#include "Halide.h"

namespace bmc::codegen::elementary {

/// Of one argument. Values that occur several times are bound to names.
Halide::Expr sinOf(const std::vector<Halide::Expr> &arguments);
Halide::Expr cosOf(const std::vector<Halide::Expr> &arguments);

} // namespace bmc::codegen::elementary

#endif
