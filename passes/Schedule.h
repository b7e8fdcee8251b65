// The choice of a kernel's schedule, for the pass and for whoever makes a kernel after it.
#ifndef BMC_PASSES_SCHEDULE_H
#define BMC_PASSES_SCHEDULE_H

#include "dialects/Ops.h"
#include "mlir/IR/BuiltinOps.h"

namespace bmc {

/// The target of a module; if it says none, null and an error that says what for: "choose schedules".
bm::TargetAttr targetFor(mlir::ModuleOp module, llvm::StringRef purpose);
/// The rows of a training step, if the op belongs to one and the program says so.
std::optional<int64_t> batchOf(mlir::Operation *op);
/// An extent that is open at compile time is taken for the program's batch, or for this if that is open too.
inline constexpr int64_t usualBatch = 256;
inline int64_t openExtent(mlir::Operation *op) { return batchOf(op).value_or(usualBatch); }
/// The size that a dimension has where the rows are so many: one that is known, or that depends on the rows alone.
std::optional<int64_t> expectedExtent(const bm::SymbolicDim &dim, std::optional<int64_t> rows);
/// How a kernel runs on a target, from its shapes alone: the same kernel gets the same schedule.
bm::ScheduleAttr chooseSchedule(bm::KernelOp kernel, bm::TargetAttr target);
/// The same for a device, from its place too; `plain`: without tiles and, but for values of rows beside elements,
/// shared memory.
bm::ScheduleAttr chooseDeviceSchedule(bm::KernelOp kernel, bool plain);
/// One loop an axis, nothing else.
bm::ScheduleAttr plainSchedule(mlir::MLIRContext *context);

} // namespace bmc

#endif
