// Which axes of a kernel's results can be those of a grid of a device's blocks.
#ifndef BMC_DIALECTS_DEVICE_GRID_H
#define BMC_DIALECTS_DEVICE_GRID_H

#include "dialects/SymbolicDim.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"

namespace bmc {

/// The axes of a grid of blocks. All but the first end at so many blocks; the first one has room for an axis that is
/// longer, or may be.
constexpr size_t gridAxes = 3;
constexpr int64_t mostBlocksOfAxis = 65535;

inline bool isFirstOfGrid(const bm::SymbolicDim &extent) {
  return !extent.isConstant() || *extent.constant() > mostBlocksOfAxis;
}

/// Whether the axes of rows are those of a grid, whose blocks are a row each.
inline bool isGrid(llvm::ArrayRef<bm::SymbolicDim> rows) {
  return rows.size() <= gridAxes && llvm::count_if(rows, isFirstOfGrid) <= 1;
}

/// Axes with open extents that blocks can have in front of what one of them computes: of a block's place along more
/// Halide knows no bounds.
constexpr int64_t mostOpenAxes = 2;

inline bool canLead(llvm::ArrayRef<bm::SymbolicDim> leading) {
  return llvm::count_if(leading, [](const bm::SymbolicDim &extent) { return !extent.isConstant(); }) <= mostOpenAxes;
}

} // namespace bmc

#endif
