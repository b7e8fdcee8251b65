// A pool of threads for Halide's parallel loops: see thread_pool.h.
#include "thread_pool.h"

#include <sched.h>

namespace bmc {

enum { workerStackBytes = 8 << 20, spinsBeforeSleep = 2000 };

static thread_local bool insideLoop;

int usableCpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return 1;
  int count = CPU_COUNT(&set);
  return count < 1 ? 1 : count > maximumThreads ? maximumThreads : count;
}

bool isInsideLoop() { return insideLoop; }

void runIterations(Loop &loop) {
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
void ThreadPool::spinUntilGenerationIsNot(int seen) {
  for (int i = 0; i < spinsBeforeSleep && __atomic_load_n(&generation, __ATOMIC_ACQUIRE) == seen; ++i)
    pauseProcessor();
}

void *ThreadPool::work(void *pool) {
  static_cast<ThreadPool *>(pool)->work();
  return nullptr;
}

void ThreadPool::work() {
  int seen = 0;
  for (;;) {
    spinUntilGenerationIsNot(seen);
    pthread_mutex_lock(&mutex);
    while (!stopping && generation == seen)
      pthread_cond_wait(&loopAdded, &mutex);
    if (stopping) {
      pthread_mutex_unlock(&mutex);
      return;
    }
    seen = generation;
    Loop *joined = loop;
    if (!joined) { // woken too late for that loop, but in time to wait for the next one awake
      pthread_mutex_unlock(&mutex);
      continue;
    }
    ++busyWorkers;
    pthread_mutex_unlock(&mutex);

    runIterations(*joined);

    pthread_mutex_lock(&mutex);
    if (--busyWorkers == 0)
      pthread_cond_signal(&workerLeft);
    pthread_mutex_unlock(&mutex);
  }
}

void ThreadPool::start(int count) {
  if (count > maximumThreads)
    count = maximumThreads;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, workerStackBytes);
  while (workers + 1 < count && pthread_create(&threads[workers], &attributes, work, this) == 0)
    ++workers;
  pthread_attr_destroy(&attributes);
}

void ThreadPool::stop() {
  pthread_mutex_lock(&mutex);
  stopping = true;
  pthread_cond_broadcast(&loopAdded);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < workers; ++i)
    pthread_join(threads[i], nullptr);
  workers = 0;
}

void ThreadPool::run(Loop &added) {
  pthread_mutex_lock(&mutex);
  loop = &added;
  __atomic_store_n(&generation, generation + 1, __ATOMIC_RELEASE);
  pthread_cond_broadcast(&loopAdded);
  pthread_mutex_unlock(&mutex);

  runIterations(added);

  pthread_mutex_lock(&mutex);
  loop = nullptr;
  while (busyWorkers > 0)
    pthread_cond_wait(&workerLeft, &mutex);
  pthread_mutex_unlock(&mutex);
}

} // namespace bmc
