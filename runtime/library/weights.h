// What reading and writing of weight files share.
#ifndef BMC_LIBRARY_WEIGHTS_H
#define BMC_LIBRARY_WEIGHTS_H

#include "instance.h"

namespace bmc {

/// Keys of the metadata of files with everything.
inline constexpr char stepKey[] = "step", seedKey[] = "seed";

inline bool isStored(const bmc_variable &variable, int contents) {
  return isWeight(variable) || (contents == BMC_EVERYTHING && variable.role == bmc_role_state);
}

/// Files with everything come from instances that train.
int checkContents(Instance &instance, int contents);

/// `PATH: WHAT: the system's reason`, as BMC_ERROR_FILE.
int failWithSystemError(Instance &instance, const char *path, const char *what);

} // namespace bmc

#endif
