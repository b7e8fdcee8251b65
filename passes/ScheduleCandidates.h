// Schedules beside the model's: what a search may try. None of them changes a bit of a result.
#ifndef BMC_PASSES_SCHEDULE_CANDIDATES_H
#define BMC_PASSES_SCHEDULE_CANDIDATES_H

#include "dialects/Ops.h"

namespace bmc {

/// The attribute of a kernel whose schedule was measured: microseconds with the model's schedule, and with its own.
inline constexpr llvm::StringLiteral tunedAttrName = "bm.tuned";

/// Whether a schedule fits the kernel and adds up in the same order as another one: results are the same bits.
bool givesSameBits(bm::KernelOp kernel, bm::ScheduleAttr schedule, bm::ScheduleAttr other);

/// Schedules that differ from one in a tile, lanes, vectors a step or the size of tasks, and give the same bits. Tasks
/// are of a result with so many indices along its outermost axis.
llvm::SmallVector<bm::ScheduleAttr> neighboursOf(bm::KernelOp kernel, bm::ScheduleAttr schedule, bm::TargetAttr target,
                                                 int64_t outerExtent);

} // namespace bmc

#endif
