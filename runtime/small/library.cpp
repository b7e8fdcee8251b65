// The names by which compiled code asks for a mathematical library and for the compiler's own helpers. In a small model
// they are local symbols, so that they get in nobody's way.
#include "elementary.h"

#include <stddef.h>
#include <stdint.h>

using namespace bmc::small;

extern "C" {
#define BMC_FUNCTION(name)                                                                                             \
  double bmc_##name(double x) __asm__(#name);                                                                          \
  double bmc_##name(double x) { return bmc::small::name(x); }                                                          \
  float bmc_##name##f(float x) __asm__(#name "f");                                                                     \
  float bmc_##name##f(float x) { return float(bmc::small::name(double(x))); }

BMC_FUNCTION(floor)
BMC_FUNCTION(exp)
BMC_FUNCTION(expm1)
BMC_FUNCTION(log)
BMC_FUNCTION(log1p)
BMC_FUNCTION(tanh)
BMC_FUNCTION(erf)
BMC_FUNCTION(sin)
BMC_FUNCTION(cos)
#undef BMC_FUNCTION

double bmc_pow(double x, double y) __asm__("pow");
double bmc_pow(double x, double y) { return bmc::small::pow(x, y); }
float bmc_powf(float x, float y) __asm__("powf");
float bmc_powf(float x, float y) { return float(bmc::small::pow(double(x), double(y))); }

// Rounding, by floor.
double bmc_ceil(double x) __asm__("ceil");
double bmc_ceil(double x) { return -bmc::small::floor(-x); }
float bmc_ceilf(float x) __asm__("ceilf");
float bmc_ceilf(float x) { return float(bmc_ceil(double(x))); }
double bmc_trunc(double x) __asm__("trunc");
double bmc_trunc(double x) { return __builtin_signbit(x) ? bmc_ceil(x) : bmc::small::floor(x); }
float bmc_truncf(float x) __asm__("truncf");
float bmc_truncf(float x) { return float(bmc_trunc(double(x))); }

#ifdef __arm__
uint64_t bmc_sqrt_bits(uint64_t x);
double bmc_sqrt(double x) __asm__("sqrt");
double bmc_sqrt(double x) { return __builtin_bit_cast(double, bmc_sqrt_bits(__builtin_bit_cast(uint64_t, x))); }

// The run-time interface's names for what every C library has.
void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
#define BMC_COPIES(suffix)                                                                                             \
  void __aeabi_memcpy##suffix(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }                   \
  void __aeabi_memset##suffix(void *to, size_t bytes, int value) { memset(to, value, bytes); }                         \
  void __aeabi_memclr##suffix(void *to, size_t bytes) { memset(to, 0, bytes); }
BMC_COPIES()
BMC_COPIES(4)
BMC_COPIES(8)
#undef BMC_COPIES

// Shifts of 64-bit integers by halves, which small code calls.
struct Halves {
  uint32_t low, high;
};
static uint64_t whole(uint32_t high, uint32_t low) { return __builtin_bit_cast(uint64_t, Halves{low, high}); }
uint64_t __aeabi_llsl(uint64_t x, int count) {
  uint32_t low = uint32_t(x), high = uint32_t(x >> 32);
  if (count >= 32)
    return whole(low << (count - 32), 0);
  return count ? whole(high << count | low >> (32 - count), low << count) : x;
}
uint64_t __aeabi_llsr(uint64_t x, int count) {
  uint32_t low = uint32_t(x), high = uint32_t(x >> 32);
  if (count >= 32)
    return whole(0, high >> (count - 32));
  return count ? whole(high >> count, low >> count | high << (32 - count)) : x;
}
int64_t __aeabi_lasr(int64_t x, int count) {
  return int64_t(x < 0 ? ~__aeabi_llsr(~uint64_t(x), count) : __aeabi_llsr(uint64_t(x), count));
}

// Division of 64-bit integers. The interface wants the rest behind the quotient in registers, which no type of C++ asks
// for.
uint64_t bmc_divide(uint64_t x, uint64_t y, uint64_t *rest) {
  uint64_t quotient = 0, left = 0;
  for (int bit = 63; bit >= 0; --bit) {
    left = left << 1 | (x >> bit & 1);
    if (left >= y) {
      left -= y;
      quotient |= uint64_t(1) << bit;
    }
  }
  *rest = left;
  return quotient;
}
int64_t bmc_divide_signed(int64_t x, int64_t y, int64_t *rest) {
  uint64_t left, quotient = bmc_divide(x < 0 ? -uint64_t(x) : uint64_t(x), y < 0 ? -uint64_t(y) : uint64_t(y), &left);
  *rest = int64_t(x < 0 ? -left : left);
  return int64_t((x ^ y) < 0 ? -quotient : quotient);
}
#define BMC_DIVISION(name, function)                                                                                   \
  __attribute__((naked)) void name() {                                                                                 \
    __asm__("push {r6, lr}\n sub sp, #16\n add r6, sp, #8\n str r6, [sp]\n bl " #function                              \
            "\n ldr r2, [sp, #8]\n ldr r3, [sp, #12]\n add sp, #16\n pop {r6, pc}");                                   \
  }
BMC_DIVISION(__aeabi_uldivmod, bmc_divide)
BMC_DIVISION(__aeabi_ldivmod, bmc_divide_signed)
#undef BMC_DIVISION
#endif
}
