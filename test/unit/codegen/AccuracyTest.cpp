// How far the elementary functions are from the true value, in units of the last place, over all magnitudes.
#include "KernelRunner.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace bmc::test;

namespace {

float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// The distance in units of the last place of the expected float; 0 where both are the same special value.
double unitsOff(float got, double expected) {
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
  auto module = parse(moduleText({{op,
                                   "%x : " + type,
                                   type,
                                   "  %y = bm." + op + " %x : " + type + "\n  bm.yield %y : " + type,
                                   {"schedule #bm.schedule<elementwise, vector = 16, flat>"}}}));
  auto kernels = bmc::codegen::compileKernels(*module, {hostTarget()});
  if (failed(kernels))
    return INFINITY;
  Tensor x({count}, true);
  for (int i = 0; i < count; ++i) {
    float value = fromBits(uint32_t(i) << 12 | (uint32_t(i) * 2654435761u >> 20));
    x.reals[i] = value < lowest || value > highest ? 1.0 : double(value);
  }
  Tensor y = LoadedKernel(kernels->front().object, kernels->front().name).run(kernels->front().kernel, {x}, {})[0];
  double most = 0;
  int worstAt = 0;
  for (int i = 0; i < count; ++i)
    if (double units = unitsOff(float(y.reals[i]), function(x.reals[i])); units > most)
      most = units, worstAt = i;
  printf("%-8s %6.2f units at %g (%g)\n", op.c_str(), most, x.reals[worstAt], y.reals[worstAt]);
  return most;
}

TEST(AccuracyTest, Exp) { EXPECT_LE(worst("exp", std::exp), 1.5); }
TEST(AccuracyTest, Expm1) { EXPECT_LE(worst("expm1", std::expm1), 2); }
TEST(AccuracyTest, Log) { EXPECT_LE(worst("log", std::log), 1.5); }
TEST(AccuracyTest, Log1p) { EXPECT_LE(worst("log1p", std::log1p), 4); }
TEST(AccuracyTest, Tanh) { EXPECT_LE(worst("tanh", std::tanh), 3); }
TEST(AccuracyTest, Sigmoid) {
  EXPECT_LE(worst("sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }), 4);
}
TEST(AccuracyTest, Erf) {
  EXPECT_LE(worst("erf", [](double x) { return std::erf(x); }), 3);
}
TEST(AccuracyTest, Gelu) {
  EXPECT_LE(worst("gelu", [](double x) { return x * 0.5 * std::erfc(x * -std::sqrt(0.5)); }), 4);
}
TEST(AccuracyTest, Sin) { EXPECT_LE(worst("sin", std::sin), 1); }
TEST(AccuracyTest, Cos) { EXPECT_LE(worst("cos", std::cos), 1); }
TEST(AccuracyTest, Sqrt) { EXPECT_LE(worst("sqrt", std::sqrt), 0.5); }
TEST(AccuracyTest, Rsqrt) {
  EXPECT_LE(worst("rsqrt", [](double x) { return 1 / std::sqrt(x); }), 1.5);
}

} // namespace
