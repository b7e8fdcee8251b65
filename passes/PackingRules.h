// Which operands of a product are worth a copy in panels, by what the copy costs and what reading them as they lie
// does.
#ifndef BMC_PASSES_PACKING_RULES_H
#define BMC_PASSES_PACKING_RULES_H

#include "passes/MachineModel.h"

namespace bmc {

/// A product that is computed `steps` times with the same right operand.
struct ProductSizes {
  std::optional<int64_t> rows; // none: any number, at run time
  int64_t columns, inner, elementBytes;
  bool transposesLhs, transposesRhs;
  int64_t steps = 1;
};

/// The lanes of the panels of each operand; 0 leaves it as it lies.
struct PackedBlocks {
  int64_t lhs = 0, rhs = 0;
  bool operator==(const PackedBlocks &) const = default;
};

/// The copies that pay in front of a product. With `rhs` 0 and a transposed right operand, panels of rows are lanes
/// along rows; everywhere else lanes run along the columns, and panels of rows are broadcast.
PackedBlocks choosePacking(const ProductSizes &sizes, const MachineModel &machine);

/// The panels of a right operand that is packed ahead of time, which costs a product nothing; 0 leaves it as it lies.
int64_t panelAheadOfTime(const ProductSizes &sizes, const MachineModel &machine);

} // namespace bmc

#endif
