// Philox 4x32-10 in Halide: the same bits as dialects/reference/Philox.h.
#ifndef BMC_CODEGEN_HALIDE_PHILOX_H
#define BMC_CODEGEN_HALIDE_PHILOX_H

#include "Halide.h"

#include <array>

namespace bmc::codegen {

using PhiloxWords = std::array<Halide::Expr, 4>; // u32
using PhiloxKeyWords = std::array<Halide::Expr, 2>;

PhiloxWords philox(PhiloxWords counter, PhiloxKeyWords key);

/// The random bits of the element at a row-major position (i32), as u32: a call, which is computed when loops are
/// vectors, so that a counter's four words become four elements.
Halide::Expr randomBits(const PhiloxKeyWords &key, Halide::Expr position);

/// Whether it is such a call, and its computation; `alignment` is what is known of names in it.
bool isRandomBits(const Halide::Internal::Call *call);
Halide::Expr computedRandomBits(const Halide::Internal::Call *call,
                                const Halide::Internal::Scope<Halide::Internal::ModulusRemainder> &alignment = {});

} // namespace bmc::codegen

#endif
