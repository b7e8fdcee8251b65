// Recording: what Halide's host code calls in place of a driver. See tape.h.
#include "tape.h"

#include "../errors.h"
#include "../halide_buffer.h"
#include "device.h"

namespace bmc {

static Tape *recording = nullptr;
static int64_t markedCall = -1; // that the next launch begins
void (*watchedReplay)(Tape &tape, const int64_t *symbols) = nullptr;

void recordOn(Tape *tape) {
  recording = tape;
  markedCall = -1;
}

void Tape::clear() {
  if (prepared)
    deviceDriver().forget(*this);
  prepared = nullptr;
  replays = 0;
  launches.clear();
  arguments.clear();
}

void Tape::add(Launch launch, const Array<LaunchArgument> &itsArguments) {
  launch.firstArgument = arguments.size();
  launch.argumentCount = itsArguments.size();
  launches.push(launch);
  arguments.append(itsArguments.data(), itsArguments.size());
}

static int record(void *module, const char *name, const int *sizes, int sharedBytes, const size_t *argumentBytes,
                  void *const *values, const int8_t *isBuffer) {
  Launch launch = {
      deviceDriver().findKernel(module, name), {}, {}, static_cast<uint32_t>(sharedBytes), 0, 0, markedCall};
  markedCall = -1;
  for (int i = 0; i < 3; ++i) {
    launch.grid[i] = static_cast<uint32_t>(sizes[i]);
    launch.block[i] = static_cast<uint32_t>(sizes[3 + i]);
  }
  Array<LaunchArgument> arguments;
  for (int i = 0; argumentBytes[i]; ++i) {
    LaunchArgument argument = {0, static_cast<uint32_t>(argumentBytes[i]), isBuffer[i] != 0};
    if (argument.isAddress)
      argument.value = static_cast<const HalideBuffer *>(values[i])->device;
    else
      memcpy(&argument.value, values[i], argumentBytes[i]);
    arguments.push(argument);
  }
  recording->add(launch, arguments);
  return 0;
}

static int load(void **module, const char *text, int bytes) {
  if (!*module)
    *module = deviceDriver().load(text, bytes);
  return 0;
}

} // namespace bmc

extern "C" void bmc_mark_device_call(int64_t number, const int64_t *) { bmc::markedCall = number; }

// Nothing is copied behind a kernel's back: its buffers have an address on the device already.
extern "C" int halide_copy_to_device(void *, void *, const void *) { return 0; }

// `module` is a static variable of the kernel's object.
#define BMC_HALIDE_HOOKS(api)                                                                                          \
  extern "C" const void *halide_##api##_device_interface() { return nullptr; }                                         \
  extern "C" int halide_##api##_initialize_kernels(void *, void **module, const char *text, int bytes) {               \
    return bmc::load(module, text, bytes);                                                                             \
  }                                                                                                                    \
  extern "C" void halide_##api##_finalize_kernels(void *, void *) {}                                                   \
  extern "C" int halide_##api##_run(void *, void *module, const char *name, int gridX, int gridY, int gridZ,           \
                                    int blockX, int blockY, int blockZ, int sharedBytes, size_t *argumentBytes,        \
                                    void **arguments, int8_t *isBuffer) {                                              \
    const int sizes[] = {gridX, gridY, gridZ, blockX, blockY, blockZ};                                                 \
    return bmc::record(module, name, sizes, sharedBytes, argumentBytes, arguments, isBuffer);                          \
  }

BMC_HALIDE_HOOKS(opencl)
BMC_HALIDE_HOOKS(cuda)
