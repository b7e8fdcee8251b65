// The parser's common parts: looking at tokens, reporting, and going on after an error.
#include "Parser.h"
#include "Lexer.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

Parser::Nested::Nested(Parser &parser) : parser(parser) {
  if (++parser.depth <= deepest)
    return;
  --parser.depth;
  parser.fail(parser.peek().range, fmt::format("this is nested more than {} levels deep", deepest));
}

const Token &Parser::peek(unsigned ahead) const { return tokens[std::min(position + ahead, tokens.size() - 1)]; }

bool Parser::atWord(std::string_view word, unsigned ahead) const {
  return peek(ahead).kind == TokenKind::Name && peek(ahead).text == word;
}

bool Parser::accept(TokenKind kind) {
  if (!at(kind))
    return false;
  take();
  return true;
}

bool Parser::acceptWord(std::string_view word) {
  if (!atWord(word))
    return false;
  take();
  return true;
}

const Token &Parser::expect(TokenKind kind, std::string_view where) {
  if (!at(kind))
    failExpected(fmt::format("{} {}", describe(kind), where));
  return take();
}

void Parser::expectWord(std::string_view word, std::string_view where) {
  if (!acceptWord(word))
    failExpected(fmt::format("'{}' {}", word, where));
}

Name Parser::name(std::string_view what) {
  if (!at(TokenKind::Name))
    failExpected(what);
  const Token &token = take();
  return {std::string(token.text), token.range};
}

void Parser::fail(Range range, std::string message) {
  diagnostics.error(range, std::move(message));
  throw Stop();
}

void Parser::failExpected(std::string_view what) {
  // What is missing at the end of a line is missing there, not where the next line begins.
  Range range = peek().range;
  if (peek().startsLine && position > 0)
    range = {fileId, previous().end, previous().end};
  fail(range, fmt::format("expected {}, found {}", what,
                          peek().startsLine && !at(TokenKind::EndOfFile) ? "the end of the line" : describe(peek())));
}

/// `start` is where the broken statement began: at least one of its tokens is passed.
void Parser::skipToNewStatement(size_t start) {
  brackets = 0;
  unsigned braces = 0;
  while (!at(TokenKind::EndOfFile)) {
    bool boundary = peek().startsLine && position > start;
    if (braces == 0 && (at(TokenKind::RightBrace) || boundary || accept(TokenKind::Semicolon)))
      return;
    if (at(TokenKind::LeftBrace))
      ++braces;
    if (at(TokenKind::RightBrace))
      --braces;
    take();
  }
}

bool Parser::atDeclaration() const {
  static constexpr std::string_view words[] = {"layer",     "network",  "fn",    "loss", "metric", "init",
                                               "optimizer", "schedule", "train", "data", "import"};
  if (peek().kind == TokenKind::Let)
    return true;
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) { return atWord(word); });
}

void Parser::skipToNewDeclaration(size_t start) {
  brackets = 0;
  while (!at(TokenKind::EndOfFile)) {
    // An inner line may begin like a declaration: `loss = mse`.
    bool isEntry = at(TokenKind::Name) && peek(1).kind == TokenKind::Assign;
    if (position > start && peek().startsLine && atDeclaration() && !isEntry)
      return;
    take();
  }
}

File parse(const SourceManager &sources, FileId file, Diagnostics &diagnostics) {
  return Parser(lex(sources, file, diagnostics), file, diagnostics).file();
}

} // namespace bmc::frontend
