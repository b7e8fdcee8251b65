// Elementary functions that vectorise and are right over the whole range. f32 by own polynomials, at most 4 units in
// the last place from the true value; f64 by the C library. Devices have sines, cosines and powers of their own.
#ifndef BMC_CODEGEN_HALIDE_ELEMENTARY_H
#define BMC_CODEGEN_HALIDE_ELEMENTARY_H

#include "Halide.h"

namespace bmc::codegen::elementary {
using Halide::Expr;

Expr exp(Expr x, bool isNeverPositive = false); // in a step less if it is known
Expr expm1(Expr x);
Expr log(Expr x);
Expr log1p(Expr x);
Expr tanh(Expr x);
Expr sigmoid(Expr x);
Expr erf(Expr x);
Expr gelu(Expr x);
Expr sin(Expr x);
Expr cos(Expr x);
Expr power(Expr x, Expr y); // also of integers, which wrap around

} // namespace bmc::codegen::elementary

#endif
