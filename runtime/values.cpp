// The values of program.h: see values.h.
#include "values.h"

namespace bmc {

int64_t elementBytes(int32_t element) {
  static const int8_t bytes[] = {4, 8, 4, 8, 1};
  return bytes[element];
}

const char *elementName(int32_t element) {
  static const char names[][5] = {"f32", "f64", "i32", "i64", "bool"};
  return names[element];
}

double elementAsDouble(const void *data, int32_t element, int64_t index) {
  switch (element) {
  case bmc_f32:
    return static_cast<const float *>(data)[index];
  case bmc_f64:
    return static_cast<const double *>(data)[index];
  case bmc_i32:
    return static_cast<const int32_t *>(data)[index];
  case bmc_i64:
    return static_cast<double>(static_cast<const int64_t *>(data)[index]);
  default:
    return static_cast<const uint8_t *>(data)[index];
  }
}

float halfAsFloat(uint16_t half) {
  uint32_t magnitude = half & 0x7fff, sign = static_cast<uint32_t>(half & 0x8000) << 16;
  // In a float's place its exponent is 112 too small, which a product corrects, also for subnormal numbers.
  float value = __builtin_bit_cast(float, magnitude << 13) * 0x1p112f;
  if (magnitude >= 0x7c00) // infinity and NaN
    value = __builtin_bit_cast(float, magnitude << 13 | 0x7f800000u);
  return __builtin_bit_cast(float, __builtin_bit_cast(uint32_t, value) | sign);
}

void computeDims(const bmc_value *values, int64_t count, const int64_t *symbols,
                 void (*compute)(const int64_t *symbols, int64_t *dims), int64_t *dims) {
  if (compute)
    return compute(symbols, dims);
  for (int64_t i = 0; i < count; ++i)
    for (int64_t axis = 0; axis < values[i].rank; ++axis) {
      const bmc_dim &dim = values[i].dims[axis];
      *dims++ = dim.symbol >= 0 ? symbols[dim.symbol] : dim.constant;
    }
}

} // namespace bmc
