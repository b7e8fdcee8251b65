// What a kernel costs: floating-point operations and the bytes that it must move.
#pragma once

#include "dialects/Ops.h"

namespace bmc::bm {

/// Floating-point operations of an op; none where values are only moved or known.
SymbolicDim flopsOf(mlir::Operation *op);

/// Floating-point operations of all ops in the kernel, as its symbols' polynomial.
SymbolicDim flopsOf(KernelOp kernel);

/// Bytes of a tensor.
SymbolicDim bytesOf(mlir::Type type);

/// Bytes of all inputs and results: what is read and written if caches hold nothing before and everything within.
SymbolicDim bytesOf(KernelOp kernel);

} // namespace bmc::bm
