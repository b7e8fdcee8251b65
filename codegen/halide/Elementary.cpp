// Each function: a range reduction in strict steps, a polynomial in fast-math steps (so that it becomes fused
// multiply-adds), and the special values chosen at the end by conditions on the argument, where they do not come by
// themselves. Coefficients are minimax-like fits of relative error (coefficients.py); AccuracyTest says how good.
#include "codegen/halide/Elementary.h"
#include "codegen/halide/Exponential.h"
#include "codegen/halide/Polynomial.h"
#include "codegen/halide/Strict.h"

using namespace Halide;

namespace bmc::codegen::elementary {
using namespace strict;

// The double functions are calls of the C library, whose name Halide knows with this suffix.
static Expr libraryCall(const char *name, std::vector<Expr> arguments) {
  return Internal::Call::make(arguments[0].type(), name, arguments, Internal::Call::PureExtern);
}

static Expr library(const std::string &name, std::vector<Expr> arguments) {
  bool isSingle = arguments[0].type().bits() == 32;
  return libraryCall((name + (isSingle ? "f" : "")).c_str(), std::move(arguments));
}

// Beyond the limits it is 0 and infinity anyway.
static constexpr double lowestOfExp = -105, highestOfExp = 90;

static Expr withinExp(const Expr &x) { return atLeast(atMost(x, highestOfExp), lowestOfExp); }

Expr exp(Expr x, bool isNeverPositive) {
  if (x.type().bits() == 64)
    return library("exp", {x});
  Reduced reduced = reduce(isNeverPositive ? atLeast(x, lowestOfExp) : withinExp(x), 2);
  return strict::mul(strict::mul(expOfLongRest(reduced.rest), reduced.root), reduced.root);
}

// 2^n * (1 + rest) - 1 with n = 2 m: 1 is taken off before the second factor of 2^m, which may overflow.
Expr expm1(Expr x) {
  if (x.type().bits() == 64)
    return library("expm1", {x});
  Reduced reduced = reduce(withinExp(x), 2);
  Expr rest = expm1OfLongRest(reduced.rest), inverse = inverseOfPower(reduced.root);
  Expr result = strict::mul(rest * reduced.root + strict::sub(reduced.root, inverse), reduced.root);
  return copySign(result, x);
}

// log of a positive normal float, plus `exponent` * log 2.
static Expr logOfNormal(const Expr &x, const Expr &exponent) {
  Expr raw = bits(x), e = (raw - 0x3f3504f3) >> 23;           // the mantissa between sqrt(1/2) and sqrt(2)
  Expr f = strict::sub(fromBits(raw - (e << 23)), Expr(1.f)); // exact
  Expr scale = cast<float>(e + exponent), square = f * f;
  Expr p = polynomial(f, {6.9151863630e-2, -1.1789715624e-1, 1.1873009180e-1, -1.2384366397e-1, 1.4218655899e-1,
                          -1.6669249704e-1, 2.0002226688e-1, -2.4999986621e-1, 3.3333310439e-1}) *
           f * square;
  Expr low = p + scale * -2.12194440e-4f - 0.5f * square;
  return strict::add(strict::add(low, f), strict::mul(scale, Expr(0.693359375f)));
}

Expr log(Expr x) {
  if (x.type().bits() == 64)
    return library("log", {x});
  Expr zero = constant(x.type(), 0), isSubnormal = less(x, Expr(0x1p-126f));
  Expr normal = select(isSubnormal, strict::mul(x, Expr(0x1p23f)), x);
  Expr result = logOfNormal(normal, select(isSubnormal, -23, 0));
  // Infinity and NaN are their own logarithms.
  Expr isItself = (bits(x) & 0x7f800000) == 0x7f800000 && bits(x) > 0;
  return select(isItself || isNaN(x), x, equal(x, zero), negate(infinity(x.type())), less(x, zero),
                notANumber(x.type()), result);
}

// log(u) with u = 1 + x rounded, corrected by the factor x / (u - 1), which is what the rounding changed.
Expr log1p(Expr x) {
  if (x.type().bits() == 64)
    return library("log1p", {x});
  Expr one = constant(x.type(), 1), u = strict::add(x, one);
  Expr corrected = strict::mul(elementary::log(u), strict::divide(x, strict::sub(u, one)));
  return select(equal(u, one) || equal(x, infinity(x.type())), x, corrected);
}

// e^2|x| - 1 over the same plus 2, which has all digits near 0.
Expr tanh(Expr x) {
  if (x.type().bits() == 64)
    return library("tanh", {x});
  Reduced reduced = reduce(strict::mul(atMost(abs(x), 10.f), Expr(2.f)), 1);
  Expr e = expm1Of(reduced);
  return copySign(strict::divide(e, strict::add(e, Expr(2.f))), x);
}

// 1 / (1 + e^-x), with both sides of the fraction divided by the root of the power in e^-x: nothing overflows, and
// small results have all digits that they can have.
Expr sigmoid(Expr x) {
  if (x.type().bits() == 64) {
    Expr one = constant(x.type(), 1), e = elementary::exp(negate(abs(x)));
    return strict::divide(select(less(x, constant(x.type(), 0)), e, one), strict::add(one, e));
  }
  Reduced reduced = reduce(negate(withinExp(x)), 2);
  Expr inverse = inverseOfPower(reduced.root);
  return strict::divide(inverse, expOfLongRest(reduced.rest) * reduced.root + inverse);
}

// 1 - exp(|x| P(|x|) - |x|), up to 3.93, from where on it is 1.
Expr erf(Expr x) {
  if (x.type().bits() == 64)
    return library("erf", {x});
  Expr a = atMost(abs(x), 3.93f);
  Expr p = polynomialByPairs(a, {-4.07021107e-05, 0.000380956597, -0.00125162012, -0.00020589921, 0.0193218458,
                                 -0.102814458, -0.636616468, -0.128379211});
  return copySign(expm1Of(reduce(strict::sub(a * p, a), 1)), x);
}

// On processors these calls are computed in place once loops are vectors (ProcessorWords.cpp). Halide looks for strict
// arithmetic before that, and where it finds none takes strict operations for others: so there is one, which is no
// work.
static Expr computedLater(const char *name, std::vector<Expr> arguments) {
  arguments[0] = strict::mul(arguments[0], constant(arguments[0].type(), 1));
  return library(name, std::move(arguments));
}

// In double precision as its definition says; -infinity times 0 is not a number, as in PyTorch.
Expr gelu(Expr x) {
  if (x.type().bits() == 64)
    return strict::mul(strict::mul(x, Expr(0.5)), libraryCall("erfc", {strict::mul(x, Expr(-0.70710678118654752))}));
  return computedLater("gelu", {x});
}

Expr sin(Expr x) { return computedLater("sin", {x}); }
Expr cos(Expr x) { return computedLater("cos", {x}); }

// By squaring; negative exponents give what 1 / x^-y truncates to.
static Expr integerPower(const Expr &x, const Expr &y) {
  Halide::Type type = x.type();
  Expr one = Internal::make_one(type), zero = Internal::make_zero(type), result = one, square = x;
  for (int bit = 0; bit < type.bits() - 1; ++bit) {
    Expr isSet = ((y >> bit) & one) != zero;
    result = select(isSet, strict::mul(result, square), result);
    square = strict::mul(square, square);
  }
  Expr minusOne = constant(type, -1), alternating = select((y & one) != zero, minusOne, one);
  return select(y >= zero, result, x == one, one, x == minusOne, alternating, zero);
}

Expr power(Expr x, Expr y) { return x.type().is_float() ? computedLater("pow", {x, y}) : integerPower(x, y); }

} // namespace bmc::codegen::elementary
