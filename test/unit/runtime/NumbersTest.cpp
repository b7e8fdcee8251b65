// Numbers as text: the fast path must give the bits of strtod, and only decimal numbers are numbers.
#include "runtime/numbers.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace bmc;

static void expectLikeStrtod(const char *text) {
  double value = -1, expected = strtod(text, nullptr);
  ASSERT_TRUE(parseNumber(text, value)) << text;
  EXPECT_EQ(0, memcmp(&value, &expected, sizeof value)) << text;
}

TEST(Numbers, HasTheBitsOfStrtod) {
  for (const char *text : {"0", "-0", "+1", "1.", ".5", "-.5e3", "1e22", "1e23", "1e-22", "1e-23", "9007199254740993",
                           "0.1", "123456789012345678901234567890", "4.9e-324", "1e999", "-1e-999",
                           "000000000000000000001.5", "0.000000000000000000000000000001"})
    expectLikeStrtod(text);
}

TEST(Numbers, HasTheBitsOfStrtodForRandomNumbers) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 100000; ++i) {
    char text[64];
    double mantissa = static_cast<double>(random()) / (1 << 16);
    snprintf(text, sizeof text, i % 2 ? "%.*e" : "%.*f", static_cast<int>(random() % 20), mantissa);
    expectLikeStrtod(text);
  }
}

TEST(Numbers, RefusesWhatIsNoDecimalNumber) {
  double value;
  for (const char *text :
       {"", "-", ".", "e5", "1e", "1e+", "0x10", "1_000", "1,5", "1 2", "nane", "infinit", "--1", "1.2.3"})
    EXPECT_FALSE(parseNumber(text, value)) << text;
}

TEST(Numbers, KnowsNonFiniteWords) {
  double value;
  ASSERT_TRUE(parseNumber("-Infinity", value));
  EXPECT_EQ(value, -INFINITY);
  ASSERT_TRUE(parseNumber("NaN", value));
  EXPECT_TRUE(std::isnan(value));
}

TEST(Numbers, ReadsIntegersThatFit) {
  int64_t value;
  ASSERT_TRUE(parseInteger("-9223372036854775808", value));
  EXPECT_EQ(value, INT64_MIN);
  for (const char *text : {"", "+", " 1", "1 ", "1.0", "9223372036854775808", "1e3"})
    EXPECT_FALSE(parseInteger(text, value)) << text;
}

TEST(Numbers, WritesNineDigitsAndValidJson) {
  Text text;
  appendNumber(text, 0.1f);
  appendNumber(text.append(" "), -std::nan(""));
  appendJsonNumber(text.append(" "), -INFINITY);
  EXPECT_STREQ(text.get(), "0.100000001 nan null");
}
