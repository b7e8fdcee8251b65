// x times the share of a normal distribution below x, for floats and vectors of floats.
#ifndef BMC_CODEGEN_HALIDE_GELU_H
#define BMC_CODEGEN_HALIDE_GELU_H

#include "Halide.h"

namespace bmc::codegen::elementary {

/// Of one argument, right for any number. Values that occur several times are bound to names.
Halide::Expr geluOf(const std::vector<Halide::Expr> &arguments);
/// The same in shorter steps for vectors whose numbers are all below 4.
Halide::Expr geluOfVector(const std::vector<Halide::Expr> &arguments);

} // namespace bmc::codegen::elementary

#endif
