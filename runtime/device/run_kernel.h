// One kernel on the device, for the self-test.
#ifndef BMC_DEVICE_RUN_KERNEL_H
#define BMC_DEVICE_RUN_KERNEL_H

#include "../halide_buffer.h"
#include "../memory.h"

namespace bmc {

/// Runs it on copies of the buffers, of which there are so many bytes, and brings those back. Buffers that share their
/// memory on the host share it on the device. The arguments point to the buffers.
int32_t runOnDevice(int32_t (*kernel)(void *const *arguments), Array<void *> &arguments, Array<HalideBuffer> &buffers,
                    const Array<int64_t> &bytes);

} // namespace bmc

#endif
