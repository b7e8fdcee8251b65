// JSON: see json.h.
#include "json.h"

namespace bmc {

void appendJsonString(Text &out, const char *value) {
  out.append("\"");
  for (; *value; ++value) {
    unsigned char c = *value;
    if (c == '"' || c == '\\')
      out.appendCharacter('\\').appendCharacter(c);
    else if (c < 0x20)
      out.format("\\u%04x", c);
    else
      out.appendCharacter(c);
  }
  out.append("\"");
}

} // namespace bmc
