// Parallel loops of kernels run on the pool of the instance that is called.
#ifndef BMC_LIBRARY_PARALLEL_H
#define BMC_LIBRARY_PARALLEL_H

#include <stdint.h>

namespace bmc {

struct Parallel {
  int64_t poolBytes;
  void (*start)(void *pool, int threads); // in `poolBytes` bytes of memory
  void (*stop)(void *pool);
  /// Loops of this thread run on that pool from now on; null: in this thread alone.
  void (*use)(void *pool);
};

} // namespace bmc

/// Its file is linked where a kernel has a parallel loop; elsewhere the address is null, and there are no threads.
/// Not hidden: the address is then looked up, as one that may be null has to be.
extern "C" __attribute__((weak, visibility("default"))) const bmc::Parallel bmc_parallel;

#endif
