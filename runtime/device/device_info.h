// What `info` tells of the device, and of the program's share of it.
#ifndef BMC_DEVICE_DEVICE_INFO_H
#define BMC_DEVICE_DEVICE_INFO_H

#include "../memory.h"

namespace bmc {

/// The device's name, driver and memory, or why there is none; the arena with calls of so many rows; the kernels.
void appendDeviceText(Text &out, int64_t rows);
/// The same as an object.
void appendDeviceJson(Text &out, int64_t rows);

} // namespace bmc

#endif
