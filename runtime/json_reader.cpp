// A pull reader of JSON: see json_reader.h.
#include "json_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

namespace bmc {

// Escapes -------------------------------------------------------------------------------------------------------------

/// Four hexadecimal digits; -1 where they are not.
static int32_t readHex4(const char *&at, const char *end) {
  int32_t value = 0;
  for (int i = 0; i < 4; ++i, ++at) {
    char c = at < end ? *at : '\0';
    if (c >= '0' && c <= '9')
      value = value * 16 + (c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
      value = value * 16 + ((c | 0x20) - 'a' + 10);
    else
      return -1;
  }
  return value;
}

static void putUtf8(char *&to, uint32_t code) {
  if (code < 0x80) {
    *to++ = char(code);
    return;
  }
  if (code < 0x800) {
    *to++ = char(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      *to++ = char(0xe0 | code >> 12);
    } else {
      *to++ = char(0xf0 | code >> 18);
      *to++ = char(0x80 | (code >> 12 & 0x3f));
    }
    *to++ = char(0x80 | (code >> 6 & 0x3f));
  }
  *to++ = char(0x80 | (code & 0x3f));
}

/// Resolves the escape behind a backslash. Returns what was expected there, or null; `at` then stands behind it.
static const char *resolveEscape(const char *&at, const char *end, char *&to) {
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  char c = at < end ? *at : '\0';
  if (const char *letter = c ? strchr(letters, c) : nullptr) {
    ++at;
    *to++ = meanings[letter - letters];
    return nullptr;
  }
  if (c != 'u')
    return "an escape";
  int32_t code = readHex4(++at, end);
  if (code < 0)
    return "a hexadecimal digit";
  if (code >= 0xd800 && code < 0xdc00 && end - at >= 2 && at[0] == '\\' && at[1] == 'u') {
    at += 2;
    int32_t low = readHex4(at, end);
    if (low < 0xdc00 || low >= 0xe000)
      return "the second half of a surrogate pair";
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code == 0 || (code >= 0xd800 && code < 0xe000))
    return "a character";
  putUtf8(to, uint32_t(code));
  return nullptr;
}

int64_t JsonString::decode(char *to) const {
  char *begin = to;
  for (const char *at = text, *end = text + length; at < end;) {
    if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    ++at;
    resolveEscape(at, end, to);
  }
  return to - begin;
}

bool JsonString::equals(const char *value) const {
  for (const char *at = text, *end = text + length; at < end;) {
    char character[4], *last = character;
    if (*at == '\\')
      resolveEscape(++at, end, last);
    else
      *last++ = *at++;
    int64_t bytes = last - character;
    if (strncmp(value, character, bytes) != 0)
      return false;
    value += bytes;
  }
  return *value == '\0';
}

// Tokens --------------------------------------------------------------------------------------------------------------

void JsonReader::fail(const char *format, ...) {
  if (failed())
    return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(messageText, sizeof messageText, format, arguments);
  va_end(arguments);
  position = length; // nothing more is found
}

void JsonReader::failHere(const char *expected) {
  long long byte = position;
  if (position >= length)
    return fail("header byte %lld: expected %s, found the end", byte, expected);
  unsigned char c = text[position];
  if (c < 0x20 || c >= 0x7f)
    return fail("header byte %lld: expected %s, found byte 0x%02x", byte, expected, c);
  fail("header byte %lld: expected %s, found '%c'", byte, expected, c);
}

char JsonReader::peek() {
  while (position < length &&
         (text[position] == ' ' || text[position] == '\n' || text[position] == '\r' || text[position] == '\t'))
    ++position;
  return position < length ? text[position] : '\0';
}

void JsonReader::expect(char c) {
  char expected[] = {'\'', c, '\'', '\0'};
  if (!accept(c))
    failHere(expected);
}

bool JsonReader::accept(char c) {
  if (peek() != c || position >= length)
    return false;
  ++position;
  return true;
}

void JsonReader::expectEnd() {
  peek();
  if (position < length)
    failHere("the end");
}

JsonString JsonReader::readString() {
  if (peek() != '"') {
    failHere("a string");
    return {};
  }
  int64_t begin = ++position;
  for (;;) {
    while (position < length && text[position] != '"' && text[position] != '\\' &&
           (unsigned char)text[position] >= 0x20)
      ++position;
    if (position >= length || (unsigned char)text[position] < 0x20) {
      failHere("the end of a string");
      return {};
    }
    if (text[position] == '"')
      return {text + begin, position++ - begin};
    const char *at = text + position + 1;
    char ignored[4], *to = ignored;
    const char *expected = resolveEscape(at, text + length, to);
    position = at - text;
    if (expected) {
      failHere(expected);
      return {};
    }
  }
}

int64_t JsonReader::readCount() {
  char c = peek();
  int64_t value = 0;
  if (c < '0' || c > '9')
    failHere("a whole number");
  for (; position < length && text[position] >= '0' && text[position] <= '9'; ++position)
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text[position] - '0', &value)) {
      failHere("a number below 2^63");
      return 0;
    }
  if (position < length && strchr(".eE", text[position]))
    failHere("a whole number");
  return value;
}

} // namespace bmc
