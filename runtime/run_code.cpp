// Entry functions whose kernels run on the processor: see run_code.h.
#include "run_code.h"

#include "float_mode.h"

namespace bmc {

namespace {
struct HostMemory {
  static void setAddress(HalideBuffer &buffer, void *address) { buffer.host = address; }
  static void *index(int64_t &index) { return &index; }
  template <typename Word> static void *constant(const void *value, const int64_t *, const Word *) {
    return const_cast<void *>(value);
  }
};
} // namespace

} // namespace bmc

extern "C" int32_t bmc_run_code16(const bmc_code *code, void *const *buffers, const int64_t *symbols, char *arena) {
  bmc::ModeOfFunctions mode;
  return bmc::runCode<int16_t, bmc::HostMemory>(*code, bmc_program.kernels, buffers, symbols, arena);
}

extern "C" int32_t bmc_run_code32(const bmc_code *code, void *const *buffers, const int64_t *symbols, char *arena) {
  bmc::ModeOfFunctions mode;
  return bmc::runCode<int32_t, bmc::HostMemory>(*code, bmc_program.kernels, buffers, symbols, arena);
}
