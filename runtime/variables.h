// The values that live in a program while it runs: parameters, buffers and optimizer state.
#ifndef BMC_VARIABLES_H
#define BMC_VARIABLES_H

#include "mapped_file.h"
#include "tensor.h"
#ifdef BMC_DEVICE
#include "device/device_variables.h"
#endif

namespace bmc {

/// One buffer for each of the program's variables. Optimizer state is only held where a verb trains, packed weights
/// from their first packing on.
class Variables {
public:
  /// Holds nothing yet.
  Variables() = default;
  explicit Variables(bool withState) { hold(withState); }
  ~Variables();
  Variables(const Variables &) = delete;
  Variables &operator=(const Variables &) = delete;

  void hold(bool withState);
  /// For functions that read parameters and buffers only: these get memory when they are loaded, or stay in the file.
  void holdForReading();
  /// The file that some of them are read from; it is mapped as long as the variables are there.
  void keep(MappedFile &file) { source.take(file); }
  bool isHeld() const { return buffers.size() > 0; }
  /// Copies the values of all parameters and buffers.
  void copy(Variables &from);
#ifdef BMC_DEVICE
  /// Null for a variable that is not held. What is written there counts from then on.
  void *&operator[](int64_t i) {
    onDevice.bringToHost(i, buffers[i], true);
    return buffers[i];
  }
  /// For reading only.
  const void *read(int64_t i) {
    onDevice.bringToHost(i, buffers[i], false);
    return buffers[i];
  }
  /// Its address on the device, for a kernel.
  uint64_t bringToDevice(int64_t i, bool isRead, bool isWritten) {
    return onDevice.bringToDevice(i, buffers[i], isRead, isWritten);
  }
#else
  /// Null for a variable that is not held.
  void *&operator[](int64_t i) { return buffers[i]; }
  const void *read(int64_t i) { return buffers[i]; }
#endif
  /// Room for packed weights, which only their first packing needs.
  void holdPacked();
  void *packed(int64_t i) { return packedBuffers[i]; }

private:
#ifdef BMC_DEVICE
  DeviceVariables onDevice;
#endif
  Array<void *> buffers, packedBuffers;
  MappedFile source;
};

/// Whether a weight file holds it: parameters and buffers.
bool isSaved(const bmc_variable &variable);

int64_t variableBytes(const bmc_variable &variable);

} // namespace bmc

#endif
