// An angle is taken modulo a quarter turn: small ones by subtraction, large ones from the bits of 2 / pi that their
// size asks for. A vector goes the second way only if it has a large angle. See the header.
#include "codegen/halide/Angles.h"
#include "codegen/halide/Polynomial.h"
#include "codegen/halide/RareCase.h"
#include "codegen/halide/Strict.h"

using namespace Halide;

namespace bmc::codegen::elementary {
using namespace strict;

namespace {
// An angle between -1/8 and 1/8 turn, and so many quarters, of which the last two bits count.
struct Angle {
  Expr rest, quarters;
};
} // namespace

// There are 12 bits of quarters, and parts of pi / 2 of 12 bits, so that products are exact but the last.
static constexpr float mostBySubtraction = 6432;

static Angle bySubtraction(const Expr &x) {
  auto number = [type = x.type()](double value) { return constant(type, value); };
  Expr magic = number(0x1.8p23), sum = x * number(0.63661977236758134) + magic, n = strict::sub(sum, magic), rest = x;
  for (double part : {0x1.922p+0, -0x1.2aep-18, -0x1.deap-31, 0x1.184698p-44})
    rest = strict::sub(rest, strict::mul(n, number(part)));
  return {rest, bits(sum)};
}

// 2 / pi behind the point, behind a word of zeros.
static constexpr uint32_t twoOverPi[] = {0,          0xa2f9836e, 0x4e441529, 0xfc2757d1,
                                         0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};

// A float is m 2^k. Of 2 / pi the bits count whose product with it is no multiple of four quarters; 96 of them leave 70
// behind the point that are right, and no float is nearer to a multiple of a quarter turn than 2^-30.
static Angle byBits(const Expr &x) {
  Halide::Type word = x.type().with_code(halide_type_uint), wide = word.with_bits(64);
  auto number = [&](uint32_t value) { return Internal::make_const(word, value); };
  Expr pattern = reinterpret(word, x), m = (pattern & number(0x7fffff)) | number(0x800000);
  Expr place = (pattern >> number(23)) - number(120), first = place >> number(5), shift = place & number(31);
  auto window = [&](int i) {
    Expr chosen = number(twoOverPi[i + 4]);
    for (int start = 3; start >= 0; --start)
      chosen = select(first == number(start), number(twoOverPi[i + start]), chosen);
    return chosen;
  };
  auto at = [&](int i) { return (window(i) << shift) | ((window(i + 1) >> number(1)) >> (number(31) - shift)); };
  Expr thirtyTwo = Internal::make_const(wide, 32), wideM = cast(wide, m);
  Expr product =
      (cast(wide, m * at(0)) << thirtyTwo) + wideM * cast(wide, at(1)) + ((wideM * cast(wide, at(2))) >> thirtyTwo);
  Expr quarters = (product + Internal::make_const(wide, uint64_t(1) << 61)) >> Internal::make_const(wide, 62);
  Expr fraction = reinterpret(wide.with_code(halide_type_int), product << Internal::make_const(wide, 2));
  return {strict::mul(cast(x.type(), fraction), constant(x.type(), 0x1p-64 * 1.5707963267948966)),
          cast(word.with_code(halide_type_int), quarters)};
}

// Of an angle, its sine if the quarters are even. The sign is left to the caller.
static Expr sineOf(const Angle &angle, Expr sign) {
  Expr r = angle.rest, square = r * r;
  Expr sine = polynomial(square, {-0.000195139975, 0.00833213888, -0.166666538}) * square * r + r;
  Expr cosine = polynomial(square, {2.44316507e-05, -0.0013887306, 0.0416666456, -0.5, 1});
  Expr magnitude = select((angle.quarters & 1) == 0, sine, cosine);
  return fromBits(bits(magnitude) ^ ((angle.quarters & 2) << 30) ^ std::move(sign));
}

// The sine of |x| and so many quarters, with the sign that is given.
static Expr sineBeyond(const Expr &x, int quarters, const Expr &sign) {
  Expr a = abs(x), isLarge = !less(a, constant(x.type(), mostBySubtraction));
  auto valueOf = [&](Angle angle) {
    angle.quarters = angle.quarters + quarters;
    return sineOf(angle, sign);
  };
  Expr isNumber = less(a, infinity(x.type()));
  return unlessRare(isLarge, valueOf(bySubtraction(a)), select(isNumber, valueOf(byBits(a)), notANumber(x.type())));
}

Expr sinOf(const std::vector<Expr> &arguments) {
  const Expr &x = arguments[0];
  return sineBeyond(x, 0, bits(x) & bits(x).type().min());
}

Expr cosOf(const std::vector<Expr> &arguments) {
  const Expr &x = arguments[0];
  return sineBeyond(x, 1, Internal::make_zero(bits(x).type()));
}

} // namespace bmc::codegen::elementary
