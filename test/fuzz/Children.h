// Work on numbered cases in child processes: one that crashes, hangs or takes too much memory is found and named, and
// the others go on.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bmc::fuzz {

struct Finding {
  unsigned number;
  std::string what;
};

struct Limits {
  unsigned seconds = 20; // of the processor, for one case
  size_t bytes = size_t(4) << 30;
};

/// Calls `work` for each number in a child process. It gives what is wrong with the case, or nothing.
std::vector<Finding> runInChildren(unsigned first, unsigned count, const Limits &limits,
                                   const std::function<std::string(unsigned)> &work);

} // namespace bmc::fuzz
