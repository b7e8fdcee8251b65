// JSON: see json.h.
#include "json.h"

namespace bmc {

void appendDecoded(Text &out, JsonString string) {
  Array<char> decoded;
  decoded.resize(string.length + 1);
  out.append(decoded.data(), string.decode(decoded.data()));
}

void readJsonString(JsonReader &json, Text &value) {
  value.clear();
  appendDecoded(value, json.readString());
}

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

void appendJsonField(Text &out, const char *key, const char *value) {
  appendJsonString(out, key);
  out.append(":");
  appendJsonString(out, value);
}

} // namespace bmc
