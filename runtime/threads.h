// How many threads a program's parallel loops use.
#ifndef BMC_THREADS_H
#define BMC_THREADS_H

#include "thread_pool.h"

namespace bmc {

/// How many threads a parallel loop may use, the caller included; without it as many as there are CPUs. Takes effect
/// before the first parallel loop.
void setThreadCount(int count);
/// Whether there may be a thread beside the program's own.
bool mayUseThreads();

} // namespace bmc

#endif
