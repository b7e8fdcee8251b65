// The program's thread pool, which Halide's parallel loops run on. Its threads are started by the first loop that has
// use for them.
#include "threads.h"

namespace bmc {

static ThreadPool pool;
static int wantedThreads; // 0: as many as there are CPUs
static bool started;

void setThreadCount(int count) { wantedThreads = count > maximumThreads ? maximumThreads : count; }

static int threadCount() { return wantedThreads ? wantedThreads : usableCpus(); }

bool mayUseThreads() { return threadCount() > 1; }

static void runInPool(Loop &loop) {
  if (!started)
    pool.start(threadCount());
  started = true;
  pool.run(loop);
}

} // namespace bmc

extern "C" int halide_do_par_for(void *userContext, int (*task)(void *, int, uint8_t *), int min, int size,
                                 uint8_t *closure) {
  bmc::Loop loop = {userContext, task, closure, min, int64_t(min) + size};
  if (size <= 1 || bmc::isInsideLoop() || bmc::wantedThreads == 1)
    bmc::runIterations(loop);
  else
    bmc::runInPool(loop);
  return loop.firstError;
}
