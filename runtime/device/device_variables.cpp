// Where the values of variables are: see device_variables.h.
#include "device_variables.h"

#include "../errors.h"
#include "../variables.h"
#include "device.h"
#include "device_arena.h"

namespace bmc {

/// Whose the parts of the arena are, by Part.
static const DeviceVariables *owners[3];

DeviceVariables::~DeviceVariables() {
  if (part != Part::none)
    owners[static_cast<int>(part)] = nullptr;
}

bool DeviceVariables::take(Part wanted) {
  const DeviceVariables *&owner = owners[static_cast<int>(wanted)];
  if (part != Part::none || owner)
    return part != Part::none;
  owner = this;
  part = wanted;
  states.resize(bmc_program.variable_count);
  return true;
}

uint64_t DeviceVariables::addressOf(int64_t variable) const {
  return part == Part::kept ? deviceArena().keptVariable(variable) : deviceArena().variable(variable);
}

bool DeviceVariables::copy(int64_t variable, const DeviceVariables &from) {
  if (from.states.size() == 0 || !from.states[variable].isOldOnHost)
    return false;
  if (from.part == Part::variables && (!deviceArena().keepsWeights() || !take(Part::kept)))
    return false;
  int64_t bytes = variableBytes(bmc_program.variables[variable]);
  deviceDriver().copy(addressOf(variable), from.addressOf(variable), bytes);
  states[variable] = {true, true};
  return true;
}

void DeviceVariables::bringToHost(int64_t variable, void *host, bool isWritten) {
  if (states.size() == 0)
    return;
  State &state = states[variable];
  if (state.isOldOnHost)
    deviceDriver().download(host, addressOf(variable), variableBytes(bmc_program.variables[variable]));
  state.isOldOnHost = false;
  if (isWritten)
    state.isOnDevice = false;
}

uint64_t DeviceVariables::bringToDevice(int64_t variable, const void *host, bool isRead, bool isWritten) {
  if (!take(Part::variables) || part != Part::variables)
    fail(exitCannot, "%s: the device holds the variables of one model at a time", bmc_program.name);
  State &state = states[variable];
  if (isRead && !state.isOnDevice)
    deviceDriver().upload(addressOf(variable), host, variableBytes(bmc_program.variables[variable]));
  state.isOnDevice = true;
  state.isOldOnHost |= isWritten;
  return addressOf(variable);
}

} // namespace bmc
