// A thread that does one thing at a time while its owner goes on: gathering the next batch while one is trained on. It
// is an object that the program's table points to, so that programs whose steps take all rows link no thread for it.
#ifndef BMC_HELPER_THREAD_H
#define BMC_HELPER_THREAD_H

namespace bmc {

class HelperThread {
public:
  /// Has `work` done; what was given before must have been waited for.
  virtual void give(void (*work)(void *), void *argument) = 0;
  /// Until what was given is done.
  virtual void wait() = 0;
  /// Waits for what is being done, and ends the thread.
  virtual void stop() = 0;

protected:
  ~HelperThread() = default;
};

} // namespace bmc

struct bmc_helper {
  /// Null where the system has no thread to give.
  bmc::HelperThread *(*start)();
};

#endif
