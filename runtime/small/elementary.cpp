// Elementary functions for models that bring no mathematical library along: those that kernels call, in double, within
// 3 units in the last place (powers within 32, where they are very large or small, and erf within 64); the float ones
// are rounded from them. Series instead of tables, since memory is dear.
#include "elementary.h"

#include <stdint.h>

namespace bmc::small {

static uint64_t bitsOf(double x) { return __builtin_bit_cast(uint64_t, x); }
static double ofBits(uint64_t bits) { return __builtin_bit_cast(double, bits); }

static constexpr double infinity = __builtin_inf(), nan = __builtin_nan("");
static constexpr double ln2High = 0x1.62e42fefp-1, ln2Low = 0x1.473de6af278edp-34; // n times the first is exact

/// A sum or product that keeps what rounding takes from it.
struct Double2 {
  double high, low;
};

static Double2 exactSum(double a, double b) {
  double sum = a + b, rest = sum - a;
  return {sum, (a - (sum - rest)) + (b - rest)};
}

/// The upper half of the bits, so that products of halves are exact.
static double upperHalf(double x) { return ofBits(bitsOf(x) & ~uint64_t(0x7ffffff)); }

static Double2 exactProduct(double a, double b) {
  double product = a * b, ah = upperHalf(a), al = a - ah, bh = upperHalf(b), bl = b - bh;
  return {product, ((ah * bh - product) + ah * bl + al * bh) + al * bl};
}

double floor(double x) {
  int exponent = int(bitsOf(x) >> 52 & 0x7ff) - 1023;
  if (exponent >= 52)
    return x;
  bool isNegative = bitsOf(x) >> 63;
  if (exponent < 0)
    return isNegative && x != 0 ? -1.0 : isNegative ? -0.0 : 0.0;
  uint64_t fraction = (uint64_t(1) << (52 - exponent)) - 1;
  if (!(bitsOf(x) & fraction))
    return x;
  double whole = ofBits(bitsOf(x) & ~fraction);
  return isNegative ? whole - 1 : whole;
}

/// x * 2^n in two factors, since one may be out of range.
static double scaled(double x, int n) {
  int half = n / 2;
  return x * ofBits(uint64_t(half + 1023) << 52) * ofBits(uint64_t(n - half + 1023) << 52);
}

/// e^r - 1 for |r| below 0.35.
static double expm1Series(double r) {
  double sum = 0;
  for (int n = 14; n > 1; --n)
    sum = (sum + 1) * r / n;
  return r + sum * r;
}

/// e^(x.high + x.low)
static double exp(Double2 x) {
  if (x.high > 710)
    return infinity;
  if (x.high < -746)
    return 0;
  int n = int(floor(x.high * 1.44269504088896341 + 0.5));
  double r = (x.high - n * ln2High) - (n * ln2Low - x.low);
  return scaled(1 + expm1Series(r), n);
}

double exp(double x) { return x != x ? x : exp(Double2{x, 0}); }

double expm1(double x) {
  if (x != x || x == 0)
    return x;
  double magnitude = x < 0 ? -x : x;
  if (magnitude < 0.35)
    return expm1Series(x);
  if (magnitude > 700)
    return exp(x) - 1;
  int n = int(floor(x * 1.44269504088896341 + 0.5));
  double r = (x - n * ln2High) - n * ln2Low, power = scaled(1, n);
  return power * expm1Series(r) + (power - 1);
}

/// log of a positive, finite number. With s = (m - 1) / (m + 1) it is n log 2 + 2 (s + s^3 / 3 + ...).
static Double2 logarithm(double x) {
  int n = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    n = -54;
  }
  uint64_t bits = bitsOf(x);
  int exponent = int((bits - 0x3fe6a09e667f3bcd) >> 52); // m between sqrt(1/2) and sqrt(2)
  exponent -= exponent & 0x800 ? 0x1000 : 0;
  double m = ofBits(bits - (uint64_t(int64_t(exponent)) << 52)), numerator = m - 1;
  n += exponent;
  Double2 denominator = exactSum(m, 1);
  double s = numerator / denominator.high;
  Double2 product = exactProduct(s, denominator.high);
  double rest = ((numerator - product.high) - product.low - s * denominator.low) / denominator.high;
  double square = s * s, sum = 0;
  for (int k = 25; k > 1; k -= 2)
    sum = (sum + 1.0 / k) * square;
  Double2 high = exactSum(n * ln2High, 2 * s);
  double low = high.low + n * ln2Low + 2 * (rest + s * sum);
  return exactSum(high.high, low);
}

double log(double x) {
  if (x != x || x == infinity)
    return x;
  if (x == 0)
    return -infinity;
  return x < 0 ? nan : logarithm(x).high;
}

double log1p(double x) {
  double u = 1 + x;
  return u == 1 || x == infinity ? x : log(u) * (x / (u - 1));
}

double tanh(double x) {
  if (x != x || x == 0)
    return x;
  double magnitude = x < 0 ? -x : x, e = expm1(2 * magnitude);
  double result = magnitude > 22 ? 1 : e / (e + 2);
  return x < 0 ? -result : result;
}

/// Near 0 the series of the integral of exp(-x^2), further out the continued fraction of what is missing to 1.
double erf(double x) {
  constexpr double twoOverRootPi = 1.12837916709551257390, oneOverRootPi = 0.56418958354775628695;
  double magnitude = x < 0 ? -x : x, square = x * x, result = 1;
  if (x != x)
    return x;
  if (magnitude < 2.5) {
    double term = magnitude, sum = magnitude;
    for (int n = 1; n < 60; ++n) {
      term *= -square / n;
      sum += term / (2 * n + 1);
    }
    result = sum * twoOverRootPi;
  } else if (magnitude < 6) {
    double fraction = 0;
    for (int n = 60; n > 0; --n)
      fraction = n / 2.0 / (magnitude + fraction);
    result = 1 - exp(-square) * oneOverRootPi / (magnitude + fraction);
  }
  return x < 0 ? -result : x == 0 ? x : result;
}

double pow(double x, double y) {
  if (y == 0 || x == 1)
    return 1;
  if (x != x || y != y)
    return nan;
  double size = x < 0 ? -x : x;
  bool isWhole = floor(y) == y, isOdd = isWhole && floor(y / 2) * 2 != y;
  bool isNegative = bitsOf(x) >> 63 && isOdd;
  double result;
  if (y == infinity || y == -infinity)
    return size == 1 ? 1 : (size > 1) == (y > 0) ? infinity : 0;
  if (size == 0 || size == infinity)
    result = (size == 0) == (y > 0) ? 0 : infinity;
  else if (x < 0 && !isWhole)
    return nan;
  else if (y > 0x1p64 || y < -0x1p64)
    result = size == 1 ? 1 : (size > 1) == (y > 0) ? infinity : 0;
  else {
    Double2 log = logarithm(size), product = exactProduct(log.high, y);
    result = exp(Double2{product.high, product.low + log.low * y});
  }
  return isNegative ? -result : result;
}

// Angles --------------------------------------------------------------------------------------------------------------

// 2 / pi behind the point.
static const uint32_t twoOverPi[] = {
    0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
    0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484,
    0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f,
    0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b,
    0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab,
};

/// What an angle is beyond a whole number of quarter turns, and that number modulo 4.
struct Angle {
  double rest;
  unsigned quarters;
};

// x is m * 2^shift. Of 2 / pi that counts what gives no whole number of full turns in the product, to 160 bits.
static Angle reduce(double x) {
  if (x < 0.785)
    return {x, 0};
  int shift = int(bitsOf(x) >> 52) - 1023 - 52;
  uint64_t m = (bitsOf(x) & 0xfffffffffffff) | uint64_t(1) << 52;
  int first = shift - 2; // the bit of 2 / pi, from 0, whose product with m can be below 4
  uint32_t window[6], product[8] = {};
  for (int i = 0; i < 6; ++i) {
    int bit = first + 32 * i, word = bit >= 0 ? bit / 32 : -((31 - bit) / 32), within = bit - word * 32;
    auto at = [](int index) { return index < 0 || index >= 38 ? uint64_t(0) : uint64_t(twoOverPi[index]); };
    window[i] = uint32_t((at(word) << 32 | at(word + 1)) >> (32 - within));
  }
  for (int i = 5; i >= 0; --i) // words of the product from the highest, two for those of m
    for (int half = 1; half >= 0; --half) {
      uint64_t sum = uint64_t(window[i]) * uint32_t(half ? m : m >> 32);
      for (int place = i + 1 + half; sum && place >= 0; --place) {
        sum += product[place];
        product[place] = uint32_t(sum);
        sum >>= 32;
      }
    }
  // The window's last bit has the weight 2^-(192 + first) beside m's 2^shift: two bits stand in front of the point,
  // below the 64 of m.
  uint64_t high = uint64_t(product[2]) << 32 | product[3], low = uint64_t(product[4]) << 32 | product[5];
  unsigned quarters = unsigned(high >> 62);
  high = high << 2 | low >> 62;
  low <<= 2;
  bool isOver = high >> 63; // nearer to the next quarter
  if (isOver) {
    low = ~low;
    high = ~high;
    ++quarters;
  }
  double fraction = double(high) * 0x1p-64 + double(low) * 0x1p-128, rest = fraction * 1.57079632679489661923;
  return {isOver ? -rest : rest, quarters & 3};
}

static double sineOf(double r) {
  double square = r * r, sum = 0;
  for (int n = 19; n > 1; n -= 2)
    sum = (sum + 1) * -square / double(n * (n - 1));
  return r + r * sum;
}

static double cosineOf(double r) {
  double square = r * r, sum = 0;
  for (int n = 18; n > 0; n -= 2)
    sum = (sum + 1) * -square / double(n * (n - 1));
  return 1 + sum;
}

/// The sine of x and so many quarters.
static double sineBeyond(double x, unsigned quarters) {
  if (x != x || x == infinity)
    return nan;
  Angle angle = reduce(x);
  quarters += angle.quarters;
  double result = quarters & 1 ? cosineOf(angle.rest) : sineOf(angle.rest);
  return quarters & 2 ? -result : result;
}

double sin(double x) { return bitsOf(x) >> 63 ? -sineBeyond(-x, 0) : sineBeyond(x, 0); }
double cos(double x) { return sineBeyond(bitsOf(x) >> 63 ? -x : x, 1); }

} // namespace bmc::small
