// Where kernels come from that passes make without an op of the model file.
#pragma once

#include "mlir/IR/Location.h"
#include "mlir/IR/Value.h"

namespace bmc {

/// The declaration of the variable whose new value this is, or else the function that computes it.
mlir::Location placeOfResult(mlir::Value value);

} // namespace bmc
