// A thread that does one thing at a time: see helper_thread.h.
#include "helper_thread.h"

#include "memory.h"

#include <pthread.h>

namespace bmc {

namespace {
class PosixHelper final : public HelperThread {
public:
  bool start() { return pthread_create(&thread, nullptr, run, this) == 0; }
  void give(void (*work)(void *), void *argument) override;
  void wait() override;
  void stop() override;

private:
  static void *run(void *self);
  void run();

  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  pthread_t thread;
  void (*work)(void *) = nullptr; // null: nothing is to be done
  void *argument = nullptr;
  bool stopping = false;
};
} // namespace

void PosixHelper::give(void (*function)(void *), void *with) {
  pthread_mutex_lock(&mutex);
  work = function;
  argument = with;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

void PosixHelper::wait() {
  pthread_mutex_lock(&mutex);
  while (work)
    pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

void PosixHelper::stop() {
  wait();
  pthread_mutex_lock(&mutex);
  stopping = true;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, nullptr);
  destroy(this);
}

void *PosixHelper::run(void *self) {
  static_cast<PosixHelper *>(self)->run();
  return nullptr;
}

void PosixHelper::run() {
  pthread_mutex_lock(&mutex);
  for (;;) {
    while (!work && !stopping)
      pthread_cond_wait(&changed, &mutex);
    if (stopping)
      break;
    pthread_mutex_unlock(&mutex);
    work(argument);
    pthread_mutex_lock(&mutex);
    work = nullptr;
    pthread_cond_broadcast(&changed);
  }
  pthread_mutex_unlock(&mutex);
}

static HelperThread *start() {
  auto *helper = create<PosixHelper>();
  if (helper->start())
    return helper;
  destroy(helper);
  return nullptr;
}

} // namespace bmc

extern "C" const bmc_helper bmc_helper_thread = {bmc::start};
