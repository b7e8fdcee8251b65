// What small models have instead of a floating-point unit for doubles and a mathematical library: the first is exact,
// the second is near to what long doubles say.
#include "runtime/small/elementary.h"
#include "gtest/gtest.h"

#include <bit>
#include <cmath>
#include <random>

using Bits = uint64_t;
extern "C" {
Bits __aeabi_dadd(Bits x, Bits y);
Bits __aeabi_dsub(Bits x, Bits y);
Bits __aeabi_dmul(Bits x, Bits y);
Bits __aeabi_ddiv(Bits x, Bits y);
int __aeabi_dcmplt(Bits x, Bits y);
int __aeabi_dcmple(Bits x, Bits y);
int __aeabi_dcmpeq(Bits x, Bits y);
int __aeabi_dcmpun(Bits x, Bits y);
Bits __aeabi_l2d(int64_t x);
Bits __aeabi_ul2d(uint64_t x);
int64_t __aeabi_d2lz(Bits x);
int32_t __aeabi_d2iz(Bits x);
Bits __aeabi_f2d(uint32_t x);
uint32_t __aeabi_d2f(Bits x);
uint32_t __aeabi_l2f(int64_t x);
Bits bmc_sqrt_bits(Bits x);
}

namespace {

constexpr int rounds = 200000;

double number(Bits bits) { return std::bit_cast<double>(bits); }

// Bits of all kinds: any, subnormal, infinite or not a number, powers of two, near to one another, whole.
class Samples {
public:
  Bits operator()() {
    Bits x = random();
    switch (random() % 7) {
    case 0:
      return x & 0x800fffffffffffff;
    case 1:
      return x | 0x7ff0000000000000;
    case 2:
      return x & 0xfff0000000000000;
    case 3:
      return (x & 0x800fffffffffffff) | (1000 + random() % 60) << 52;
    case 4:
      return (x & 0x8000000000000003) | (1020 + random() % 8) << 52;
    case 5:
      return std::bit_cast<Bits>(double(int64_t(random()) >> (random() % 64)));
    default:
      return x;
    }
  }
  uint64_t any() { return random(); }

private:
  std::mt19937_64 random{1};
};

void expectSame(Bits found, double wanted, const char *what, double x, double y) {
  bool isSame = found == std::bit_cast<Bits>(wanted) || (std::isnan(number(found)) && std::isnan(wanted));
  EXPECT_TRUE(isSame) << what << " of " << x << " and " << y << ": " << number(found) << ", expected " << wanted;
}

TEST(SoftDoubleTest, RoundsAsTheProcessorDoes) {
  Samples sample;
  for (int i = 0; i < rounds; ++i) {
    Bits a = sample(), b = sample();
    double x = number(a), y = number(b);
    expectSame(__aeabi_dadd(a, b), x + y, "sum", x, y);
    expectSame(__aeabi_dsub(a, b), x - y, "difference", x, y);
    expectSame(__aeabi_dmul(a, b), x * y, "product", x, y);
    expectSame(__aeabi_ddiv(a, b), x / y, "quotient", x, y);
    expectSame(bmc_sqrt_bits(a), std::sqrt(x), "root", x, 0);
    EXPECT_EQ(__aeabi_dcmplt(a, b), x < y) << x << " " << y;
    EXPECT_EQ(__aeabi_dcmple(a, b), x <= y) << x << " " << y;
    EXPECT_EQ(__aeabi_dcmpeq(a, b), x == y) << x << " " << y;
    EXPECT_EQ(__aeabi_dcmpun(a, b), x != x || y != y) << x << " " << y;
  }
}

TEST(SoftDoubleTest, ConvertsAsTheProcessorDoes) {
  Samples sample;
  for (int i = 0; i < rounds; ++i) {
    Bits a = sample();
    double x = number(a);
    int64_t whole = int64_t(sample.any()) >> (a % 64);
    expectSame(__aeabi_l2d(whole), double(whole), "double", double(whole), 0);
    expectSame(__aeabi_ul2d(uint64_t(whole)), double(uint64_t(whole)), "double", double(whole), 0);
    EXPECT_EQ(__aeabi_l2f(whole), std::bit_cast<uint32_t>(float(whole))) << whole;
    float single = std::bit_cast<float>(uint32_t(a));
    expectSame(__aeabi_f2d(uint32_t(a)), double(single), "double", double(single), 0);
    uint32_t rounded = __aeabi_d2f(a);
    EXPECT_TRUE(rounded == std::bit_cast<uint32_t>(float(x)) || (x != x && std::isnan(std::bit_cast<float>(rounded))));
    if (std::fabs(x) < 9e18)
      EXPECT_EQ(__aeabi_d2lz(a), int64_t(x)) << x;
    if (std::fabs(x) < 2147483647.0)
      EXPECT_EQ(__aeabi_d2iz(a), int32_t(x)) << x;
  }
  EXPECT_EQ(__aeabi_d2lz(std::bit_cast<Bits>(1e300)), INT64_MAX);
  EXPECT_EQ(__aeabi_d2lz(std::bit_cast<Bits>(-1e300)), INT64_MIN);
}

// In units in the last place of the true value.
double errorOf(double found, long double wanted) {
  double nearest = double(wanted);
  if (found == nearest || (std::isnan(found) && std::isnan(nearest)))
    return 0;
  double unit = std::nextafter(std::fabs(nearest), INFINITY) - std::fabs(nearest);
  return double(std::fabs((long double)found - wanted) / unit);
}

void expectNear(double (*function)(double), long double (*exact)(long double), double (*argument)(double),
                double units = 3) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> between(-1, 1);
  for (int i = 0; i < rounds / 10; ++i) {
    double x = argument(between(random));
    EXPECT_LE(errorOf(function(x), exact(x)), units) << x;
  }
  for (double x : {0.0, -0.0, 1.0, -1.0, double(INFINITY), -double(INFINITY), double(NAN)})
    EXPECT_LE(errorOf(function(x), exact(x)), units) << x;
}

TEST(SmallMathTest, FunctionsOfOneNumber) {
  auto tens = [](double u) { return u * 10; };
  auto wide = [](double u) { return u * 700; };
  auto positive = [](double u) { return std::exp(u * 700); };
  auto huge = [](double u) { return u * 1e300; };
  auto tiny = [](double u) { return u * 1e-9; };
  expectNear(bmc::small::exp, expl, wide);
  expectNear(bmc::small::expm1, expm1l, tens);
  expectNear(bmc::small::expm1, expm1l, tiny);
  expectNear(bmc::small::log, logl, positive);
  expectNear(bmc::small::log1p, log1pl, positive);
  expectNear(bmc::small::log1p, log1pl, tiny);
  expectNear(bmc::small::tanh, tanhl, tens);
  for (auto argument : {+tens, +huge}) {
    expectNear(bmc::small::sin, sinl, argument);
    expectNear(bmc::small::cos, cosl, argument);
  }
  expectNear(bmc::small::floor, floorl, wide);
  expectNear(bmc::small::erf, erfl, tens, 64);
}

TEST(SmallMathTest, Powers) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> between(-1, 1);
  for (int i = 0; i < rounds / 10; ++i) {
    double x = std::exp(3 * between(random)), y = 200 * between(random);
    EXPECT_LE(errorOf(bmc::small::pow(x, y), powl(x, y)), 32) << x << " " << y;
  }
  const double special[] = {0.0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, INFINITY, -INFINITY, NAN, 1e300, -1e300, 1e-320};
  for (double x : special)
    for (double y : special) {
      double found = bmc::small::pow(x, y), wanted = std::pow(x, y);
      EXPECT_EQ(std::isnan(found), std::isnan(wanted)) << x << " " << y;
      EXPECT_LE(errorOf(found, wanted), 32) << x << " " << y;
      if (!std::isnan(wanted))
        EXPECT_EQ(std::signbit(found), std::signbit(wanted)) << x << " " << y;
    }
}

} // namespace
