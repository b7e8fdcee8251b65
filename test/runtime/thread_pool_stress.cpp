// Many short loops on a pool of two threads that fall asleep at once (BMC_SPINS_BEFORE_SLEEP). Both begin together and
// end at nearly the same moment, in every order: the caller goes to sleep just when the worker leaves, the worker just
// when the next loop comes, and late ones come when all is done. A wake-up that is lost is a program that never ends:
// whoever runs it sets a limit of time. Emulated, it shows what an emulator makes of the order of memory accesses.
#include "../../runtime/thread_pool.h"

#include <stdio.h>
#include <stdlib.h>

namespace {
enum { usualLoops = 40000, tasks = 2, mostSteps = 64, mostPatience = 4096 };

struct Work {
  uint32_t steps[tasks];
  uint32_t patience; // for the other thread to begin
  int begun;
  int64_t runs[tasks];
};
} // namespace

static int runTask(void *, int task, uint8_t *closure) {
  Work &work = *reinterpret_cast<Work *>(closure);
  ++work.runs[task];
  __atomic_add_fetch(&work.begun, 1, __ATOMIC_SEQ_CST);
  for (uint32_t i = 0; i < work.patience && __atomic_load_n(&work.begun, __ATOMIC_SEQ_CST) < tasks; ++i)
    ;
  for (volatile uint32_t i = 0; i < work.steps[task];)
    i = i + 1;
  return 0;
}

static uint32_t random(uint32_t most) {
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return uint32_t(state >> 33) % most;
}

int main(int count, char **arguments) {
  static bmc::ThreadPool pool;
  int loops = count > 1 ? atoi(arguments[1]) : usualLoops;
  Work work = {};
  pool.start(tasks);
  for (int i = 0; i < loops; ++i) {
    work.begun = 0;
    work.patience = random(mostPatience);
    for (uint32_t &steps : work.steps)
      steps = random(mostSteps);
    bmc::Loop loop = {nullptr, runTask, reinterpret_cast<uint8_t *>(&work), 0, tasks};
    pool.run(loop);
  }
  pool.stop();
  for (int64_t runs : work.runs)
    if (runs != loops) {
      fprintf(stderr, "a task ran %lld times in %d loops\n", (long long)runs, loops);
      return 1;
    }
  printf("%d loops\n", loops);
  return 0;
}
