// The device of a program: see device.h.
#include "device.h"

#include "../errors.h"

#include <string.h>

namespace bmc {

static bool isOpen = false;

const char *tryToOpenDevice(bool timesKernels) {
  const char *why = deviceDriver().open(timesKernels);
  isOpen = !why;
  return why;
}

void openDevice(bool timesKernels) {
  if (const char *why = tryToOpenDevice(timesKernels))
    fail(exitCannot, "%s: no %s device: %s; --device=cpu goes on without one", bmc_program.name, deviceDriver().name,
         why);
}

bool isDeviceOpen() { return isOpen; }
const bmc_driver &deviceDriver() { return *bmc_device_program.driver; }

const bmc_function &functionInUse(const bmc_function &function) {
  for (int64_t i = 0; isOpen && function.name && i < bmc_device_program.function_count; ++i)
    if (!strcmp(bmc_device_program.functions[i].function->name, function.name))
      return *bmc_device_program.functions[i].function;
  return function;
}

const bmc_device_function *deviceFunction(const bmc_function &function) {
  for (int64_t i = 0; i < bmc_device_program.function_count; ++i)
    if (bmc_device_program.functions[i].function == &function)
      return &bmc_device_program.functions[i];
  return nullptr;
}

} // namespace bmc
