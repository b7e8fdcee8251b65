// How far the elementary functions are from the true value, in units of the last place, over all magnitudes. Where a
// processor takes subnormal numbers as zeros, they are left out, and so are results near to them.
#include "KernelRunner.h"
#include "gtest/gtest.h"

#include <cfloat>
#include <cmath>
#include <cstring>

using namespace bmc::test;

namespace {

float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// Of an argument.
bool isLost(double x) { return testMachine().flushesSubnormals && x != 0 && std::abs(x) < FLT_MIN; }

class AccuracyTest : public testing::Test {
protected:
  void SetUp() override {
    if (!testMachine().missing.empty())
      GTEST_SKIP() << testMachine().missing;
  }
};

// The distance in units of the last place of the expected float; 0 where both are the same special value.
double unitsOff(float got, double expected) {
  // A factor of what is a little larger may have been taken as zero already.
  if (testMachine().flushesSubnormals && std::abs(expected) < 0x1p-120 && std::abs(got) < 0x1p-120)
    return 0;
  float rounded = float(expected);
  if (std::isnan(expected) || std::isinf(rounded))
    return std::isnan(rounded) ? (std::isnan(got) ? 0 : INFINITY) : (got == rounded ? 0 : INFINITY);
  double unit = std::max(std::ldexp(1.0, std::ilogb(std::max(std::abs(expected), 1e-45)) - 23), 0x1p-149);
  return std::abs(got - expected) / unit;
}

// The largest distance of a function over floats of every exponent and sign, and the special values.
double worst(const std::string &op, double (*function)(double), double lowest = -INFINITY, double highest = INFINITY) {
  constexpr int count = 1 << 20;
  const std::string type = "tensor<1048576xf32>";
  Tensor x({count}, true);
  for (int i = 0; i < count; ++i) {
    float value = fromBits(uint32_t(i) << 12 | (uint32_t(i) * 2654435761u >> 20));
    bool isLeftOut = value < lowest || value > highest || isLost(value);
    x.reals[i] = isLeftOut ? 1.0 : double(value);
  }
  std::vector<Tensor> results = resultsOf({op,
                                           "%x : " + type,
                                           type,
                                           "  %y = bm." + op + " %x : " + type + "\n  bm.yield %y : " + type,
                                           {"schedule #bm.schedule<elementwise, vector = 16, flat>"}},
                                          {x});
  if (results.empty())
    return INFINITY;
  const Tensor &y = results[0];
  double most = 0;
  int worstAt = 0;
  for (int i = 0; i < count; ++i)
    if (double units = unitsOff(float(y.reals[i]), function(x.reals[i])); units > most)
      most = units, worstAt = i;
  printf("%-8s %6.2f units at %g (%g)\n", op.c_str(), most, x.reals[worstAt], y.reals[worstAt]);
  return most;
}

TEST_F(AccuracyTest, Exp) { EXPECT_LE(worst("exp", std::exp), 2); }
TEST_F(AccuracyTest, Expm1) { EXPECT_LE(worst("expm1", std::expm1), 2); }
TEST_F(AccuracyTest, Log) { EXPECT_LE(worst("log", std::log), 1.5); }
TEST_F(AccuracyTest, Log1p) { EXPECT_LE(worst("log1p", std::log1p), 4); }
TEST_F(AccuracyTest, Tanh) { EXPECT_LE(worst("tanh", std::tanh), 3); }
TEST_F(AccuracyTest, Sigmoid) {
  EXPECT_LE(worst("sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }), 4);
}
TEST_F(AccuracyTest, Erf) {
  EXPECT_LE(worst("erf", [](double x) { return std::erf(x); }), 3);
}
TEST_F(AccuracyTest, Gelu) {
  EXPECT_LE(worst("gelu", [](double x) { return x * 0.5 * std::erfc(x * -std::sqrt(0.5)); }), 4);
}
TEST_F(AccuracyTest, Sin) { EXPECT_LE(worst("sin", std::sin), 3); }
TEST_F(AccuracyTest, Cos) { EXPECT_LE(worst("cos", std::cos), 3); }
TEST_F(AccuracyTest, Sqrt) { EXPECT_LE(worst("sqrt", std::sqrt), 0.5); }
TEST_F(AccuracyTest, Rsqrt) {
  EXPECT_LE(worst("rsqrt", [](double x) { return 1 / std::sqrt(x); }), 1.5);
}

// Numbers that go the long way take their vector along, but change nothing for the others in it.
TEST_F(AccuracyTest, NumbersDoNotDependOnTheirNeighbours) {
  constexpr int count = 1 << 16;
  const std::string type = "tensor<65536xf32>";
  for (const char *op : {"sin", "cos", "gelu"}) {
    Case test = {op,
                 "%x : " + type,
                 type,
                 "  %y = bm." + std::string(op) + " %x : " + type + "\n  bm.yield %y : " + type,
                 {"schedule #bm.schedule<elementwise, vector = 16, flat>"}};
    Tensor sorted({count}, true), mixed({count}, true);
    auto placeOf = [](int i) { return i * 25173 % count; };
    for (int i = 0; i < count; ++i)
      mixed.reals[placeOf(i)] = sorted.reals[i] = double(fromBits(uint32_t(i) << 15));
    std::vector<Tensor> forSorted = resultsOf(test, {sorted}), forMixed = resultsOf(test, {mixed});
    ASSERT_TRUE(!forSorted.empty() && !forMixed.empty());
    const std::vector<double> &ofSorted = forSorted[0].reals, &ofMixed = forMixed[0].reals;
    for (int i = 0; i < count; ++i)
      if (double x = ofSorted[i], y = ofMixed[placeOf(i)]; x == x || y == y)
        EXPECT_EQ(x, y) << op << " of " << sorted.reals[i];
  }
}

// What the kernel of a power with these operands computes.
std::vector<double> powersOf(const std::vector<double> &x, const std::vector<double> &y, const std::string &schedule) {
  int64_t count = int64_t(x.size());
  std::string type = "tensor<" + std::to_string(count) + "xf32>";
  Tensor base({count}, true), exponent({count}, true);
  base.reals = x;
  exponent.reals = y;
  std::vector<Tensor> results = resultsOf({"pow",
                                           "%x : " + type + ", %y : " + type,
                                           type,
                                           "  %z = bm.pow %x, %y : " + type + "\n  bm.yield %z : " + type,
                                           {schedule}},
                                          {base, exponent});
  return results.empty() ? std::vector<double>() : results[0].reals;
}

// Bases of every exponent, whose powers are of every size.
TEST_F(AccuracyTest, Pow) {
  std::vector<double> x, y;
  for (uint32_t i = 0; i < 1 << 20; ++i) {
    float base = fromBits((i << 12 | (i * 2654435761u >> 20)) & 0x7fffffff);
    x.push_back(isLost(base) ? 1 : base);
    double size = (double(i * 2246822519u) / 0x1p31 - 1) * 150, exponent = size / std::log2(x.back());
    y.push_back(double(float(std::isfinite(exponent) && !isLost(exponent) ? exponent : 0.5)));
  }
  std::vector<double> z = powersOf(x, y, "schedule #bm.schedule<elementwise, vector = 16, flat>");
  ASSERT_EQ(z.size(), x.size());
  double most = 0;
  for (size_t i = 0; i < z.size(); ++i)
    most = std::max(most, unitsOff(float(z[i]), std::pow(x[i], y[i])));
  printf("pow      %6.2f units\n", most);
  EXPECT_LE(most, 2);
}

// Annex F of the C standard, by the C library; a vector at a time and one by one.
TEST_F(AccuracyTest, PowOfSpecialValues) {
  const double special[] = {0,    1,     2,    3,       0.5,     1.5,      0x1p-149,       0x1p-126,
                            1e30, 1e-30, 1e38, 8388607, 8388608, 16777215, 0x1.fffffep127, INFINITY,
                            NAN};
  std::vector<double> x, y;
  for (double base : special)
    for (double exponent : special)
      for (int signs = 0; signs < 4; ++signs) {
        if (isLost(base) || isLost(exponent))
          continue;
        x.push_back(std::copysign(base, signs & 1 ? -1.0 : 1.0));
        y.push_back(std::copysign(exponent, signs & 2 ? -1.0 : 1.0));
      }
  for (const char *schedule : {"schedule #bm.schedule<elementwise, vector = 16, flat>", ""}) {
    std::vector<double> z = powersOf(x, y, schedule);
    ASSERT_EQ(z.size(), x.size());
    for (size_t i = 0; i < z.size(); ++i) {
      double expected = std::pow(double(float(x[i])), double(float(y[i])));
      EXPECT_LE(unitsOff(float(z[i]), expected), 2) << x[i] << " to the power " << y[i] << " is " << z[i];
      if (!std::isnan(expected))
        EXPECT_EQ(std::signbit(z[i]), std::signbit(expected)) << x[i] << " to the power " << y[i];
    }
  }
}

} // namespace
