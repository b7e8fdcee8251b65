// The words of the language.
#pragma once

#include "Source.h"

namespace bmc::frontend {

enum class TokenKind {
  EndOfFile,
  Name,
  Integer,
  Real,
  String,
  // Words that can never be a name. All others (`layer`, `param`, `in`, `loss`, ...) mean something only where the
  // grammar asks for them, so that `Linear(in: dim)` and `loss = mse` read as people write them.
  And,
  Else,
  False,
  For,
  If,
  Let,
  Not,
  Or,
  Require,
  Return,
  Scan,
  True,
  Yield,
  // Punctuation.
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
  Comma,
  Colon,
  Semicolon,
  Dot,
  DotDot,
  Arrow,
  Assign,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  At,
  Caret,
  Bar,
};

struct Token {
  TokenKind kind = TokenKind::EndOfFile;
  Range range;
  std::string_view text;     // as written
  bool startsLine = false;   // a newline stands before it: it may end a statement
  int64_t integer = 0;       // Integer
  double real = 0;           // Integer and Real
  std::string string;        // String: without quotes and escapes
  std::string documentation; // the /// lines before it
};

/// As a diagnostic names it: 'forward', end of file, a number.
std::string describe(const Token &token);
/// The kind's spelling in quotes, or what it is: `'('`, `a name`.
std::string describe(TokenKind kind);

} // namespace bmc::frontend
