// What was compiled in, as `info --json` prints it.
#ifndef BMC_INFO_H
#define BMC_INFO_H

#include "memory.h"

namespace bmc {

/// One object: `name`, `source`, `version`, `layers`, `parameters`, `total`, `rows`, `functions`, `kernels`; of a
/// program for a device also `device`.
void appendJsonInfo(Text &out);

} // namespace bmc

#endif
