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

/// Appends nested lists of these dims, for whose elements `append(out, index)` is called, from `index` on, which moves
/// behind them.
template <typename Append>
void appendLists(Text &out, const int64_t *dims, int64_t rank, int64_t &index, const Append &append) {
  if (rank == 0)
    return append(out, index++);
  out.append("[");
  for (int64_t i = 0; i < dims[0]; ++i)
    appendLists(i ? out.append(",") : out, dims + 1, rank - 1, index, append);
  out.append("]");
}

/// Appends a tensor as nested lists of JSON; its elements begin at `index`. A scalar is a number.
void appendJsonTensor(Text &out, const void *data, int32_t element, const int64_t *dims, int64_t rank, int64_t index);

/// One element as text: integers exactly, others by `appendNumber` or, for JSON, `appendJsonNumber`.
void appendElement(Text &out, const void *data, int32_t element, int64_t index, bool json);

} // namespace bmc

#endif
