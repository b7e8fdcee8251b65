// The parts of an exponential in single precision, of which functions that are made of it take what they need. All are
// of floats or vectors of floats.
#ifndef BMC_CODEGEN_HALIDE_EXPONENTIAL_H
#define BMC_CODEGEN_HALIDE_EXPONENTIAL_H

#include "Halide.h"

namespace bmc::codegen::elementary {

/// e^x as root^step times e^rest. The root is a power of two, and the rest no larger than step / 2 * log 2: with step 1
/// the power has to be a normal number, with step 2 its root, which it has for any x between -105 and 90.
struct Reduced {
  Halide::Expr rest, root;
};

/// Of `x` + `tail`, which is small against it. A NaN goes on as the rest.
Reduced reduce(const Halide::Expr &x, int step, const Halide::Expr &tail = {});

/// e^rest - 1, of either step, with all digits near 0; and e^rest.
Halide::Expr expm1OfShortRest(const Halide::Expr &rest);
Halide::Expr expm1OfLongRest(const Halide::Expr &rest);
Halide::Expr expOfLongRest(const Halide::Expr &rest);

/// e^x - 1 of a number that is reduced with step 1.
Halide::Expr expm1Of(const Reduced &x);

/// 1 / x of a power of two.
Halide::Expr inverseOfPower(const Halide::Expr &x);

/// The limit where x is beyond it; a NaN passes, which Halide's own limits do not promise.
Halide::Expr atLeast(const Halide::Expr &x, double limit);
Halide::Expr atMost(const Halide::Expr &x, double limit);

} // namespace bmc::codegen::elementary

#endif
