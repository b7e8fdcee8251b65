// See owned_tensors.h.
#include "owned_tensors.h"

namespace bmc {

OwnedTensors::OwnedTensors(const bmc_function &function) : function(function) {
  tensors.resize(function.argument_count);
  capacities.resize(function.argument_count);
  int64_t count = 0;
  for (int64_t i = 0; i < function.argument_count; ++i)
    count += function.arguments[i].rank;
  dims.resize(count);
  int64_t *next = dims.data();
  for (int64_t i = 0; i < function.argument_count; ++i) {
    tensors[i].dims = next;
    next += function.arguments[i].rank;
  }
}

OwnedTensors::~OwnedTensors() {
  for (GivenTensor &tensor : tensors)
    free(tensor.data);
}

void OwnedTensors::grow(int64_t argument, int64_t used, int64_t bytes) {
  growBuffer(tensors[argument].data, used, bytes, capacities[argument], function.arguments[argument].name);
}

} // namespace bmc
