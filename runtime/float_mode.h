// Subnormal numbers as zeros while a step of training runs. Where a gradient stays zero (a unit that is never active, a
// loss that is reached), an optimizer's moments decay into them and never leave them, since 0.9 of the smallest few
// rounds to the same; processors then compute several times slower. What is below 1e-38 has no part in learning.
// Predictions compute with them as IEEE 754 says, but on 32-bit ARM.
#ifndef BMC_FLOAT_MODE_H
#define BMC_FLOAT_MODE_H

#include <stdint.h>

namespace bmc {

/// This thread's control register of floating-point numbers.
inline uint64_t floatMode() {
#if defined(__x86_64__)
  return __builtin_ia32_stmxcsr();
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
#elif defined(__arm__)
  uint32_t mode;
  __asm__ volatile("vmrs %0, fpscr" : "=r"(mode));
  return mode;
#endif
}

inline void setFloatMode(uint64_t mode) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(static_cast<unsigned>(mode));
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#elif defined(__arm__)
  __asm__ volatile("vmsr fpscr, %0" : : "r"(static_cast<uint32_t>(mode)));
#endif
}

/// Takes the place of this thread's mode until it goes out of scope. Worker threads take the mode of the loop that they
/// join.
class SubnormalsAreZeros {
public:
  SubnormalsAreZeros() : before(floatMode()) { setFloatMode(before | bits); }
  ~SubnormalsAreZeros() { setFloatMode(before); }
  SubnormalsAreZeros(const SubnormalsAreZeros &) = delete;
  SubnormalsAreZeros &operator=(const SubnormalsAreZeros &) = delete;

private:
#if defined(__x86_64__)
  static constexpr uint64_t bits = 1 << 15 | 1 << 6; // of results, of operands
#elif defined(__aarch64__) || defined(__arm__)
  static constexpr uint64_t bits = 1 << 24; // of both
#endif
  uint64_t before;
};

/// The mode of compiled functions that are not steps of training: that of the caller, but for ARMv7. There NEON takes
/// subnormal numbers as zeros, always. So that numbers depend as little as possible on whether they are computed in a
/// vector, scalars are computed alike.
#if defined(__arm__)
using ModeOfFunctions = SubnormalsAreZeros;
#else
struct ModeOfFunctions {
  ~ModeOfFunctions() {}
};
#endif

} // namespace bmc

#endif
