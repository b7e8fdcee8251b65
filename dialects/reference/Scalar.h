// The scalars of the reference interpreter: float, double and quad precision, and the functions that elementwise ops
// use on them. Integers are computed in int64_t.
#ifndef BMC_DIALECTS_REFERENCE_SCALAR_H
#define BMC_DIALECTS_REFERENCE_SCALAR_H

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace bmc::bm {

/// IEEE binary128. The C library has its functions under the names of C23.
using Quad = __float128;

namespace quad {
extern "C" {
Quad expf128(Quad) noexcept;
Quad expm1f128(Quad) noexcept;
Quad logf128(Quad) noexcept;
Quad log1pf128(Quad) noexcept;
Quad sqrtf128(Quad) noexcept;
Quad sinf128(Quad) noexcept;
Quad cosf128(Quad) noexcept;
Quad tanhf128(Quad) noexcept;
Quad erff128(Quad) noexcept;
Quad erfcf128(Quad) noexcept;
Quad powf128(Quad, Quad) noexcept;
Quad floorf128(Quad) noexcept;
Quad ceilf128(Quad) noexcept;
Quad roundevenf128(Quad) noexcept;
}
} // namespace quad

namespace scalar {

// One name for the three precisions. An integer argument never occurs: these ops take floats only.
#define BMC_SCALAR_FUNCTION(name)                                                                                      \
  inline float name(float x) { return std::name(x); }                                                                  \
  inline double name(double x) { return std::name(x); }                                                                \
  inline Quad name(Quad x) { return quad::name##f128(x); }
BMC_SCALAR_FUNCTION(exp)
BMC_SCALAR_FUNCTION(expm1)
BMC_SCALAR_FUNCTION(log)
BMC_SCALAR_FUNCTION(log1p)
BMC_SCALAR_FUNCTION(sqrt)
BMC_SCALAR_FUNCTION(sin)
BMC_SCALAR_FUNCTION(cos)
BMC_SCALAR_FUNCTION(tanh)
BMC_SCALAR_FUNCTION(erf)
BMC_SCALAR_FUNCTION(erfc)
BMC_SCALAR_FUNCTION(floor)
BMC_SCALAR_FUNCTION(ceil)
#undef BMC_SCALAR_FUNCTION

inline float roundeven(float x) { return __builtin_roundevenf(x); }
inline double roundeven(double x) { return __builtin_roundeven(x); }
inline Quad roundeven(Quad x) { return quad::roundevenf128(x); }

/// x times the share of a normal distribution below it.
template <class T> T gelu(T x) { return x * T(0.5) * erfc(x * -sqrt(T(0.5))); }

template <class T> T abs(T x) { return x < 0 ? -x : x == 0 ? T(0) : x; }
template <class T> T sign(T x) { return x > 0 ? T(1) : x < 0 ? T(-1) : x == 0 ? T(0) : x; }
template <class T> T maximum(T x, T y) { return x != x ? x : y != y ? y : x > y ? x : y; }
template <class T> T minimum(T x, T y) { return x != x ? x : y != y ? y : x < y ? x : y; }

template <class T> T divide(T x, T y) {
  if constexpr (std::is_same_v<T, int64_t>)
    return y == 0 ? 0 : y == -1 ? T(0 - uint64_t(x)) : x / y;
  else
    return x / y;
}

/// The remainder with the divisor's sign, as Python's %. By zero: zero for integers, NaN for floats.
template <class T> T remainder(T x, T y) {
  if constexpr (std::is_same_v<T, int64_t>) {
    if (y == 0 || y == -1)
      return 0;
    T r = x % y;
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
  } else {
    return x - y * floor(x / y);
  }
}

inline float power(float x, float y) { return std::pow(x, y); }
inline double power(double x, double y) { return std::pow(x, y); }
inline Quad power(Quad x, Quad y) { return quad::powf128(x, y); }
inline int64_t power(int64_t x, int64_t y) {
  uint64_t result = 1, base = uint64_t(x);
  for (int64_t n = y < 0 ? 0 : y; n; n >>= 1, base *= base)
    if (n & 1)
      result *= base;
  return y < 0 ? (x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0) : int64_t(result);
}

} // namespace scalar
} // namespace bmc::bm

#endif
