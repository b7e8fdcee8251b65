// Each function: a range reduction in strict steps, a polynomial in fast-math steps (so that it becomes fused
// multiply-adds), and the special values chosen at the end by conditions on the argument. Coefficients are minimax-like
// fits of relative error (coefficients.py makes those of erf and gelu); AccuracyTest says how good they are.
#include "codegen/halide/Elementary.h"
#include "codegen/halide/Strict.h"

using namespace Halide;

namespace bmc::codegen::elementary {
using namespace strict;

static Expr horner(const Expr &x, std::initializer_list<double> coefficients) {
  Expr sum;
  for (double coefficient : coefficients)
    sum = sum.defined() ? sum * x + constant(x.type(), coefficient) : constant(x.type(), coefficient);
  return sum;
}

// The double functions are calls of the C library, whose name Halide knows with this suffix.
static Expr libraryCall(const char *name, std::vector<Expr> arguments) {
  return Internal::Call::make(arguments[0].type(), name, arguments, Internal::Call::PureExtern);
}

static Expr library(const std::string &name, std::vector<Expr> arguments) {
  bool isSingle = arguments[0].type().bits() == 32;
  return libraryCall((name + (isSingle ? "f" : "")).c_str(), std::move(arguments));
}

// 2^n for -126 <= n <= 127.
static Expr powerOfTwo(const Expr &n) { return fromBits((n + 127) << 23); }

// e^x for |x| below 105 as 2^exponent * (1 + rest). The power may be out of range, and the result subnormal, so it is
// multiplied by two factors, of which the first only adds to the bits of the other's exponent.
struct ScaledExp {
  Expr rest, exponent;
  Expr lowExponent() const { return exponent >> 1; }
  Expr low() const { return powerOfTwo(lowExponent()); }
  Expr high() const { return powerOfTwo(exponent - lowExponent()); }
  Expr value() const { return strict::mul(fromBits(bits(rest + 1.f) + (lowExponent() << 23)), high()); }
};

// Of `x` + `tail`, which is small against it.
static ScaledExp expInRange(const Expr &x, const Expr &tail = 0.f) {
  // The sum has the nearest integer in its last bits.
  Expr magic = 0x1.8p23f, sum = strict::add(strict::mul(x, Expr(1.44269504f)), magic), z = strict::sub(sum, magic);
  Expr r = strict::sub(x, strict::mul(z, Expr(0.693359375f))) - z * -2.12194440e-4f + tail;
  Expr rest = horner(r, {1.9915659003e-4, 1.3946173899e-3, 8.3332695676e-3, 4.1666268219e-2, 1.6666666837e-1,
                         5.0000000786e-1}) *
                  r * r +
              r;
  return {rest, (bits(sum) << 23) >> 23};
}

// Not of NaN. Beyond the limits it is 0 and infinity anyway.
static ScaledExp expOfNumber(const Expr &x) { return expInRange(clamp(x, -105.f, 90.f)); }

// The comparison is false for NaN only, and is one instruction with its choice: no number is as large as its
// exponential.
Expr exp(Expr x) {
  if (x.type().bits() == 64)
    return library("exp", {x});
  Expr result = expOfNumber(x).value();
  return select(less(x, result), result, x);
}

// 2^n * (1 + rest) - 1 with 1 taken off 2^n first, which is exact near 0, and before the second factor of 2^n, which
// may overflow.
Expr expm1(Expr x) {
  if (x.type().bits() == 64)
    return library("expm1", {x});
  ScaledExp e = expOfNumber(x);
  Expr without = strict::sub(e.low(), powerOfTwo(e.lowExponent() - e.exponent));
  Expr result = strict::mul(strict::add(strict::mul(e.rest, e.low()), without), e.high());
  return select(isNaN(x) || equal(x, Expr(0.f)), x, result);
}

// log of a positive normal float, plus `exponent` * log 2.
static Expr logOfNormal(const Expr &x, const Expr &exponent) {
  Expr raw = bits(x), e = (raw - 0x3f3504f3) >> 23;           // the mantissa between sqrt(1/2) and sqrt(2)
  Expr f = strict::sub(fromBits(raw - (e << 23)), Expr(1.f)); // exact
  Expr scale = cast<float>(e + exponent), square = f * f;
  Expr p = horner(f, {6.9151863630e-2, -1.1789715624e-1, 1.1873009180e-1, -1.2384366397e-1, 1.4218655899e-1,
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

Expr tanh(Expr x) {
  if (x.type().bits() == 64)
    return library("tanh", {x});
  Expr a = abs(x), e = elementary::exp(strict::mul(a, Expr(-2.f))), square = a * a;
  Expr large = strict::divide(strict::sub(Expr(1.f), e), strict::add(Expr(1.f), e));
  Expr small =
      horner(square, {-5.7170114643e-3, 2.0650554440e-2, -5.3743486880e-2, 1.3331491134e-1, -3.3333283918e-1}) *
          square * a +
      a;
  return copySign(select(less(a, Expr(0.625f)), small, large), x); // large for NaN
}

// With e = exp(-|x|) nothing overflows, and small results keep their last bits.
Expr sigmoid(Expr x) {
  Expr one = constant(x.type(), 1), e = elementary::exp(negate(abs(x)));
  return strict::divide(select(less(x, constant(x.type(), 0)), e, one), strict::add(one, e));
}

// erf(x) = x P(x^2) near 0, and 1 - exp(-|x| P(|x|)) from there to 4, where it is 1.
Expr erf(Expr x) {
  if (x.type().bits() == 64)
    return library("erf", {x});
  Expr square = x * x, a = min(abs(x), 4.f);
  Expr small = horner(square, {-6.0903602471e-4, 5.0119628712e-3, -2.6778908950e-2, 1.1282140813e-1, -3.7612523276e-1,
                               1.283791538e-1}) *
                   x +
               x;
  ScaledExp e = expInRange(-a * horner(a, {-2.1459496188e-4, 3.2199750359e-3, -2.2906029780e-2, 1.0528685266e-1,
                                           6.3569936954e-1, 1.1285199525}));
  Expr large = strict::sub(Expr(1.f), strict::mul(e.rest + 1.f, powerOfTwo(e.exponent)));
  return select(isNaN(x), x, select(less(a, Expr(0.9f)), small, copySign(large, x)));
}

// x, or 0 for a negative one, less |x| times the share of a normal distribution above |x|. With a = |x| that is
// exp(-a^2 / 2) s P(s - 0.375), where s = a / (a + 3), up to 14.6, from where on it is below half the smallest float.
// The square in two parts, since its rounding would show in the exponential.
Expr gelu(Expr x) {
  if (x.type().bits() == 64)
    return strict::mul(strict::mul(x, Expr(0.5)), libraryCall("erfc", {strict::mul(x, Expr(-0.70710678118654752))}));
  Expr a = min(abs(x), 14.6f), high = fromBits(bits(a) & ~0xfff), low = strict::sub(a, high);
  ScaledExp e = expInRange(strict::mul(strict::mul(high, high), Expr(-0.5f)), low * (a + high) * -0.5f);
  Expr s = strict::divide(a, strict::add(a, Expr(3.f)));
  Expr p =
      horner(strict::sub(s, Expr(0.375f)), {5.5770562992e-02, -2.5015964087e-03, -9.9055005848e-02, -4.4773704051e-02,
                                            1.4565034907e-01, 1.3895354678e-01, -2.8366458465e-01, -2.6312068599e-01,
                                            1.0421264550e+00, -1.2648404046e+00, 8.7148390781e-01}) *
      s;
  Expr above = strict::mul(strict::mul(e.rest * p + p, e.low()), e.high());
  Expr isLimit = isNaN(x) || equal(x, negate(infinity(x.type()))); // as PyTorch: -infinity times 0
  return select(isLimit, notANumber(x.type()), copySign(strict::sub(max(x, 0.f), above), x));
}

Expr sin(Expr x) { return library("sin", {x}); }
Expr cos(Expr x) { return library("cos", {x}); }

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

Expr power(Expr x, Expr y) { return x.type().is_float() ? library("pow", {x, y}) : integerPower(x, y); }

} // namespace bmc::codegen::elementary
