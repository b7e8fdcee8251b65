// JSON: what `--json` writes. json_reader.h reads it.
#ifndef BMC_JSON_H
#define BMC_JSON_H

#include "memory.h"

namespace bmc {

/// Appends the text as a JSON string.
void appendJsonString(Text &out, const char *value);

} // namespace bmc

#endif
