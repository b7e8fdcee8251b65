// Numbers as text: see numbers.h.
#include "numbers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

namespace bmc {

static bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// The decimal number in parts, as far as the exact fast path needs it.
struct Decimal {
  uint64_t digits = 0;
  int digitCount = 0; // significant ones, without leading zeros
  int exponent = 0;
};

static void addDigit(Decimal &decimal, char c) {
  if (decimal.digitCount > 0 || c != '0')
    ++decimal.digitCount;
  if (decimal.digitCount <= 19)
    decimal.digits = decimal.digits * 10 + (c - '0');
}

// number = [sign] (digits ["." [digits]] | "." digits) [("e" | "E") [sign] digits]
static bool scanDecimal(const char *p, Decimal &decimal) {
  if (*p == '+' || *p == '-')
    ++p;
  bool any = false;
  for (; isDigit(*p); ++p, any = true)
    addDigit(decimal, *p);
  if (*p == '.')
    for (++p; isDigit(*p); ++p, any = true) {
      addDigit(decimal, *p);
      --decimal.exponent;
    }
  if (!any)
    return false;
  if (*p != 'e' && *p != 'E')
    return *p == '\0';
  ++p;
  bool negative = *p == '-';
  if (*p == '+' || *p == '-')
    ++p;
  if (!isDigit(*p))
    return false;
  int exponent = 0;
  for (; isDigit(*p); ++p)
    exponent = exponent < 100000 ? exponent * 10 + (*p - '0') : exponent;
  decimal.exponent += negative ? -exponent : exponent;
  return *p == '\0';
}

static bool parseNonFinite(const char *text, double &value) {
  bool negative = *text == '-';
  if (*text == '+' || *text == '-')
    ++text;
  if (!strcasecmp(text, "nan"))
    value = NAN;
  else if (!strcasecmp(text, "inf") || !strcasecmp(text, "infinity"))
    value = negative ? -INFINITY : INFINITY;
  else
    return false;
  return true;
}

bool parseNumber(const char *text, double &value) {
  Decimal decimal;
  if (!scanDecimal(text, decimal))
    return parseNonFinite(text, value);
  // Both the digits and the power of ten are exact doubles, so one multiplication or division rounds correctly.
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (decimal.digitCount <= 19 && decimal.digits <= (uint64_t(1) << 53) && decimal.exponent >= -22 &&
      decimal.exponent <= 22) {
    double digits = static_cast<double>(decimal.digits);
    value = decimal.exponent < 0 ? digits / powers[-decimal.exponent] : digits * powers[decimal.exponent];
    if (*text == '-')
      value = -value;
    return true;
  }
  value = strtod(text, nullptr);
  return true;
}

bool parseInteger(const char *text, int64_t &value) {
  const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
  if (!isDigit(*digits))
    return false;
  char *end;
  errno = 0;
  value = strtoll(text, &end, 10);
  return *end == '\0' && errno == 0;
}

void appendNumber(Text &text, double value) {
  if (isnan(value))
    text.append("nan");
  else
    text.format("%.9g", value);
}

void appendJsonNumber(Text &text, double value) {
  if (isfinite(value))
    text.format("%.9g", value);
  else
    text.append("null");
}

} // namespace bmc
