// One kernel on the device: see run_kernel.h.
#include "run_kernel.h"

#include "../errors.h"
#include "device.h"
#include "tape.h"

namespace bmc {

namespace {
/// Memory of the device's for a while.
class Copies {
public:
  explicit Copies(int64_t bytes) : base(deviceDriver().allocate(bytes)) {
    if (!base)
      fail(exitCannot, "out of memory: the device has no %lld bytes for a test", static_cast<long long>(bytes));
  }
  ~Copies() { deviceDriver().release(base); }
  Copies(const Copies &) = delete;
  Copies &operator=(const Copies &) = delete;

  const uint64_t base;
};
} // namespace

/// The first buffer in the same memory.
static int64_t sharedWith(const Array<HalideBuffer> &buffers, int64_t i) {
  int64_t first = 0;
  while (buffers[first].host != buffers[i].host)
    ++first;
  return first;
}

int32_t runOnDevice(int32_t (*kernel)(void *const *arguments), Array<void *> &arguments, Array<HalideBuffer> &buffers,
                    const Array<int64_t> &bytes) {
  const int64_t alignment = 256;
  int64_t all = bufferSlack;
  for (int64_t size : bytes)
    all += (size + alignment - 1) / alignment * alignment;
  Copies copies(all);
  uint64_t next = copies.base;
  for (int64_t i = 0; i < buffers.size(); ++i) {
    if (int64_t first = sharedWith(buffers, i); first < i) {
      buffers[i].device = buffers[first].device;
      continue;
    }
    buffers[i].device = next;
    next += static_cast<uint64_t>((bytes[i] + alignment - 1) / alignment * alignment);
    if (bytes[i])
      deviceDriver().upload(buffers[i].device, buffers[i].host, bytes[i]);
  }
  Tape tape;
  recordOn(&tape);
  int32_t status = kernel(arguments.data());
  recordOn(nullptr);
  deviceDriver().replay(tape);
  for (int64_t i = 0; i < buffers.size(); ++i)
    if (bytes[i])
      deviceDriver().download(buffers[i].host, buffers[i].device, bytes[i]);
  return status;
}

} // namespace bmc
