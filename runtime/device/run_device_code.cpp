// Entry functions whose kernels run on a device: the same walk as the processor's (../run_code.h), with addresses of
// the device's memory. It is made once for each tape (tape.h).
#include "../run_code.h"
#include "device_arena.h"

namespace bmc {

namespace {
struct DeviceMemory {
  static void setAddress(HalideBuffer &buffer, void *address) { buffer.device = reinterpret_cast<uint64_t>(address); }
  static void *index(int64_t index) { return reinterpret_cast<void *>(deviceArena().index(index)); }
  /// The words say where in the arena it is.
  template <typename Word> static void *constant(const void *, const int64_t *sizes, const Word *&word) {
    return reinterpret_cast<void *>(deviceArena().at(sizes[*word++]));
  }
};
} // namespace

} // namespace bmc

extern "C" int32_t bmc_run_device_code16(const bmc_code *code, void *const *buffers, const int64_t *symbols,
                                         char *arena) {
  return bmc::runCode<int16_t, bmc::DeviceMemory>(*code, bmc_device_program.kernels, buffers, symbols, arena);
}

extern "C" int32_t bmc_run_device_code32(const bmc_code *code, void *const *buffers, const int64_t *symbols,
                                         char *arena) {
  return bmc::runCode<int32_t, bmc::DeviceMemory>(*code, bmc_device_program.kernels, buffers, symbols, arena);
}
