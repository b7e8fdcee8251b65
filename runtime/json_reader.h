// A pull reader of JSON for the headers of weight files, which may be hostile. It needs no memory of its own and ends
// nothing: its first mistake stays, from then on it accepts nothing more, and the caller asks for it at the end.
#ifndef BMC_JSON_READER_H
#define BMC_JSON_READER_H

#include <stdint.h>

namespace bmc {

/// A string as it stands between its quotes: its escapes are known to be right, but not resolved.
struct JsonString {
  const char *text = nullptr;
  int64_t length = 0;

  /// Writes it with its escapes resolved and returns how many bytes that are: never more than `length`.
  int64_t decode(char *to) const;
  /// Whether it is `value` with its escapes resolved.
  bool equals(const char *value) const;
};

/// Reads JSON token by token.
class JsonReader {
public:
  JsonReader(const char *text, int64_t length) : text(text), length(length) {}

  /// Skips blanks; the next character, or '\0' at the end.
  char peek();
  void expect(char c);
  /// Consumes `c` if it is next.
  bool accept(char c);
  /// A zero character in it is refused.
  JsonString readString();
  /// A whole number from 0 to INT64_MAX.
  int64_t readCount();
  void expectEnd();

  bool failed() const { return messageText[0] != '\0'; }
  /// `header byte N: expected ...`; empty as long as nothing failed.
  const char *message() const { return messageText; }
  /// Records a mistake of the reader's user, unless there is one already.
  void fail(const char *format, ...) __attribute__((format(printf, 2, 3)));

  /// The same, with the place and what is found there.
  void failHere(const char *expected);

private:
  const char *text;
  int64_t length, position = 0;
  char messageText[512] = "";
};

} // namespace bmc

#endif
