/* The true values: in double precision by the C library, whose functions GCC calls for several numbers at a time when
 * it may (-O3 -ffast-math; they are within 4 units in the last place of a double, which is nothing here). */
#include "exact.h"

#include <math.h>
#include <string.h>

static inline double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static inline double gelu(double x) { return x * 0.5 * erfc(x * -0.70710678118654752440); }
static inline double gelu_tanh(double x) { return x * sigmoid(1.59576912160573071176 * (x + 0.044715 * x * x * x)); }
static inline double silu(double x) { return x * sigmoid(x); }
static inline double softplus(double x) { return x > 20 ? x : log1p(exp(x)); }
static inline double logsigmoid(double x) { return (x < 0 ? x : 0) - log1p(exp(-fabs(x))); }
static inline double mish(double x) { return x * tanh(softplus(x)); }
static inline double rsqrt(double x) { return 1 / sqrt(x); }
static inline double power(double x) { return pow(x, 2.4f); }

#define FUNCTION(name)                                                                                                 \
  static void all_##name(const float *restrict x, double *restrict y, int count) {                                     \
    for (int i = 0; i < count; ++i)                                                                                    \
      y[i] = name(x[i]);                                                                                               \
  }
FUNCTION(exp)
FUNCTION(log)
FUNCTION(tanh)
FUNCTION(erf)
FUNCTION(sigmoid)
FUNCTION(gelu)
FUNCTION(expm1)
FUNCTION(log1p)
FUNCTION(sqrt)
FUNCTION(rsqrt)
FUNCTION(sin)
FUNCTION(cos)
FUNCTION(power)
FUNCTION(softplus)
FUNCTION(logsigmoid)
FUNCTION(silu)
FUNCTION(gelu_tanh)
FUNCTION(mish)

/* One by one and strictly: special values are what the C library says. */
__attribute__((optimize("no-fast-math"))) static void all_pow(const float *x, const float *y, double *z, int count) {
  for (int i = 0; i < count; ++i)
    z[i] = pow(x[i], y[i]);
}

#define ENTRY(name)                                                                                                    \
  { #name, #name "_of", all_##name, NULL }
const struct function functions[] = {
    ENTRY(exp),
    ENTRY(log),
    ENTRY(tanh),
    ENTRY(erf),
    ENTRY(sigmoid),
    ENTRY(gelu),
    ENTRY(expm1),
    ENTRY(log1p),
    ENTRY(sqrt),
    ENTRY(rsqrt),
    ENTRY(sin),
    ENTRY(cos),
    ENTRY(power),
    ENTRY(softplus),
    ENTRY(logsigmoid),
    ENTRY(silu),
    ENTRY(gelu_tanh),
    ENTRY(mish),
    {"pow", "pow_of", NULL, all_pow},
};
const int function_count = sizeof functions / sizeof *functions;

const struct function *find_function(const char *name) {
  for (int i = 0; i < function_count; ++i)
    if (strcmp(functions[i].name, name) == 0)
      return &functions[i];
  return NULL;
}
