// Strings of JSON as texts of their own.
#ifndef BMC_JSON_TEXT_H
#define BMC_JSON_TEXT_H

#include "json_reader.h"
#include "memory.h"

namespace bmc {

/// Appends the string with its escapes resolved.
inline void appendDecoded(Text &out, const JsonString &string) {
  Array<char> decoded;
  decoded.resize(string.length + 1);
  out.append(decoded.data(), string.decode(decoded.data()));
}

} // namespace bmc

#endif
