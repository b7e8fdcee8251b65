// `bmc --explain`: what was made of the model, as a table of its kernels and its memory.
#ifndef BMC_TOOLS_BMC_EXPLAIN_H
#define BMC_TOOLS_BMC_EXPLAIN_H

#include "tools/bmc/Compilation.h"

namespace bmc {

/// Prints it, of a module that is planned.
llvm::Error explain(Compilation &compilation);

} // namespace bmc

#endif
