// What the rules that choose schedules share: the choice, and what they ask of a kernel and its machine.
#ifndef BMC_PASSES_SCHEDULE_RULES_H
#define BMC_PASSES_SCHEDULE_RULES_H

#include "passes/MachineModel.h"
#include "passes/Schedule.h"

namespace bmc {

/// The parameters of a ScheduleAttr, to be filled in.
struct Choice {
  llvm::StringRef kind = "plain";
  int64_t vector = 1, unroll = 1;
  llvm::SmallVector<int64_t> tile = {}, fewRowsTile = {};
  int64_t partial = 1, parallel = 0, parallelColumns = 0, parallelFrom = 0;
  llvm::StringRef lanes = "columns";
  bool flat = false;
};

/// Partial sums of a row: of a short one, and of one that is long enough to hide the latency of an addition. Their
/// number decides the order of the sum, so it is the same on every target, whatever its vectors hold.
constexpr int64_t partialSums = 16, manyPartialSums = 64;

struct KernelShape {
  KernelShape(bm::KernelOp kernel, bm::TargetAttr target);

  /// Sizes as they usually are.
  int64_t extent(const bm::SymbolicDim &dim) const { return extentWhere(dim, open); }
  int64_t count(llvm::ArrayRef<bm::SymbolicDim> shape) const;
  /// The size that a dimension has in a training step, if that is known.
  std::optional<int64_t> expected(const bm::SymbolicDim &dim) const { return expectedExtent(dim, batch); }
  /// Vectors no wider than a loop of this extent.
  int64_t lanesWithin(const bm::SymbolicDim &extent) const;
  /// A share of a loop of `extent` iterations that makes a task, in whole steps; 0 if one thread does it all.
  int64_t task(int64_t extent, int64_t step = 1) const;

  bm::Shape result;
  std::optional<int64_t> batch;
  int64_t open; // an extent that is not known at compile time is taken for this
  MachineModel machine;
  int64_t elementBytes = 1, lanes = 1; // of the widest values
  int64_t together = 1;                // elements that one computation gives
  mlir::Operation *anchor = nullptr;
  bm::AccessPattern pattern = bm::AccessPattern::Pointwise;
  bool flat, rowsOfParts, isOfOneShape; // the last: of all results
  double seconds;                       // on one thread, if nothing but the machine holds it up
};

inline int64_t ceilDiv(int64_t value, int64_t step) { return (value + step - 1) / step; }
inline int64_t roundUp(int64_t value, int64_t step) { return ceilDiv(value, step) * step; }

Choice chooseProduct(const KernelShape &shape);

} // namespace bmc

#endif
