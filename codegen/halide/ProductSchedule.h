// A matrix product on a processor: register tiles of the result, cache blocks of tiles, tasks of blocks.
#ifndef BMC_CODEGEN_HALIDE_PRODUCT_SCHEDULE_H
#define BMC_CODEGEN_HALIDE_PRODUCT_SCHEDULE_H

#include "codegen/halide/Lower.h"

namespace bmc::codegen {

/// Schedules the product of a `matmul` schedule, and the loops that store the results; two anchors are the same product
/// for few rows and for many.
void scheduleProduct(bm::ScheduleAttr schedule, llvm::ArrayRef<Anchor> products, const OutputLoops &loops);

} // namespace bmc::codegen

#endif
