// What a device can do for a program, and nothing more: one table of functions for each driver's library, which is
// opened at run time. Everything that is asked of a device happens in the order in which it is asked, on one queue.
// What fails ends the program with exit code 3.
#ifndef BMC_DEVICE_DRIVER_H
#define BMC_DEVICE_DRIVER_H

#include <stddef.h>
#include <stdint.h>

namespace bmc {

/// What a kernel gets for one of its parameters: bytes, or an address of the device's memory.
struct LaunchArgument {
  uint64_t value;
  uint32_t bytes;
  bool isAddress;
};

/// Everything that it takes to start a kernel.
struct Launch {
  void *kernel;
  uint32_t grid[3], block[3];
  uint32_t sharedBytes;
  int64_t firstArgument, argumentCount; // in its tape
  int64_t call;                         // of a kernel that it belongs to, in `bmc_device_calls`; -1: the one before
};

/// What a device says of itself.
struct DeviceDescription {
  char name[128], driver[64];
  int64_t memoryBytes;
};

/// When a kernel ran: nanoseconds behind the beginning of the first one of its tape.
struct LaunchTime {
  int64_t begin, end;
};

class Tape;

} // namespace bmc

struct bmc_driver {
  const char *name;
  /// Opens the library and the device, for `replayTimed` too if kernels are to be timed. Null, or why there is none.
  const char *(*open)(bool timesKernels);
  void (*describe)(bmc::DeviceDescription &device);
  uint64_t (*allocate)(int64_t bytes); // 0: there is no room
  /// Behind everything that was asked before.
  void (*release)(uint64_t address);
  /// Memory of the host that the device reads by itself. Null: there is none.
  void *(*allocateHost)(int64_t bytes);
  void (*releaseHost)(void *memory);
  /// The host's memory may change as soon as this returns; that of `allocateHost` behind the next download.
  void (*upload)(uint64_t to, const void *from, int64_t bytes);
  /// Waits until it is there.
  void (*download)(void *to, uint64_t from, int64_t bytes);
  void (*copy)(uint64_t to, uint64_t from, int64_t bytes);
  /// The device's code, as Halide's objects have it: text with a zero behind it.
  void *(*load)(const char *text, int64_t bytes);
  void *(*findKernel)(void *module, const char *name);
  /// Starts all kernels of a tape; waits for nothing.
  void (*replay)(bmc::Tape &tape);
  /// The same, and waits. The times are those of its launches.
  void (*replayTimed)(bmc::Tape &tape, bmc::LaunchTime *times);
  /// Gives back what `replay` has prepared.
  void (*forget)(bmc::Tape &tape);
};

extern "C" const bmc_driver bmc_driver_opencl, bmc_driver_cuda;

#endif
