// Errors, warnings and how a program ends: see errors.h.
#include "errors.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace bmc {

static const char *volatile unfinishedFile;
static void (*atEnd)();
static bool lineOpen;

void setUnfinishedFile(const char *path) { unfinishedFile = path; }

void setAtEnd(void (*function)()) { atEnd = function; }

void runAtEnd() {
  void (*function)() = atEnd;
  atEnd = nullptr;
  if (function)
    function();
}

void setLineOpen(bool open) { lineOpen = open; }

const char *systemError() { return strerror(errno); }

static void printLine(const char *prefix, const char *format, va_list arguments) {
  fflush(stdout);
  if (lineOpen)
    fputc('\n', stderr);
  lineOpen = false;
  fputs(prefix, stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
}

void fail(ExitCode code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printLine("", format, arguments);
  va_end(arguments);
  if (const char *path = unfinishedFile)
    unlink(path);
  unfinishedFile = nullptr;
  runAtEnd();
  // Other threads may still be inside a kernel, so nothing is torn down.
  _exit(code);
}

void warn(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printLine("warning: ", format, arguments);
  va_end(arguments);
}

void note(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printLine("", format, arguments);
  va_end(arguments);
}

void finishStandardOutput() {
  if (fflush(stdout) != 0 || ferror(stdout))
    fail(exitCannot, "cannot write to standard output: %s", systemError());
}

static void onInterrupt(int number) {
  if (const char *path = unfinishedFile)
    unlink(path);
  signal(number, SIG_DFL);
  raise(number);
}

static volatile sig_atomic_t interrupted;

static void handleInterrupts(void (*handler)(int)) {
  signal(SIGINT, handler);
  signal(SIGTERM, handler);
}

static void onDeferredInterrupt(int) {
  interrupted = 1;
  handleInterrupts(onInterrupt);
}

void deferInterrupt() { handleInterrupts(onDeferredInterrupt); }

bool wasInterrupted() { return interrupted; }

/// Several threads may fail at once: one of them speaks, the others wait for the end.
static void endWith(ExitCode code, const char *message, int64_t length) {
  static int ending;
  while (__atomic_exchange_n(&ending, 1, __ATOMIC_RELAXED))
    pause();
  if (write(STDERR_FILENO, message, length) < 0)
    _exit(exitCannot);
  _exit(code);
}

static void onIllegalInstruction(int) {
  static const char message[] = "this processor lacks an instruction that the program was compiled for: "
                                "compile it again with an older --cpu\n";
  endWith(exitCannot, message, sizeof message - 1);
}

/// What a mapped file does not have any more, or cannot be read, is touched.
static void onLostFile(int) {
  if (const char *path = unfinishedFile)
    unlink(path);
  static const char message[] = "the weight file was cut off or cannot be read any more while it is in use\n";
  endWith(exitBadInput, message, sizeof message - 1);
}

void installSignalHandlers() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  handleInterrupts(onInterrupt);
  signal(SIGHUP, onInterrupt);
  signal(SIGILL, onIllegalInstruction);
  signal(SIGBUS, onLostFile);
}

} // namespace bmc
