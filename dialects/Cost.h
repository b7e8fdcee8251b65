// What a kernel costs: floating-point operations and the bytes that it must move.
#pragma once

#include "dialects/Ops.h"

namespace bmc::bm {

/// Floating-point operations of all ops in the kernel, as its symbols' polynomial.
SymbolicDim flopsOf(KernelOp kernel);

/// Bytes of all inputs and results: what is read and written if caches hold nothing before and everything within.
SymbolicDim bytesOf(KernelOp kernel);

} // namespace bmc::bm
