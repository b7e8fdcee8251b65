// Parallel loops on the pool of the instance that is called: see parallel.h.
#include "parallel.h"

#include "../thread_pool.h"

#include <stddef.h>

namespace bmc {

// Per thread, not global: each thread is inside of at most one call.
static thread_local ThreadPool *current;

static void start(void *memory, int threads) {
  auto *pool = static_cast<ThreadPool *>(memory);
  static const ThreadPool fresh;
  __builtin_memcpy(memory, &fresh, sizeof fresh);
  pool->start(threads ? threads : usableCpus());
}

static void stop(void *pool) { static_cast<ThreadPool *>(pool)->stop(); }

static void use(void *pool) { current = static_cast<ThreadPool *>(pool); }

} // namespace bmc

const bmc::Parallel bmc_parallel = {sizeof(bmc::ThreadPool), bmc::start, bmc::stop, bmc::use};

extern "C" int halide_do_par_for(void *userContext, int (*task)(void *, int, uint8_t *), int min, int size,
                                 uint8_t *closure) {
  bmc::Loop loop = {userContext, task, closure, min, int64_t(min) + size};
  if (size <= 1 || !bmc::current || bmc::isInsideLoop())
    bmc::runIterations(loop);
  else
    bmc::current->run(loop);
  return loop.firstError;
}
