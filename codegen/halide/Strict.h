// Arithmetic that keeps IEEE's rules for NaN, infinities and signed zeros. Halide's own operators on floats are
// fast-math: good inside polynomials and sums of products, wrong everywhere else. On integers these functions wrap
// around.
#ifndef BMC_CODEGEN_HALIDE_STRICT_H
#define BMC_CODEGEN_HALIDE_STRICT_H

#include "Halide.h"

namespace bmc::codegen::strict {
using Halide::Expr;

Expr add(Expr x, Expr y);
Expr sub(Expr x, Expr y);
Expr mul(Expr x, Expr y);
Expr divide(Expr x, Expr y);    // integers: towards zero; by zero: zero
Expr remainder(Expr x, Expr y); // the divisor's sign; integers by zero: zero
Expr negate(Expr x);

Expr less(Expr x, Expr y);
Expr lessEqual(Expr x, Expr y);
Expr equal(Expr x, Expr y);
/// Made of integer operations, so that no optimiser can conclude it away from how x was computed.
Expr isNaN(Expr x);
Expr maximum(Expr x, Expr y); // NaN wins
Expr minimum(Expr x, Expr y);
Expr sign(Expr x);
/// An unsigned integer that orders floats as numbers: 0 for -infinity, and those of NaNs, of either sign, are above
/// +infinity's. The greatest of many floats is found by one instruction each this way. And the float of such an
/// integer.
Expr orderOf(Expr x);
Expr fromOrder(Expr order);
/// The magnitude of x with the sign of y.
Expr copySign(Expr x, Expr y);
Expr round(Expr x); // halves to even

/// Floats to integers towards zero, saturating, NaN to 0; to bool: != 0.
Expr convert(Halide::Type type, Expr x);

/// A float's bits as a signed integer of its width, and back.
Expr bits(Expr x);
Expr fromBits(Expr bits);
Expr constant(Halide::Type type, double value);
Expr infinity(Halide::Type type);
Expr notANumber(Halide::Type type);

} // namespace bmc::codegen::strict

#endif
