// `bmc --tune`: measures schedules of the model's kernels on this machine and writes records of those that are faster
// than the machine model's choice.
#ifndef BMC_TOOLS_BMC_TUNE_H
#define BMC_TOOLS_BMC_TUNE_H

#include "tools/bmc/Compilation.h"

namespace bmc {

/// Reads the model, measures and writes the records.
ExitCode tune(Compilation &compilation);

} // namespace bmc

#endif
