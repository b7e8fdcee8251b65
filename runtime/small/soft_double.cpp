// Doubles for processors that have only floats: the helper functions of the ARM's run-time interface, correctly rounded
// to nearest, ties to even, subnormals included. Doubles are passed as their bits, which is how the interface passes
// them. Small before fast: a training step uses a few scalars of this type.
#include <stdint.h>

namespace {
using Bits = uint64_t;

constexpr Bits signBit = Bits(1) << 63, hidden = Bits(1) << 52, infinity = Bits(0x7ff) << 52,
               quiet = infinity | hidden >> 1;

int exponentOf(Bits x) { return int(x >> 52 & 0x7ff); }
Bits magnitudeOf(Bits x) { return x & ~signBit; }
bool isNan(Bits x) { return magnitudeOf(x) > infinity; }

/// A number that is not 0: `significand` with its highest bit at 62, of the weight 2^(exponent - 1023).
struct Parts {
  int exponent;
  Bits significand;
};

Parts normalized(int exponent, Bits significand) {
  int shift = __builtin_clzll(significand) - 1;
  return shift < 0 ? Parts{exponent + 1, significand >> 1 | (significand & 1)}
                   : Parts{exponent - shift, significand << shift};
}

Parts partsOf(Bits x) {
  Bits fraction = x & (hidden - 1);
  return exponentOf(x) ? Parts{exponentOf(x), (fraction | hidden) << 10} : normalized(1, fraction << 10);
}

/// Bits that are shifted out leave a 1 behind, so that rounding knows of them.
Bits shiftRight(Bits x, int count) {
  if (count >= 64)
    return x != 0;
  return count <= 0 ? x : x >> count | ((x << (64 - count)) != 0);
}

Bits roundedTo(Bits sign, Parts parts) {
  auto [exponent, significand] = parts;
  if (exponent >= 0x7ff)
    return sign | infinity;
  bool isSubnormal = exponent <= 0;
  if (isSubnormal)
    significand = shiftRight(significand, 1 - exponent);
  Bits rest = significand & 0x3ff;
  significand = (significand + 0x200) >> 10;
  if (rest == 0x200)
    significand &= ~Bits(1);
  // A carry out of the fraction goes into the exponent, as it should.
  return sign | ((isSubnormal ? 0 : Bits(exponent - 1) << 52) + significand);
}

Bits roundedSum(Bits sign, int exponent, Bits significand) {
  return significand ? roundedTo(sign, normalized(exponent, significand)) : 0;
}

Bits add(Bits x, Bits y) {
  if (isNan(x) || isNan(y))
    return quiet;
  if (magnitudeOf(x) < magnitudeOf(y)) {
    Bits larger = y;
    y = x;
    x = larger;
  }
  if (magnitudeOf(x) == infinity)
    return magnitudeOf(y) == infinity && x != y ? quiet : x;
  if (magnitudeOf(y) == 0)
    return magnitudeOf(x) ? x : x & y;
  Parts a = partsOf(x), b = partsOf(y);
  Bits aligned = shiftRight(b.significand, a.exponent - b.exponent), sign = x & signBit;
  return roundedSum(sign, a.exponent, (x ^ y) & signBit ? a.significand - aligned : a.significand + aligned);
}

/// The high 64 bits of a product, a 1 left behind for the rest.
Bits multiplyHigh(Bits x, Bits y) {
  Bits xl = uint32_t(x), xh = x >> 32, yl = uint32_t(y), yh = y >> 32;
  Bits low = xl * yl, middle = xh * yl + (low >> 32), other = xl * yh + uint32_t(middle);
  Bits high = xh * yh + (middle >> 32) + (other >> 32);
  return high | ((uint32_t(other) | uint32_t(low)) != 0);
}

Bits multiply(Bits x, Bits y) {
  Bits sign = (x ^ y) & signBit, a = magnitudeOf(x), b = magnitudeOf(y);
  if (isNan(x) || isNan(y) || (a == infinity && b == 0) || (a == 0 && b == infinity))
    return quiet;
  if (a == infinity || b == infinity)
    return sign | infinity;
  if (a == 0 || b == 0)
    return sign;
  Parts p = partsOf(a), q = partsOf(b);
  return roundedTo(sign,
                   normalized(p.exponent + q.exponent - 1023 + 1, multiplyHigh(p.significand, q.significand << 1)));
}

Bits divide(Bits x, Bits y) {
  Bits sign = (x ^ y) & signBit, a = magnitudeOf(x), b = magnitudeOf(y);
  if (isNan(x) || isNan(y) || (a == b && (a == 0 || a == infinity)))
    return quiet;
  if (a == infinity || b == 0)
    return sign | infinity;
  if (a == 0 || b == infinity)
    return sign;
  Parts p = partsOf(a), q = partsOf(b);
  Bits quotient = 0, rest = p.significand;
  for (int bit = 0; bit < 63; ++bit) {
    quotient <<= 1;
    if (rest >= q.significand) {
      rest -= q.significand;
      quotient |= 1;
    }
    rest <<= 1;
  }
  return roundedTo(sign, normalized(p.exponent - q.exponent + 1023, quotient | (rest != 0)));
}

Bits squareRoot(Bits x) {
  if (isNan(x) || (x & signBit && magnitudeOf(x)))
    return quiet;
  if (magnitudeOf(x) == 0 || x == infinity)
    return x;
  Parts p = partsOf(x);
  bool isOdd = !(p.exponent & 1); // the bias is odd
  // The root of rest * 2^62, bit by bit: `rest` is what is left of the number over the root so far.
  Bits root = 0, rest = isOdd ? p.significand : p.significand >> 1;
  for (Bits bit = Bits(1) << 62; bit; bit >>= 1) {
    Bits twice = root + (bit >> 1);
    if (rest >= twice) {
      rest -= twice;
      root += bit;
    }
    rest <<= 1;
  }
  return roundedTo(0, normalized((p.exponent - 1023 - isOdd) / 2 + 1023, root | (rest != 0)));
}

/// -1, 0 or 1; 2 where one is not a number.
int compare(Bits x, Bits y) {
  if (isNan(x) || isNan(y))
    return 2;
  if (magnitudeOf(x) == 0 && magnitudeOf(y) == 0)
    return 0;
  auto ordered = [](Bits bits) { return bits & signBit ? -int64_t(magnitudeOf(bits)) : int64_t(bits); };
  int64_t a = ordered(x), b = ordered(y);
  return a < b ? -1 : a > b;
}

Bits fromUnsigned(uint64_t x, Bits sign = 0) { return x ? roundedTo(sign, normalized(1023 + 62, x)) : 0; }
Bits fromSigned(int64_t x) { return x < 0 ? fromUnsigned(-uint64_t(x), signBit) : fromUnsigned(uint64_t(x)); }

/// Cut off towards 0, and at the ends of `limit` bits.
uint64_t toUnsigned(Bits x, int limit) {
  int shift = exponentOf(x) - 1023;
  if (isNan(x) || shift < 0)
    return 0;
  if (shift >= limit)
    return ~uint64_t(0) >> (64 - limit);
  Bits significand = (x & (hidden - 1)) | hidden;
  return shift <= 52 ? significand >> (52 - shift) : significand << (shift - 52);
}
int64_t toSigned(Bits x, int limit) {
  uint64_t magnitude = toUnsigned(x, limit - 1);
  bool isOver = !isNan(x) && exponentOf(x) - 1023 >= limit - 1;
  return x & signBit ? int64_t(-magnitude - isOver) : int64_t(magnitude);
}

Bits fromFloat(uint32_t x) {
  Bits sign = Bits(x >> 31) << 63, fraction = x & 0x7fffff;
  int exponent = int(x >> 23 & 0xff);
  if (exponent == 0xff)
    return fraction ? quiet : sign | infinity;
  if (exponent)
    return sign | Bits(exponent + 1023 - 127) << 52 | fraction << 29;
  return fraction ? roundedTo(sign, normalized(1023 - 126, fraction << 39)) : sign;
}

uint32_t toFloat(Bits x) {
  uint32_t sign = uint32_t(x >> 32) & 0x80000000;
  if (isNan(x))
    return 0x7fc00000;
  if (magnitudeOf(x) == 0)
    return sign;
  Parts p = partsOf(magnitudeOf(x));
  int exponent = p.exponent - 1023 + 127;
  if (exponent >= 0xff)
    return sign | 0x7f800000;
  Bits significand = exponent <= 0 ? shiftRight(p.significand, 1 - exponent) : p.significand;
  constexpr Bits half = Bits(1) << 38;
  Bits rest = significand & (2 * half - 1), rounded = (significand + half) >> 39;
  if (rest == half)
    rounded &= ~Bits(1);
  return sign | uint32_t((exponent <= 0 ? 0 : uint32_t(exponent - 1) << 23) + rounded);
}

/// A float of an integer, by way of a double that keeps what rounding needs: one bit for all below its last.
uint32_t floatOf(uint64_t x, Bits sign = 0) {
  if (x >> 53)
    x = (x >> 11 | ((x & 0x7ff) != 0)) << 11;
  return toFloat(fromUnsigned(x, sign));
}
} // namespace

extern "C" {
Bits __aeabi_dadd(Bits x, Bits y) { return add(x, y); }
Bits __aeabi_dsub(Bits x, Bits y) { return add(x, y ^ signBit); }
Bits __aeabi_dmul(Bits x, Bits y) { return multiply(x, y); }
Bits __aeabi_ddiv(Bits x, Bits y) { return divide(x, y); }
int __aeabi_dcmpeq(Bits x, Bits y) { return compare(x, y) == 0; }
int __aeabi_dcmplt(Bits x, Bits y) { return compare(x, y) == -1; }
int __aeabi_dcmple(Bits x, Bits y) { return compare(x, y) <= 0; }
int __aeabi_dcmpge(Bits x, Bits y) { return unsigned(compare(x, y)) <= 1; }
int __aeabi_dcmpgt(Bits x, Bits y) { return compare(x, y) == 1; }
int __aeabi_dcmpun(Bits x, Bits y) { return compare(x, y) == 2; }
Bits __aeabi_i2d(int32_t x) { return fromSigned(x); }
Bits __aeabi_ui2d(uint32_t x) { return fromUnsigned(x); }
Bits __aeabi_l2d(int64_t x) { return fromSigned(x); }
Bits __aeabi_ul2d(uint64_t x) { return fromUnsigned(x); }
int32_t __aeabi_d2iz(Bits x) { return int32_t(toSigned(x, 32)); }
uint32_t __aeabi_d2uiz(Bits x) { return x & signBit ? 0 : uint32_t(toUnsigned(x, 32)); }
int64_t __aeabi_d2lz(Bits x) { return toSigned(x, 64); }
uint64_t __aeabi_d2ulz(Bits x) { return x & signBit ? 0 : toUnsigned(x, 64); }
Bits __aeabi_f2d(uint32_t x) { return fromFloat(x); }
uint32_t __aeabi_d2f(Bits x) { return toFloat(x); }
int64_t __aeabi_f2lz(uint32_t x) { return toSigned(fromFloat(x), 64); }
uint64_t __aeabi_f2ulz(uint32_t x) { return x >> 31 ? 0 : toUnsigned(fromFloat(x), 64); }
uint32_t __aeabi_l2f(int64_t x) { return x < 0 ? floatOf(-uint64_t(x), signBit) : floatOf(uint64_t(x)); }
uint32_t __aeabi_ul2f(uint64_t x) { return floatOf(x); }
Bits bmc_sqrt_bits(Bits x) { return squareRoot(x); }
}
