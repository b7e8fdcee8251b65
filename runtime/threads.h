// The thread pool behind Halide's parallel loops.
#ifndef BMC_THREADS_H
#define BMC_THREADS_H

#include <stdint.h>

namespace bmc {

enum { maximumThreads = 256 };

/// The CPUs that this process may use.
int usableCpus();

/// How many threads a parallel loop may use, the caller included. Takes effect before the first parallel loop.
void setThreadCount(int count);

} // namespace bmc

extern "C" int halide_do_par_for(void *userContext, int (*task)(void *, int, uint8_t *), int min, int size,
                                 uint8_t *closure);

#endif
