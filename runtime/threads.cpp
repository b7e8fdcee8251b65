// The thread pool behind Halide's parallel loops. Threads are started by the first loop that has use for them.
// Iterations are handed out by a counter; which thread runs which one cannot change a result, since Halide's iterations
// never write to the same place. A loop inside a loop runs in the thread that meets it.
#include "threads.h"

#include <pthread.h>
#include <sched.h>

namespace bmc {

enum { workerStackBytes = 8 << 20, spinsBeforeSleep = 2000 };

/// One parallel loop. It lives on the stack of the thread that runs it, until no worker holds it any more.
struct Loop {
  void *userContext;
  int (*task)(void *, int, uint8_t *);
  uint8_t *closure;
  int64_t next, end;
  int firstError;
};

static struct {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t loopAdded = PTHREAD_COND_INITIALIZER, workerLeft = PTHREAD_COND_INITIALIZER;
  Loop *loop = nullptr; // the loop that workers may join
  int generation = 0;   // counts loops, so that a spinning worker sees a new one without the mutex
  int busyWorkers = 0;  // workers that hold `loop`
  int threads = 0;      // wanted, the caller included; 0: as many as there are CPUs
  bool started = false;
} pool;

static thread_local bool insideLoop;

int usableCpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return 1;
  int count = CPU_COUNT(&set);
  return count < 1 ? 1 : count > maximumThreads ? maximumThreads : count;
}

void setThreadCount(int count) { pool.threads = count > maximumThreads ? maximumThreads : count; }

static void runIterations(Loop &loop) {
  bool outer = insideLoop;
  insideLoop = true;
  for (;;) {
    int64_t i = __atomic_fetch_add(&loop.next, 1, __ATOMIC_RELAXED);
    if (i >= loop.end)
      break;
    int error = loop.task(loop.userContext, static_cast<int>(i), loop.closure);
    if (error)
      __atomic_store_n(&loop.firstError, error, __ATOMIC_RELAXED);
  }
  insideLoop = outer;
}

static void pauseProcessor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Kernels follow each other within microseconds: a worker looks for the next loop for a moment before it sleeps.
static void spinUntilGenerationIsNot(int seen) {
  for (int i = 0; i < spinsBeforeSleep && __atomic_load_n(&pool.generation, __ATOMIC_ACQUIRE) == seen; ++i)
    pauseProcessor();
}

static void *work(void *) {
  int seen = 0;
  for (;;) {
    spinUntilGenerationIsNot(seen);
    pthread_mutex_lock(&pool.mutex);
    while (!pool.loop || pool.generation == seen)
      pthread_cond_wait(&pool.loopAdded, &pool.mutex);
    seen = pool.generation;
    Loop *loop = pool.loop;
    ++pool.busyWorkers;
    pthread_mutex_unlock(&pool.mutex);

    runIterations(*loop);

    pthread_mutex_lock(&pool.mutex);
    if (--pool.busyWorkers == 0)
      pthread_cond_signal(&pool.workerLeft);
    pthread_mutex_unlock(&pool.mutex);
  }
  return nullptr;
}

/// A thread that cannot be started is not missed: the loop's own thread does its work.
static void startWorkers() {
  pool.started = true;
  if (pool.threads == 0)
    pool.threads = usableCpus();
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, workerStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (int i = 1; i < pool.threads; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, work, nullptr) != 0)
      break;
  }
  pthread_attr_destroy(&attributes);
}

static void runInPool(Loop &loop) {
  if (!pool.started)
    startWorkers();
  pthread_mutex_lock(&pool.mutex);
  pool.loop = &loop;
  __atomic_store_n(&pool.generation, pool.generation + 1, __ATOMIC_RELEASE);
  pthread_cond_broadcast(&pool.loopAdded);
  pthread_mutex_unlock(&pool.mutex);

  runIterations(loop);

  pthread_mutex_lock(&pool.mutex);
  pool.loop = nullptr;
  while (pool.busyWorkers > 0)
    pthread_cond_wait(&pool.workerLeft, &pool.mutex);
  pthread_mutex_unlock(&pool.mutex);
}

} // namespace bmc

int halide_do_par_for(void *userContext, int (*task)(void *, int, uint8_t *), int min, int size, uint8_t *closure) {
  bmc::Loop loop = {userContext, task, closure, min, int64_t(min) + size, 0};
  if (size <= 1 || bmc::insideLoop || bmc::pool.threads == 1)
    bmc::runIterations(loop);
  else
    bmc::runInPool(loop);
  return loop.firstError;
}
