// bmc's command line: the flags, what they mean, and what is wrong with those that are not understood.
#ifndef BMC_TOOLS_BMC_COMMAND_LINE_H
#define BMC_TOOLS_BMC_COMMAND_LINE_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bmc::driver {

/// Exit codes of bmc and of the programs that it makes.
enum ExitCode { Done = 0, BadInput = 1, BadCommandLine = 2, MachineCannot = 3 };

struct CommandLine {
  std::string file, output, target, cpu, emit = "exe", cacheDirectory;
  std::map<std::string, int64_t> bindings;
  std::vector<std::string> includeDirectories;
  unsigned optimization = 2, jobs = 0;
  bool dynamic = false, useCache = true, timePasses = false;
};

/// Reads the command line. Without a value, everything is said already and `exitCode` is what to end with: help and the
/// version go to standard output, what is not understood to standard error.
std::optional<CommandLine> parseCommandLine(const std::vector<std::string> &words, int &exitCode);

} // namespace bmc::driver

#endif
