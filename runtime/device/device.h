// The device of a program: its driver, and which functions run there. Its memory is device_arena.h.
#ifndef BMC_DEVICE_DEVICE_H
#define BMC_DEVICE_DEVICE_H

#include "bmc/program.h"
#include "driver.h"

namespace bmc {

/// Opens the device; ends the program where there is none. Kernels can be timed only if that is said here.
void openDevice(bool timesKernels);
/// Opens it if there is one. Null, or why there is none.
const char *tryToOpenDevice(bool timesKernels);
/// Whether kernels run there.
bool isDeviceOpen();
const bmc_driver &deviceDriver();

/// The function whose kernels run where the program's do: once the device is open the device's, where it has one.
const bmc_function &functionInUse(const bmc_function &function);
/// The device's entry for a function of its own; null for one of the processor's.
const bmc_device_function *deviceFunction(const bmc_function &function);

} // namespace bmc

#endif
