// By the few forms that occur. See the header.
#include "codegen/halide/Signs.h"
#include "dialects/Ops.h"

using namespace bmc::bm;
using mlir::Value;

namespace bmc::codegen {

// Numbers less the largest of their row.
static bool isBelowMaximum(SubOp difference) {
  auto row = difference.getY().getDefiningOp<BroadcastOp>();
  auto largest = row ? row.getX().getDefiningOp<ReduceMaxOp>() : ReduceMaxOp();
  if (!largest || largest.getX() != difference.getX())
    return false;
  // Those of the same row: the axes that stay are where they were.
  auto rank = mlir::cast<mlir::RankedTensorType>(difference.getType()).getRank();
  llvm::SmallVector<int64_t> kept;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(largest.getAxes(), axis))
      kept.push_back(axis);
  return llvm::ArrayRef(kept) == row.getDimensions();
}

bool isNeverPositive(Value value) {
  if (auto negative = value.getDefiningOp<NegOp>())
    return negative.getX().getDefiningOp<AbsOp>() != nullptr;
  auto difference = value.getDefiningOp<SubOp>();
  return difference && isBelowMaximum(difference);
}

} // namespace bmc::codegen
