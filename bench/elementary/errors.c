/* How far the elementary functions of elementary.bm are from their true values:
 *
 *     errors FUNCTION [STRIDE [BOUND]]
 *
 * takes every STRIDE-th bit pattern of a float (1: all of them; a larger one should be odd), and around powers of two,
 * where functions have their edges, all, and compares with the C library in double precision. A line tells the largest
 * error in units in the last place, the argument, what came out and what should have, and how many results were wrong
 * in kind: a NaN, an infinity or the sign of a zero. A function of two numbers gets one second number for each first
 * one: such that the power is of any size, a whole number or a special value. The exit code is 1 if there are any of
 * those or an error is above BOUND. Units of subnormal numbers are the smallest number; an infinity that should be a
 * number counts as 2^128. */
#include "elementary.h"
#include "exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 14, EDGE = 1 << 6 };

struct errors {
  double most;
  float argument, second, found;
  double expected;
  unsigned long wrongKinds;
  float wrongArgument, wrongSecond;
};

static int is_right_kind(float found, double expected) {
  if (isnan(expected) || isnan(found))
    return isnan(expected) && isnan(found);
  if (isinf(expected))
    return found == expected;
  return found != 0 || expected != 0 || !signbit(found) == !signbit(expected);
}

/* 2^exponent of a normal number. */
static double power_of_two(int exponent) {
  uint64_t bits = (uint64_t)(exponent + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

/* Of a number that is not NaN; 0 and what is subnormal as a double are below all floats. */
static int exponent_of(double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return (int)(bits >> 52 & 0x7ff) - 1023;
}

/* An infinity that is what the number rounds to is no error; otherwise it stands for 2^128. */
static double units(float found, double expected) {
  if (isinf(found) && found == (float)expected)
    return 0;
  double number = isinf(found) ? copysign(power_of_two(128), found) : found;
  int exponent = exponent_of(expected);
  return fabs(number - expected) / power_of_two((exponent < -126 ? -126 : exponent > 127 ? 127 : exponent) - 23);
}

static void compare(const float *x, const float *second, const float *y, const double *exact, int count,
                    struct errors *errors) {
  for (int i = 0; i < count; ++i) {
    if (!is_right_kind(y[i], exact[i])) {
      ++errors->wrongKinds;
      errors->wrongArgument = x[i];
      errors->wrongSecond = second[i];
    } else if (isfinite(exact[i])) {
      double error = units(y[i], exact[i]);
      if (error > errors->most) {
        errors->most = error;
        errors->argument = x[i];
        errors->second = second[i];
        errors->found = y[i];
        errors->expected = exact[i];
      }
    }
  }
}

/* Of every kind, by the bits of a product. */
static float exponent_for(float x) {
  static const float special[] = {0,  -0.f,    1,        -1,        0.5f, -0.5f, 2,      3,
                                  -3, 0x1p24f, INFINITY, -INFINITY, NAN,  3e38f, -3e38f, 1e-45f};
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint64_t hash = (bits + 1) * 0x9e3779b97f4a7c15u;
  unsigned kind = hash >> 61, choice = hash >> 32 & 0xffff;
  if (kind == 0)
    return special[choice % (sizeof special / sizeof *special)];
  if (kind == 1)
    return (float)((int)(choice % 64) - 32);
  double exponent = ((double)choice / 0x8000 - 1) * 150 / log2(fabs(x));
  if (!isfinite(exponent))
    return (float)choice / 0x1000 - 8;
  return x < 0 ? roundf((float)exponent) : (float)exponent;
}

/* The bit pattern behind `bits`, or 2^32: the next multiple of the stride, or the next one near a power of two. */
static uint64_t next(uint64_t bits, uint64_t stride) {
  uint64_t after = bits + 1, multiple = (bits / stride + 1) * stride, inPower = after & 0x7fffff;
  if (inPower < EDGE || inPower >= 0x800000 - EDGE)
    return after;
  uint64_t edge = (after | 0x7fffff) + 1 - EDGE;
  return multiple < edge ? multiple : edge;
}

static int measure(struct bmc_model *model, const struct function *function, uint64_t stride, struct errors *errors) {
  static _Alignas(BMC_ALIGNMENT) float x[CHUNK], second[CHUNK], y[CHUNK];
  static double exact[CHUNK];
  const void *inputs[] = {x, second};
  void *outputs[] = {y};
  for (uint64_t bits = 0; bits < 1ull << 32;) {
    int count = 0;
    for (; count < CHUNK && bits < 1ull << 32; bits = next(bits, stride)) {
      uint32_t pattern = (uint32_t)bits;
      memcpy(&x[count++], &pattern, sizeof pattern);
    }
    for (int i = 0; function->exactOfTwo && i < count; ++i)
      second[i] = exponent_for(x[i]);
    if (bmc_call(model, function->entry, inputs, count, outputs) != BMC_OK)
      return 0;
    if (function->exactOfTwo)
      function->exactOfTwo(x, second, exact, count);
    else
      function->exact(x, exact, count);
    compare(x, second, y, exact, count, errors);
  }
  return 1;
}

static void print_argument(const struct function *function, float x, float second) {
  printf(" at %.9g", (double)x);
  if (function->exactOfTwo)
    printf(",%.9g", (double)second);
}

int main(int argc, char **argv) {
  const struct function *function = argc > 1 ? find_function(argv[1]) : NULL;
  if (!function) {
    for (int i = 0; i < function_count; ++i)
      puts(functions[i].name);
    return argc > 1 ? 2 : 0;
  }
  uint64_t stride = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  double bound = argc > 3 ? strtod(argv[3], NULL) : INFINITY;
  struct bmc_options options = BMC_OPTIONS;
  options.rows = CHUNK;
  struct bmc_model *model;
  if (stride == 0 || elementary_create(&options, &model) != BMC_OK || bmc_init(model, 1) != BMC_OK)
    return 2;
  struct errors errors = {0};
  if (!measure(model, function, stride, &errors)) {
    fprintf(stderr, "%s\n", bmc_message(model));
    return 2;
  }
  bmc_destroy(model);
  printf("%s: %.2f units", function->name, errors.most);
  print_argument(function, errors.argument, errors.second);
  printf(": found %.9g, expected %.9g; %lu of the wrong kind", (double)errors.found, errors.expected,
         errors.wrongKinds);
  if (errors.wrongKinds) {
    printf(", such as");
    print_argument(function, errors.wrongArgument, errors.wrongSecond);
  }
  puts("");
  return errors.wrongKinds > 0 || errors.most > bound;
}
