// What an op or a kernel costs: floating-point operations and the bytes that it must move.
#pragma once

#include "dialects/Ops.h"

namespace bmc::bm {

/// Floating-point operations of an op, or of all ops in its region, as a polynomial in their symbols; none where values
/// are only moved or known.
SymbolicDim flopsOf(mlir::Operation *op);

/// Bytes of a tensor.
SymbolicDim bytesOf(mlir::Type type);

/// Bytes of all inputs and results: what is read and written if caches hold nothing before and everything within.
SymbolicDim bytesOf(KernelOp kernel);

} // namespace bmc::bm
