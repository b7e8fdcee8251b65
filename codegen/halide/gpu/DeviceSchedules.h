// Schedules for devices: which loops are blocks and threads, and what passes through shared memory.
#ifndef BMC_CODEGEN_HALIDE_GPU_DEVICE_SCHEDULES_H
#define BMC_CODEGEN_HALIDE_GPU_DEVICE_SCHEDULES_H

#include "codegen/halide/Lower.h"

namespace bmc::codegen {

/// Applies a schedule whose kind is a device's (`gpu_...`) literally.
void applyDeviceSchedule(bm::ScheduleAttr schedule, llvm::ArrayRef<Anchor> anchors, OutputLoops loops);

} // namespace bmc::codegen

#endif
