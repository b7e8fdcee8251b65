// What a tensor is to the runtime: an element type, dims and memory. Small helpers around the structs of program.h.
#ifndef BMC_TENSOR_H
#define BMC_TENSOR_H

#include "memory.h"
#include "values.h"

namespace bmc {

/// The product of the dims, 1 for rank 0. Ends the program when it does not fit.
int64_t elementCount(const int64_t *dims, int64_t rank);

/// Appends `[2, 3]`.
void appendDims(Text &out, const int64_t *dims, int64_t rank);

/// One element as text: integers exactly, others by `appendNumber` or, for JSON, `appendJsonNumber`.
void appendElement(Text &out, const void *data, int32_t element, int64_t index, bool json);

} // namespace bmc

#endif
