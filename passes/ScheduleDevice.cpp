// Chooses how each kernel runs on a device: which loops become blocks and threads, from the kernel's shapes. The
// attribute's meaning is in BmBase.td; codegen/halide/gpu obeys it to the letter.
#include "passes/Schedule.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

namespace {
// Threads of a block where each has an element of its own.
constexpr int64_t elementThreads = 128;

// The parameters of a device's schedule, to be filled in.
struct DeviceChoice {
  StringRef kind = "gpu_elements";
  int64_t threads = elementThreads, vector = 1, partial = 1;
  SmallVector<int64_t> tile = {};
};
} // namespace

ScheduleAttr chooseDeviceSchedule(KernelOp kernel, bool plain) {
  DeviceChoice choice;
  (void)plain;
  return ScheduleAttr::get(kernel.getContext(), choice.kind, choice.vector, /*unroll=*/1, choice.tile,
                           /*fewRowsTile=*/{}, choice.partial, /*parallel=*/0, /*parallelColumns=*/0,
                           /*parallelFrom=*/0, "columns", /*flat=*/false, choice.threads);
}

} // namespace bmc
