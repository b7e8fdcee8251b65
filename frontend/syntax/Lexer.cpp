// Text to tokens. The text is hostile until proven otherwise: any byte sequence gives tokens or errors, never a crash.
// Newlines are no tokens; a token knows whether one stands before it.
#include "Lexer.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <utility>

namespace bmc::frontend {
namespace {

const std::pair<std::string_view, TokenKind> keywords[] = {
    {"and", TokenKind::And},       {"else", TokenKind::Else}, {"false", TokenKind::False},
    {"for", TokenKind::For},       {"if", TokenKind::If},     {"let", TokenKind::Let},
    {"not", TokenKind::Not},       {"or", TokenKind::Or},     {"require", TokenKind::Require},
    {"return", TokenKind::Return}, {"scan", TokenKind::Scan}, {"true", TokenKind::True},
    {"yield", TokenKind::Yield},
};

// Longer spellings first: the first that fits is taken.
const std::pair<std::string_view, TokenKind> punctuation[] = {
    {"..", TokenKind::DotDot},      {"->", TokenKind::Arrow},     {"==", TokenKind::Equal},
    {"!=", TokenKind::NotEqual},    {"<=", TokenKind::LessEqual}, {">=", TokenKind::GreaterEqual},
    {"(", TokenKind::LeftParen},    {")", TokenKind::RightParen}, {"[", TokenKind::LeftBracket},
    {"]", TokenKind::RightBracket}, {"{", TokenKind::LeftBrace},  {"}", TokenKind::RightBrace},
    {",", TokenKind::Comma},        {":", TokenKind::Colon},      {";", TokenKind::Semicolon},
    {".", TokenKind::Dot},          {"=", TokenKind::Assign},     {"<", TokenKind::Less},
    {">", TokenKind::Greater},      {"+", TokenKind::Plus},       {"-", TokenKind::Minus},
    {"*", TokenKind::Star},         {"/", TokenKind::Slash},      {"%", TokenKind::Percent},
    {"@", TokenKind::At},           {"^", TokenKind::Caret},      {"|", TokenKind::Bar},
};

// Beyond these a text is not written by people, and would exhaust memory or fill the screen with messages.
constexpr size_t mostTokens = 1'000'000;
constexpr size_t longestName = 256;
constexpr size_t longestString = 1 << 16;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool startsName(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continuesName(char c) { return startsName(c) || isDigit(c); }

/// The bytes of the code point at the front, or 0 if it is not valid UTF-8 (overlong and surrogate forms included).
unsigned validCodePoint(std::string_view text, uint32_t &value) {
  auto byte = [&](size_t i) -> uint32_t { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  uint32_t lead = byte(0);
  unsigned length = lead < 0x80                   ? 1
                    : lead >= 0xC2 && lead < 0xE0 ? 2
                    : (lead & 0xF0) == 0xE0       ? 3
                    : lead >= 0xF0 && lead < 0xF5 ? 4
                                                  : 0;
  if (length <= 1) {
    value = lead;
    return length;
  }
  value = lead & (0xFF >> (length + 1));
  for (unsigned i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80)
      return 0;
    value = value << 6 | (byte(i) & 0x3F);
  }
  bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  return overlong || (value >= 0xD800 && value < 0xE000) || value > 0x10FFFF ? 0 : length;
}

class Lexer {
public:
  Lexer(const SourceManager &sources, FileId file, Diagnostics &diagnostics)
      : file(file), text(sources.text(file)), diagnostics(diagnostics) {}

  std::vector<Token> run();

private:
  void skipBlanks();
  void comment();
  void word();
  void number();
  void string();
  void escape(std::string &value);
  bool symbol();
  void unknown();
  Token &push(TokenKind kind, uint32_t begin);

  char peek(uint32_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  bool atEnd() const { return at >= text.size(); }
  Range from(uint32_t begin) const { return {file, begin, at}; }

  FileId file;
  std::string_view text;
  Diagnostics &diagnostics;
  uint32_t at = 0;
  bool newline = true;
  std::string documentation;
  std::vector<Token> tokens;
};

std::vector<Token> Lexer::run() {
  if (text.substr(0, 3) == "\xEF\xBB\xBF")
    at = 3;
  for (skipBlanks(); !atEnd() && !diagnostics.full(); skipBlanks()) {
    if (tokens.size() >= mostTokens) {
      diagnostics.error(from(at), fmt::format("a file has at most {} words and signs", mostTokens));
      break;
    }
    if (startsName(peek()))
      word();
    else if (isDigit(peek()) || (peek() == '.' && isDigit(peek(1))))
      number();
    else if (peek() == '"')
      string();
    else if (!symbol())
      unknown();
  }
  push(TokenKind::EndOfFile, at);
  return std::move(tokens);
}

Token &Lexer::push(TokenKind kind, uint32_t begin) {
  Token token;
  token.kind = kind;
  token.range = from(begin);
  token.text = text.substr(begin, at - begin);
  token.startsLine = std::exchange(newline, false);
  token.documentation = std::exchange(documentation, {});
  tokens.push_back(std::move(token));
  return tokens.back();
}

void Lexer::skipBlanks() {
  while (!atEnd()) {
    if (peek() == '\n' || peek() == '\r')
      newline = true;
    else if (peek() == '/' && peek(1) == '/') {
      comment();
      continue;
    } else if (peek() != ' ' && peek() != '\t')
      return;
    ++at;
  }
}

void Lexer::comment() {
  uint32_t begin = at;
  while (!atEnd() && peek() != '\n' && peek() != '\r') {
    uint32_t value;
    unsigned length = validCodePoint(text.substr(at), value);
    if (length == 0 || value == 0) {
      diagnostics.error(Range{file, at, at + 1}, length ? "NUL byte in a comment" : "this byte is not valid UTF-8");
      length = 1;
    }
    at += length;
  }
  std::string_view line = text.substr(begin, at - begin);
  bool documents = line.substr(0, 3) == "///" && line.substr(0, 4) != "////";
  if (!documents)
    return;
  line.remove_prefix(line.size() > 3 && line[3] == ' ' ? 4 : 3);
  documentation.append(line).append("\n");
}

void Lexer::word() {
  uint32_t begin = at;
  while (continuesName(peek()))
    ++at;
  std::string_view name = text.substr(begin, at - begin);
  if (name.size() > longestName) {
    diagnostics.error(from(begin),
                      fmt::format("a name has at most {} characters, this one has {}", longestName, name.size()));
    at = begin + longestName; // so that no message repeats all of it
    push(TokenKind::Name, begin);
    while (continuesName(peek()))
      ++at;
    return;
  }
  for (auto [spelling, kind] : keywords)
    if (spelling == name) {
      push(kind, begin);
      return;
    }
  push(TokenKind::Name, begin);
}

// number = digits [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ]
// The dots of `0..3` belong to the range, not to the number.
void Lexer::number() {
  uint32_t begin = at;
  auto digits = [&] {
    while (isDigit(peek()))
      ++at;
  };
  bool real = false;
  digits();
  if (peek() == '.' && peek(1) != '.' && !startsName(peek(1))) {
    real = true;
    ++at;
    digits();
  }
  bool exponent = peek() == 'e' || peek() == 'E';
  bool sign = peek(1) == '+' || peek(1) == '-';
  if (exponent && isDigit(peek(sign ? 2 : 1))) {
    real = true;
    at += sign ? 2 : 1;
    digits();
  }
  if (continuesName(peek())) {
    while (continuesName(peek()))
      ++at;
    std::string_view shown = text.substr(begin, std::min<size_t>(at - begin, longestName));
    diagnostics.error(from(begin), fmt::format("'{}' is neither a number nor a name", shown));
  }
  std::string spelling(text.substr(begin, at - begin));
  double value = std::strtod(spelling.c_str(), nullptr);
  if (std::isinf(value))
    diagnostics.error(from(begin), "this number is too large for f64");
  errno = 0;
  int64_t integer = real ? 0 : std::strtoll(spelling.c_str(), nullptr, 10);
  if (!real && errno == ERANGE)
    diagnostics.error(from(begin), "this integer does not fit into 64 bits");
  Token &token = push(real ? TokenKind::Real : TokenKind::Integer, begin);
  token.integer = integer;
  token.real = value;
}

// string = '"' { character | "\" ("n" | "t" | "\" | '"') } '"', on one line
void Lexer::string() {
  uint32_t begin = at++;
  std::string value;
  while (peek() != '"') {
    if (atEnd() || peek() == '\n' || peek() == '\r') {
      diagnostics.error(from(begin), "this string has no closing '\"' on its line");
      push(TokenKind::String, begin).string = std::move(value);
      return;
    }
    if (peek() == '\\') {
      escape(value);
      continue;
    }
    uint32_t point;
    unsigned length = validCodePoint(text.substr(at), point);
    if (length == 0 || point == 0) {
      diagnostics.error(Range{file, at, at + 1}, length ? "NUL byte in a string" : "this byte is not valid UTF-8");
      length = 1;
    }
    value += text.substr(at, length);
    at += length;
  }
  ++at;
  if (value.size() > longestString) {
    diagnostics.error(from(begin),
                      fmt::format("a string has at most {} bytes, this one has {}", longestString, value.size()));
    value.resize(longestString);
  }
  push(TokenKind::String, begin).string = std::move(value);
}

void Lexer::escape(std::string &value) {
  uint32_t begin = at++;
  switch (peek()) {
  case 'n':
    value += '\n';
    break;
  case 't':
    value += '\t';
    break;
  case '\\':
  case '"':
    value += peek();
    break;
  default:
    diagnostics.error(from(begin), "unknown escape in a string; \\n, \\t, \\\\ and \\\" exist");
    return;
  }
  ++at;
}

bool Lexer::symbol() {
  for (auto [spelling, kind] : punctuation) {
    if (text.substr(at, spelling.size()) != spelling)
      continue;
    uint32_t begin = at;
    at += spelling.size();
    push(kind, begin);
    return true;
  }
  return false;
}

void Lexer::unknown() {
  uint32_t value;
  unsigned length = validCodePoint(text.substr(at), value);
  Range range{file, at, at + std::max(1u, length)};
  at = range.end;
  if (length == 0)
    diagnostics.error(range, "this byte is not valid UTF-8");
  else if (value == 0)
    diagnostics.error(range, "NUL byte in the source");
  else if (value < 0x20 || value == 0x7F)
    diagnostics.error(range, fmt::format("unexpected control character U+{:04X}", value));
  else
    diagnostics.error(range,
                      fmt::format("unexpected character '{}' (U+{:04X})", text.substr(range.begin, length), value));
}

} // namespace

std::vector<Token> lex(const SourceManager &sources, FileId file, Diagnostics &diagnostics) {
  return Lexer(sources, file, diagnostics).run();
}

std::string describe(TokenKind kind) {
  switch (kind) {
  case TokenKind::EndOfFile:
    return "the end of the file";
  case TokenKind::Name:
    return "a name";
  case TokenKind::Integer:
  case TokenKind::Real:
    return "a number";
  case TokenKind::String:
    return "a string";
  default:
    break;
  }
  for (auto [spelling, other] : punctuation)
    if (kind == other)
      return fmt::format("'{}'", spelling);
  for (auto [spelling, other] : keywords)
    if (kind == other)
      return fmt::format("'{}'", spelling);
  return "a token";
}

std::string describe(const Token &token) {
  if (token.kind == TokenKind::EndOfFile || token.kind == TokenKind::String)
    return describe(token.kind);
  bool isLong = token.text.size() > 64;
  return fmt::format("'{}{}'", token.text.substr(0, 64), isLong ? "..." : "");
}

} // namespace bmc::frontend
