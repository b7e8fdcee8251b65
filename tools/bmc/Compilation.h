// One compilation: from a command line to its output. The steps are those of docs/architecture.md.
#ifndef BMC_TOOLS_BMC_COMPILATION_H
#define BMC_TOOLS_BMC_COMPILATION_H

#include "tools/bmc/CommandLine.h"

namespace bmc::driver {

/// Runs it and says on standard error what is wrong. `executable` is bmc's own path: its resources lie beside it.
ExitCode compile(const CommandLine &line, const std::string &executable);

} // namespace bmc::driver

#endif
