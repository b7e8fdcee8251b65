// The first step of memory planning: where the results of each block go, and the order of its kernels.
#ifndef BMC_PASSES_PLAN_RESULTS_H
#define BMC_PASSES_PLAN_RESULTS_H

#include "passes/MemoryPlan.h"

namespace bmc {

/// A result of a block that is the new value of one of its arguments: a variable's, or a loop's carried value.
struct Donation {
  unsigned result, argument; ///< numbers of the block's
};

/// Gives each result of a block a buffer, copying values where no kernel would write them there, and puts the kernels
/// in an order in which donated arguments are read before they are overwritten.
void planResults(mlir::Block &body, llvm::ArrayRef<Donation> donations, bm::TargetAttr target, MemoryPlan &plan);

} // namespace bmc

#endif
