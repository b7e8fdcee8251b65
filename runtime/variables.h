// The values that live in a program while it runs: parameters, buffers and optimizer state.
#ifndef BMC_VARIABLES_H
#define BMC_VARIABLES_H

#include "tensor.h"

namespace bmc {

/// One buffer for each of the program's variables. Optimizer state is only held where a verb trains.
class Variables {
public:
  explicit Variables(bool withState);
  ~Variables();
  Variables(const Variables &) = delete;
  Variables &operator=(const Variables &) = delete;

  /// Null for a variable that is not held.
  void *&operator[](int64_t i) { return buffers[i]; }

private:
  Array<void *> buffers;
};

int64_t variableBytes(const bmc_variable &variable);

} // namespace bmc

#endif
