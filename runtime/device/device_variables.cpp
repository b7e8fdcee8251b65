// Where the values of variables are: see device_variables.h.
#include "device_variables.h"

#include "../variables.h"
#include "device.h"

namespace bmc {

DeviceVariables::~DeviceVariables() {
  for (int64_t i = 0; i < states.size(); ++i)
    releaseOnDevice(states[i].address, variableBytes(bmc_program.variables[i]));
}

bool DeviceVariables::copy(int64_t variable, const DeviceVariables &from) {
  if (from.states.size() == 0 || !from.states[variable].isOldOnHost)
    return false;
  uint64_t to = bringToDevice(variable, nullptr, false, true);
  deviceDriver().copy(to, from.states[variable].address, variableBytes(bmc_program.variables[variable]));
  return true;
}

void DeviceVariables::bringToHost(int64_t variable, void *host, bool isWritten) {
  if (states.size() == 0)
    return;
  State &state = states[variable];
  if (state.isOldOnHost)
    deviceDriver().download(host, state.address, variableBytes(bmc_program.variables[variable]));
  state.isOldOnHost = false;
  if (isWritten)
    state.isOnDevice = false;
}

uint64_t DeviceVariables::bringToDevice(int64_t variable, const void *host, bool isRead, bool isWritten) {
  states.resize(bmc_program.variable_count);
  State &state = states[variable];
  int64_t bytes = variableBytes(bmc_program.variables[variable]);
  if (!state.address)
    state.address = allocateOnDevice(bytes, bmc_program.variables[variable].name);
  if (isRead && !state.isOnDevice)
    deviceDriver().upload(state.address, host, bytes);
  state.isOnDevice = true;
  state.isOldOnHost |= isWritten;
  return state.address;
}

} // namespace bmc
