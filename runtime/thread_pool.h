// A pool of threads for Halide's parallel loops: a program has one, a library one for each model.
#ifndef BMC_THREAD_POOL_H
#define BMC_THREAD_POOL_H

#include <pthread.h>
#include <sched.h>
#include <stdint.h>

namespace bmc {

/// One parallel loop. It lives on the stack of the thread that runs it, until no worker holds it any more.
struct Loop {
  void *userContext;
  int (*task)(void *, int, uint8_t *);
  uint8_t *closure;
  int64_t next, end;
  int firstError = 0;
  uint64_t floatMode = 0; // of the thread that runs it; set by the pool
};

enum { maximumThreads = 256 };

/// The CPUs that this process may use.
int usableCpus();

/// Iterations are handed out by a counter; which thread runs which one cannot change a result, since Halide's
/// iterations never write to the same place. A loop inside a loop runs in the thread that meets it. One thread at a
/// time runs loops on a pool.
class ThreadPool {
public:
  /// Starts threads until `count` can run, the caller and at most `maximumThreads` included. One that cannot be started
  /// is not missed: the loop's own thread does its work.
  void start(int count);
  /// Ends the threads and waits for them.
  void stop();
  void run(Loop &loop);

private:
  static void *work(void *pool);
  void work();
  void waitForNewGeneration(int seen);
  void joinLoop();
  void moveWorkersOffThisCpu();
  void waitForWorkers();

  // Loops follow each other within microseconds, so all that both sides meet in is atomic, and sequentially consistent:
  // who writes one and then reads another cannot miss him who does it the other way round. The mutex and the conditions
  // are for those only who sleep.
  Loop *loop = nullptr; // the loop that workers may join
  int generation = 0;   // counts loops
  int busyWorkers = 0;  // workers that hold `loop`, or are about to see that there is none
  int sleepingWorkers = 0;
  bool callerSleeps = false;
  bool stopping = false;

  int workers = 0;       // started
  int callersCpu = -1;   // which workers keep off; -1: they may run anywhere
  cpu_set_t usable = {}; // by the whole process
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t loopAdded = PTHREAD_COND_INITIALIZER, workerLeft = PTHREAD_COND_INITIALIZER;
  pthread_t threads[maximumThreads - 1] = {};
};

/// Runs the loop in this thread alone.
void runIterations(Loop &loop);

/// Whether this thread is inside of a loop's iteration.
bool isInsideLoop();

} // namespace bmc

#endif
