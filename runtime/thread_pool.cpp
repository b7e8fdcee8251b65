// A pool of threads for Halide's parallel loops: see thread_pool.h.
#include "thread_pool.h"

#include "float_mode.h"

// Few of them are for the tests, whose threads shall fall asleep.
#ifndef BMC_SPINS_BEFORE_SLEEP
#define BMC_SPINS_BEFORE_SLEEP 4000
#endif

namespace bmc {

enum { workerStackBytes = 8 << 20, spinsBeforeSleep = BMC_SPINS_BEFORE_SLEEP };

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
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

template <class Value> static Value read(const Value &value) { return __atomic_load_n(&value, __ATOMIC_SEQ_CST); }
/// The barrier is for emulators, which may read what comes next before the store is seen; to processors it is nothing
/// new.
template <class Value> static void write(Value &value, Value to) {
  __atomic_store_n(&value, to, __ATOMIC_SEQ_CST);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
static int add(int &value, int by) { return __atomic_add_fetch(&value, by, __ATOMIC_SEQ_CST); }

/// To sleep and to be woken takes longer than many a loop: whoever waits looks for a moment first.
template <class Condition> static bool comesWhileSpinning(Condition condition) {
  for (int i = 0; i < spinsBeforeSleep; ++i) {
    if (condition())
      return true;
    pauseProcessor();
  }
  return false;
}

void *ThreadPool::work(void *pool) {
  static_cast<ThreadPool *>(pool)->work();
  return nullptr;
}

void ThreadPool::work() {
  for (int seen = 0; !read(stopping); seen = read(generation)) {
    // A worker that is late for a loop is in time to wait for the next one awake.
    joinLoop();
    waitForNewGeneration(seen);
  }
}

void ThreadPool::waitForNewGeneration(int seen) {
  if (comesWhileSpinning([&] { return read(generation) != seen; }))
    return;
  pthread_mutex_lock(&mutex);
  add(sleepingWorkers, 1);
  while (!read(stopping) && read(generation) == seen)
    pthread_cond_wait(&loopAdded, &mutex);
  add(sleepingWorkers, -1);
  pthread_mutex_unlock(&mutex);
}

void ThreadPool::joinLoop() {
  add(busyWorkers, 1);
  if (Loop *joined = read(loop)) {
    setFloatMode(joined->floatMode);
    runIterations(*joined);
  }
  if (add(busyWorkers, -1) > 0 || !read(callerSleeps))
    return;
  pthread_mutex_lock(&mutex);
  pthread_cond_signal(&workerLeft);
  pthread_mutex_unlock(&mutex);
}

void ThreadPool::start(int count) {
  if (count > maximumThreads)
    count = maximumThreads;
  if (sched_getaffinity(0, sizeof usable, &usable) != 0)
    CPU_ZERO(&usable);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, workerStackBytes);
  while (workers + 1 < count && pthread_create(&threads[workers], &attributes, work, this) == 0)
    ++workers;
  pthread_attr_destroy(&attributes);
}

void ThreadPool::stop() {
  pthread_mutex_lock(&mutex);
  write(stopping, true);
  add(generation, 1);
  pthread_cond_broadcast(&loopAdded);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < workers; ++i)
    pthread_join(threads[i], nullptr);
  workers = 0;
}

/// Where other programs keep the other CPUs busy, the kernel wakes a worker on the caller's: it would run when the
/// caller's share of time is over, which is when the loop is done. So workers may run on all CPUs but that.
void ThreadPool::moveWorkersOffThisCpu() {
  int cpu = sched_getcpu();
  if (cpu < 0 || cpu == callersCpu || !CPU_ISSET(cpu, &usable) || CPU_COUNT(&usable) < 2)
    return;
  callersCpu = cpu;
  cpu_set_t others = usable;
  CPU_CLR(cpu, &others);
  for (int i = 0; i < workers; ++i)
    pthread_setaffinity_np(threads[i], sizeof others, &others);
}

void ThreadPool::waitForWorkers() {
  auto none = [this] { return read(busyWorkers) == 0; };
  if (comesWhileSpinning(none))
    return;
  pthread_mutex_lock(&mutex);
  write(callerSleeps, true);
  while (!none())
    pthread_cond_wait(&workerLeft, &mutex);
  write(callerSleeps, false);
  pthread_mutex_unlock(&mutex);
}

void ThreadPool::run(Loop &added) {
  moveWorkersOffThisCpu();
  added.floatMode = floatMode();
  write(loop, &added);
  add(generation, 1);
  if (read(sleepingWorkers) > 0) {
    pthread_mutex_lock(&mutex);
    pthread_cond_broadcast(&loopAdded);
    pthread_mutex_unlock(&mutex);
  }

  runIterations(added);

  write<Loop *>(loop, nullptr);
  waitForWorkers();
}

} // namespace bmc
