// `bmc --check`: the compiled functions beside the reference interpreter, on made-up values.
#ifndef BMC_TOOLS_BMC_CHECK_H
#define BMC_TOOLS_BMC_CHECK_H

#include "tools/bmc/Compilation.h"

namespace bmc {

/// Prints the largest differences of each function's results; an error where they are too large.
ExitCode checkCompiled(Compilation &compilation);

} // namespace bmc

#endif
