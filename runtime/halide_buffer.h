// How a kernel is told of a tensor: Halide's halide_buffer_t and halide_dimension_t, of which our kernels read `host`
// and strides.
#ifndef BMC_HALIDE_BUFFER_H
#define BMC_HALIDE_BUFFER_H

#include <stdint.h>

namespace bmc {

struct HalideDimension {
  int32_t min, extent, stride;
  uint32_t flags;
};

struct HalideBuffer {
  uint64_t device;
  const void *device_interface;
  void *host;
  uint64_t flags;
  uint8_t code, bits;
  uint16_t lanes;
  int32_t dimensions;
  HalideDimension *dim; // the innermost first
  void *padding;
};

} // namespace bmc

#endif
