// JSON: a pull reader for the headers of weight files, which may be hostile, and a writer for `--json`.
#ifndef BMC_JSON_H
#define BMC_JSON_H

#include "memory.h"

namespace bmc {

/// Reads JSON token by token. Every mistake ends the program with exit code 1 and `FILE: header byte N: ...`.
class JsonReader {
public:
  JsonReader(const char *fileName, const char *text, int64_t length) : file(fileName), text(text), length(length) {}

  /// Skips blanks; the next character, or '\0' at the end.
  char peek();
  void expect(char c);
  /// Consumes `c` if it is next.
  bool accept(char c);
  /// A string with its escapes resolved; a zero character in it is refused.
  void readString(Text &value);
  /// A whole number from 0 to INT64_MAX.
  int64_t readCount();
  void skipValue(int depth = 0);
  void expectEnd();
  [[noreturn]] void failHere(const char *expected);

private:
  uint32_t readHex4();
  void readEscape(Text &value);
  void skipWord();

  const char *file, *text;
  int64_t length, position = 0;
};

/// Appends the text as a JSON string.
void appendJsonString(Text &out, const char *value);

/// Appends `"key":"value"`.
void appendJsonField(Text &out, const char *key, const char *value);

} // namespace bmc

#endif
