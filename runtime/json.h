// JSON: what `--json` writes, and texts that are read.
#ifndef BMC_JSON_H
#define BMC_JSON_H

#include "json_reader.h"
#include "memory.h"

namespace bmc {

/// Appends the string with its escapes resolved.
void appendDecoded(Text &out, JsonString string);

/// The next string with its escapes resolved; empty after a mistake.
void readJsonString(JsonReader &json, Text &value);

/// Appends the text as a JSON string.
void appendJsonString(Text &out, const char *value);

/// Appends `"key":"value"`.
void appendJsonField(Text &out, const char *key, const char *value);

} // namespace bmc

#endif
