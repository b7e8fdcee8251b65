// What is known of a value's sign from how it is computed.
#ifndef BMC_CODEGEN_HALIDE_SIGNS_H
#define BMC_CODEGEN_HALIDE_SIGNS_H

#include "mlir/IR/Value.h"

namespace bmc::codegen {

/// Whether all elements are at most 0, or NaN: the differences of a softmax, and what is the negative of a magnitude.
bool isNeverPositive(mlir::Value value);

} // namespace bmc::codegen

#endif
