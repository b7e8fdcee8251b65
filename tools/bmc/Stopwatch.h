// Measures the functions of a shared object in turns, in a child process.
#ifndef BMC_TOOLS_BMC_STOPWATCH_H
#define BMC_TOOLS_BMC_STOPWATCH_H

#include "tools/bmc/Trial.h"

namespace bmc {

/// The program in the file has so many functions, all of the same arguments. Those whose results differ from the first
/// one's are not measured.
std::vector<TrialResult> measureFunctions(const std::string &path, size_t count, const TrialOptions &options);

} // namespace bmc

#endif
