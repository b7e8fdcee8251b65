// What a tensor is to the runtime: see tensor.h.
#include "tensor.h"

#include "numbers.h"

namespace bmc {

int64_t elementCount(const int64_t *dims, int64_t rank) {
  int64_t count = 1;
  for (int64_t i = 0; i < rank; ++i)
    count = multiplySizes(count, dims[i], "a tensor");
  return count;
}

void appendDims(Text &out, const int64_t *dims, int64_t rank) {
  out.append("[");
  for (int64_t i = 0; i < rank; ++i)
    out.format(i ? ", %lld" : "%lld", static_cast<long long>(dims[i]));
  out.append("]");
}

void appendJsonTensor(Text &out, const void *data, int32_t element, const int64_t *dims, int64_t rank, int64_t index) {
  appendLists(out, dims, rank, index, [&](Text &text, int64_t i) { appendElement(text, data, element, i, true); });
}

void appendElement(Text &out, const void *data, int32_t element, int64_t index, bool json) {
  if (element == bmc_i64)
    out.format("%lld", static_cast<long long>(static_cast<const int64_t *>(data)[index]));
  else if (element == bmc_i32)
    out.format("%d", static_cast<const int32_t *>(data)[index]);
  else if (json)
    appendJsonNumber(out, elementAsDouble(data, element, index));
  else
    appendNumber(out, elementAsDouble(data, element, index));
}

} // namespace bmc
