// The last resort: an error in bmc itself ends it with a message and an exit code, never by a signal.
#pragma once

namespace bmc {

/// From here on, a crash of the process is reported as an internal error.
void reportCrashes();

} // namespace bmc
