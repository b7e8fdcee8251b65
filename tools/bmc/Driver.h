// From a model file to what was asked for: the frontend, the passes, code generation, the linker.
#ifndef BMC_TOOLS_BMC_DRIVER_H
#define BMC_TOOLS_BMC_DRIVER_H

#include "tools/bmc/Options.h"

namespace bmc {

/// Does what the options ask for; what is wrong is printed.
ExitCode compile(const Options &options);

} // namespace bmc

#endif
