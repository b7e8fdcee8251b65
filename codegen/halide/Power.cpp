// The logarithm of the base and its product with the exponent in double precision, since the product's error counts
// as often as it is large; the rest in single precision. See the header.
#include "codegen/halide/Power.h"
#include "codegen/halide/Polynomial.h"
#include "codegen/halide/Strict.h"

using namespace Halide;

namespace bmc::codegen::elementary {
using namespace strict;

// log2 |x| in double precision, of a number that is not NaN. What stands for infinities has a product with any exponent
// but 0 that is beyond all floats.
static Expr binaryLogarithm(const Expr &x) {
  Halide::Type wide = x.type().with_bits(64);
  auto number = [&](double value) { return constant(wide, value); };
  Expr a = abs(x), isSubnormal = less(a, constant(x.type(), 0x1p-126));
  Expr raw = bits(select(isSubnormal, strict::mul(a, constant(x.type(), 0x1p23)), a));
  Expr e = (raw - 0x3f3504f3) >> 23, zero = Internal::make_zero(e.type()); // a mantissa between sqrt(1/2) and sqrt(2)
  Expr exponent = cast(wide, e - select(isSubnormal, zero + 23, zero));
  Expr f = cast(wide, strict::sub(fromBits(raw - (e << 23)), constant(x.type(), 1))); // exact
  Expr log = polynomial(f, {0.07954605953300331, -0.14442217808626906, 0.1444603113811285, -0.14276847998392433,
                            0.15876416040310054, -0.18033584557506105, 0.20617751327971731, -0.24045172869560688,
                            0.28853720165173213, -0.36067369950487527, 0.48089836250999335, -0.72134752074593644,
                            1.4426950408667771}) *
                 f +
             exponent;
  return select(equal(a, constant(x.type(), 0)), number(-1e300), equal(a, infinity(x.type())), number(1e300), log);
}

// 2^x of a number in double precision.
static Expr powerOfTwo(const Expr &x) {
  Halide::Type single = x.type().with_bits(32);
  auto number = [&](double value) { return constant(single, value); };
  Expr limit = constant(x.type(), 160), within = max(min(x, limit), -limit); // beyond it is 0 or infinity
  Expr high = cast(single, within), low = cast(single, strict::sub(within, cast(x.type(), high)));
  // The sum has half of the nearest even integer in its last bits, and the bias of exponents.
  Expr magic = number(0x1.8p23 + 127), sum = high * number(0.5) + magic, half = strict::sub(sum, magic);
  Expr rest = strict::add(strict::sub(high, strict::mul(half, number(2))), low), root = fromBits(bits(sum) << 23);
  Expr power = polynomial(
      rest, {1.50303322e-05, 0.00015653939, 0.00133394811, 0.0096167298, 0.0555037744, 0.240226731, 0.693147242, 1});
  return strict::mul(strict::mul(power, root), root);
}

Expr powerOf(const std::vector<Expr> &arguments) {
  const Expr &x = arguments[0], &y = arguments[1];
  Halide::Type wide = x.type().with_bits(64);
  Expr zero = constant(x.type(), 0), one = constant(x.type(), 1), largest = constant(x.type(), 0x1.fffffep127);
  // An infinite exponent is as good as the largest one, and of 1 it makes 1.
  Expr exponent = cast(wide, max(min(y, largest), -largest));
  Expr magnitude = powerOfTwo(strict::mul(exponent, binaryLogarithm(x)));
  Expr half = strict::mul(y, constant(x.type(), 0.5)), isWhole = equal(strict::round(y), y);
  Expr isOdd = isWhole && !equal(strict::round(half), half);
  Expr sign = bits(x) & select(isOdd, bits(x).type().min(), Internal::make_zero(bits(x).type()));
  Expr hasNoPower = less(x, zero) && !isWhole && !equal(x, negate(infinity(x.type())));
  Expr result = select(isNaN(x) || isNaN(y) || hasNoPower, notANumber(x.type()), fromBits(bits(magnitude) | sign));
  return Internal::common_subexpression_elimination(select(equal(y, zero) || equal(x, one), one, result));
}

} // namespace bmc::codegen::elementary
