// The device of a program: its driver, its memory, and the values of the host's that kernels read there.
#ifndef BMC_DEVICE_DEVICE_H
#define BMC_DEVICE_DEVICE_H

#include "bmc/program.h"
#include "driver.h"

namespace bmc {

/// Opens the device; ends the program where there is none.
void openDevice();
/// Whether kernels run there.
bool isDeviceOpen();
const bmc_driver &deviceDriver();

/// The function whose kernels run where the program's do: on the device once it is open.
const bmc_function &functionInUse(const bmc_function &function);

/// A piece of the device's arena; `purpose` completes "out of memory: ... for ".
uint64_t allocateOnDevice(int64_t bytes, const char *purpose);
/// It goes to the next one who asks for as many bytes.
void releaseOnDevice(uint64_t address, int64_t bytes);

/// Memory for intermediate values, which all functions share: they run one after the other.
uint64_t sharedDeviceArena(int64_t bytes);

/// Where a value of the host's is in the device's memory: a constant of the program, and the index of a loop.
uint64_t constantOnDevice(const void *value, int64_t bytes);
uint64_t indexOnDevice(int64_t index);

} // namespace bmc

#endif
