// Tensors that a caller of an entry function keeps for its arguments.
#ifndef BMC_OWNED_TENSORS_H
#define BMC_OWNED_TENSORS_H

#include "entry.h"

namespace bmc {

/// One for each argument of a function: dims of the argument's rank, and no data until it grows.
class OwnedTensors {
public:
  explicit OwnedTensors(const bmc_function &function);
  ~OwnedTensors();
  OwnedTensors(const OwnedTensors &) = delete;
  OwnedTensors &operator=(const OwnedTensors &) = delete;

  /// Room for so many bytes of data, of which the first `used` stay.
  void grow(int64_t argument, int64_t used, int64_t bytes);
  int64_t size() const { return tensors.size(); }
  const GivenTensor *data() const { return tensors.data(); }
  GivenTensor &operator[](int64_t argument) { return tensors[argument]; }
  const GivenTensor &operator[](int64_t argument) const { return tensors[argument]; }

private:
  const bmc_function &function;
  Array<GivenTensor> tensors;
  Array<int64_t> dims, capacities;
};

} // namespace bmc

#endif
