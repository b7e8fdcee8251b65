// JSON: see json.h.
#include "json.h"

#include "errors.h"

namespace bmc {

enum { maximumDepth = 64 };

void JsonReader::failHere(const char *expected) {
  if (position >= length)
    fail(exitBadInput, "%s: header byte %lld: expected %s, found the end", file, (long long)position, expected);
  unsigned char c = text[position];
  if (c < 0x20 || c >= 0x7f)
    fail(exitBadInput, "%s: header byte %lld: expected %s, found byte 0x%02x", file, (long long)position, expected, c);
  fail(exitBadInput, "%s: header byte %lld: expected %s, found '%c'", file, (long long)position, expected, c);
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

uint32_t JsonReader::readHex4() {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i, ++position) {
    char c = position < length ? text[position] : '\0';
    if (c >= '0' && c <= '9')
      value = value * 16 + (c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
      value = value * 16 + ((c | 0x20) - 'a' + 10);
    else
      failHere("a hexadecimal digit");
  }
  return value;
}

static void appendUtf8(Text &out, uint32_t code) {
  if (code < 0x80)
    out.appendCharacter(char(code));
  else if (code < 0x800)
    out.appendCharacter(char(0xc0 | code >> 6)).appendCharacter(char(0x80 | (code & 0x3f)));
  else if (code < 0x10000)
    out.appendCharacter(char(0xe0 | code >> 12))
        .appendCharacter(char(0x80 | (code >> 6 & 0x3f)))
        .appendCharacter(char(0x80 | (code & 0x3f)));
  else
    out.appendCharacter(char(0xf0 | code >> 18))
        .appendCharacter(char(0x80 | (code >> 12 & 0x3f)))
        .appendCharacter(char(0x80 | (code >> 6 & 0x3f)))
        .appendCharacter(char(0x80 | (code & 0x3f)));
}

void JsonReader::readEscape(Text &value) {
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  char c = position < length ? text[position] : '\0';
  const char *letter = c ? strchr(letters, c) : nullptr;
  if (letter) {
    ++position;
    value.appendCharacter(meanings[letter - letters]);
    return;
  }
  if (c != 'u')
    failHere("an escape");
  ++position;
  uint32_t code = readHex4();
  if (code >= 0xd800 && code < 0xdc00 && position + 1 < length && text[position] == '\\' && text[position + 1] == 'u') {
    position += 2;
    uint32_t low = readHex4();
    if (low < 0xdc00 || low >= 0xe000)
      failHere("the second half of a surrogate pair");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code == 0 || (code >= 0xd800 && code < 0xe000))
    failHere("a character");
  appendUtf8(value, code);
}

void JsonReader::readString(Text &value) {
  value.clear();
  if (peek() != '"')
    failHere("a string");
  ++position;
  for (;;) {
    int64_t begin = position;
    while (position < length && text[position] != '"' && text[position] != '\\' &&
           (unsigned char)text[position] >= 0x20)
      ++position;
    value.append(text + begin, position - begin);
    if (position >= length || (unsigned char)text[position] < 0x20)
      failHere("the end of a string");
    if (text[position++] == '"')
      return;
    readEscape(value);
  }
}

int64_t JsonReader::readCount() {
  char c = peek();
  if (c < '0' || c > '9')
    failHere("a whole number");
  int64_t value = 0;
  for (; position < length && text[position] >= '0' && text[position] <= '9'; ++position)
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text[position] - '0', &value))
      failHere("a number below 2^63");
  if (position < length && strchr(".eE", text[position]))
    failHere("a whole number");
  return value;
}

/// Numbers and true, false, null are skipped without a look at their spelling: no value of theirs is used.
void JsonReader::skipWord() {
  int64_t begin = position;
  while (position < length && (strchr("+-.", text[position]) || (text[position] >= '0' && text[position] <= '9') ||
                               ((text[position] | 0x20) >= 'a' && (text[position] | 0x20) <= 'z')))
    ++position;
  if (position == begin)
    failHere("a value");
}

void JsonReader::skipValue(int depth) {
  if (depth > maximumDepth)
    failHere("at most 64 levels of nesting");
  char open = peek();
  Text ignored;
  if (open == '"')
    return readString(ignored);
  if (open != '{' && open != '[')
    return skipWord();
  char close = open == '{' ? '}' : ']';
  expect(open);
  if (accept(close))
    return;
  do {
    if (open == '{') {
      readString(ignored);
      expect(':');
    }
    skipValue(depth + 1);
  } while (accept(','));
  expect(close);
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
