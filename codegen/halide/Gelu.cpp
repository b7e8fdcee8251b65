// x, or 0 for a negative one, less |x| times the share of a normal distribution above |x|, which is exp(-|x|^2 / 2)
// times something smooth. See the header.
#include "codegen/halide/Gelu.h"
#include "codegen/halide/Exponential.h"
#include "codegen/halide/Polynomial.h"
#include "codegen/halide/RareCase.h"
#include "codegen/halide/Strict.h"

using Halide::Expr;

namespace bmc::codegen::elementary {
using namespace strict;

// Of exp(-a^2 / 2). The square is taken in two parts, since its rounding would show in the exponential.
static Reduced reducedDensity(const Expr &a, int step) {
  Expr high = fromBits(bits(a) & ~0xfff), low = strict::sub(a, high), minusHalf = constant(a.type(), -0.5);
  Expr halfHigh = strict::mul(high, minusHalf);
  return reduce(strict::mul(high, halfHigh), step, low * (a * minusHalf + halfHigh));
}

static Expr withoutShareAbove(const Expr &x, const Expr &above) {
  return copySign(strict::sub(Halide::max(x, constant(x.type(), 0)), above), x);
}

// The something is s P(s - 0.375) with s = a / (a + 3), up to 14.6, from where on the product is below half the
// smallest float.
static Expr anyGelu(const Expr &x) {
  auto number = [type = x.type()](double value) { return constant(type, value); };
  Expr a = atMost(abs(x), 14.6);
  Reduced reduced = reducedDensity(a, 2);
  Expr s = strict::divide(a, strict::add(a, number(3)));
  Expr smooth = polynomial(strict::sub(s, number(0.375)),
                           {0.0557704791, -0.00250160182, -0.0990551412, -0.0447738022, 0.145650089, 0.138953283,
                            -0.28366518, -0.263120741, 1.04212642, -1.26484036, 0.871483922}) *
                s;
  Expr above = strict::mul(strict::mul(expm1OfLongRest(reduced.rest) * smooth + smooth, reduced.root), reduced.root);
  // As PyTorch: -infinity times 0.
  Expr isLimit = isNaN(x) || equal(x, negate(infinity(x.type())));
  return select(isLimit, notANumber(x.type()), withoutShareAbove(x, above));
}

Expr geluOf(const std::vector<Expr> &arguments) {
  return Halide::Internal::common_subexpression_elimination(anyGelu(arguments[0]));
}

// The something is a P(a) / (L(a) P(a) + Q(a)) with a line L. Where the polynomials are large, and with them what
// rounding adds up to in them, the first summand is, in which the error of P takes off that above the line.
static Expr geluBelowFour(const Expr &x) {
  Expr a = abs(x);
  Reduced reduced = reducedDensity(a, 1);
  Expr p = polynomial(a, {1.22848058, 9.9160881, 32.7570686, 51.3178406});
  Expr q = polynomial(a, {4.89265203, 21.8428822, 107.70826});
  Expr line = polynomial(a, {2.50985765, -0.0988463089});
  Expr smooth = strict::divide(a * p, line * p + q);
  return withoutShareAbove(x, strict::mul(expm1OfShortRest(reduced.rest) * smooth + smooth, reduced.root));
}

Expr geluOfVector(const std::vector<Expr> &arguments) {
  const Expr &x = arguments[0];
  return unlessRare(!less(abs(x), constant(x.type(), 4)), geluBelowFour(x), anyGelu(x));
}

} // namespace bmc::codegen::elementary
