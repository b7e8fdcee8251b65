// Where the values of variables are: in the host's memory, in the device's, or the same in both. They move only when
// the other side asks for them.
#ifndef BMC_DEVICE_DEVICE_VARIABLES_H
#define BMC_DEVICE_DEVICE_VARIABLES_H

#include "../memory.h"

namespace bmc {

class DeviceVariables {
public:
  DeviceVariables() = default;
  ~DeviceVariables();
  DeviceVariables(const DeviceVariables &) = delete;
  DeviceVariables &operator=(const DeviceVariables &) = delete;

  /// The host has a value from now on, and is going to read it, or to write over it.
  void bringToHost(int64_t variable, void *host, bool isWritten);
  /// The address of a value, which a kernel is going to read, or to write over.
  uint64_t bringToDevice(int64_t variable, const void *host, bool isRead, bool isWritten);
  /// A value that is newer on the device is copied there, if the arena has room for both. Whether it is.
  bool copy(int64_t variable, const DeviceVariables &from);

private:
  /// Which of the arena's parts is theirs: that of the variables, or that of weights which are kept.
  enum class Part { none, variables, kept };
  struct State {
    bool isOnDevice, isOldOnHost;
  };
  bool take(Part wanted);
  uint64_t addressOf(int64_t variable) const;

  Part part = Part::none;
  Array<State> states; // of no variable until a kernel asks for one
};

} // namespace bmc

#endif
