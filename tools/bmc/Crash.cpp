// See the header.
#include "tools/bmc/Crash.h"

#include "tools/bmc/Options.h"
#include "llvm/Support/ErrorHandling.h"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <unistd.h>

namespace bmc {

// Of a process that may have lost its stack or its heap, only this much is safe.
[[noreturn]] static void endWith(const char *message, size_t size) {
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, message, size);
  _exit(ExitBadInput);
}

template <size_t size> [[noreturn]] static void endWith(const char (&message)[size]) { endWith(message, size - 1); }

static void onSignal(int) {
  endWith("bmc: error: internal error: bmc has crashed; please report it with the model file\n");
}

static void onFatalError(void *, const char *, bool) { onSignal(SIGABRT); }

static void onBadAllocation(void *, const char *, bool) { endWith("bmc: error: out of memory\n"); }

void reportCrashes() {
  static char stack[64 << 10]; // a crash may be an overflow of the stack
  stack_t alternative{};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof stack;
  sigaltstack(&alternative, nullptr);
  struct sigaction action {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_ONSTACK;
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    sigaction(signal, &action, nullptr);
  std::set_terminate([] { onSignal(SIGABRT); });
  llvm::install_fatal_error_handler(onFatalError);
  llvm::install_bad_alloc_error_handler(onBadAllocation);
}

} // namespace bmc
