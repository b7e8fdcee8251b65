// `--emit=c-header --no-heap`: an object with all of a model's memory in it, its header, and what they take.
#ifndef BMC_TOOLS_BMC_STATIC_OUTPUT_H
#define BMC_TOOLS_BMC_STATIC_OUTPUT_H

#include "tools/bmc/Compilation.h"

namespace bmc {

ExitCode emitStaticModel(Compilation &compilation);

} // namespace bmc

#endif
