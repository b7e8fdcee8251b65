// A child works on case after case and says so through a pipe; when it ends early, the case that it began last is the
// culprit, and another child goes on behind it. See the header.
#include "Children.h"

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bmc::fuzz {

/// What a child writes: that a case begins (size 0), or what is wrong with it.
struct Header {
  uint32_t number, size;
};

static void writeAll(int file, const void *data, size_t size) {
  auto bytes = static_cast<const char *>(data);
  while (size > 0) {
    ssize_t written = write(file, bytes, size);
    if (written <= 0)
      _exit(1);
    bytes += written;
    size -= written;
  }
}

static bool readAll(int file, void *data, size_t size) {
  auto bytes = static_cast<char *>(data);
  while (size > 0) {
    ssize_t got = read(file, bytes, size);
    if (got <= 0)
      return false;
    bytes += got;
    size -= got;
  }
  return true;
}

[[noreturn]] static void work(int file, unsigned first, unsigned end, const Limits &limits,
                              const std::function<std::string(unsigned)> &workOn) noexcept {
  for (int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGPROF})
    signal(number, SIG_DFL);
  rlimit memory{limits.bytes, limits.bytes}, none{0, 0};
  setrlimit(RLIMIT_AS, &memory);
  setrlimit(RLIMIT_CORE, &none);
  for (unsigned number = first; number < end; ++number) {
    itimerval timer{{0, 0}, {limits.seconds, 0}};
    setitimer(ITIMER_PROF, &timer, nullptr);
    Header begins{number, 0};
    writeAll(file, &begins, sizeof begins);
    std::string what = workOn(number);
    if (what.empty())
      continue;
    Header header{number, static_cast<uint32_t>(what.size())};
    writeAll(file, &header, sizeof header);
    writeAll(file, what.data(), what.size());
  }
  _exit(0);
}

static std::string endOf(int status, const Limits &limits) {
  if (!WIFSIGNALED(status))
    return "ended the process with exit code " + std::to_string(WEXITSTATUS(status));
  if (WTERMSIG(status) == SIGPROF)
    return "takes more than " + std::to_string(limits.seconds) + " seconds of the processor";
  return std::string("crashes: ") + strsignal(WTERMSIG(status));
}

std::vector<Finding> runInChildren(unsigned first, unsigned count, const Limits &limits,
                                   const std::function<std::string(unsigned)> &workOn) {
  constexpr unsigned casesOfChild = 200; // so that what one leaves in memory is not many others' trouble
  std::vector<Finding> findings;
  for (unsigned next = first, end = first + count; next < end;) {
    int ends[2];
    if (pipe(ends) != 0)
      return {{next, std::string("cannot make a pipe: ") + strerror(errno)}};
    fflush(nullptr);
    pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      work(ends[1], next, std::min(end, next + casesOfChild), limits, workOn);
    }
    close(ends[1]);
    unsigned last = next;
    for (Header header; readAll(ends[0], &header, sizeof header);) {
      last = header.number;
      std::string what(header.size, ' ');
      if (header.size && readAll(ends[0], what.data(), what.size()))
        findings.push_back({header.number, what});
    }
    close(ends[0]);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
      return {{next, std::string("cannot make a process: ") + strerror(errno)}};
    if (status != 0)
      findings.push_back({last, endOf(status, limits)});
    next = last + 1;
  }
  return findings;
}

} // namespace bmc::fuzz
