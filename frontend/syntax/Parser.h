// Tokens to a syntax tree, by recursive descent. Each function reads what it is named after and carries its grammar
// rule above it. A function that cannot read on throws `Stop`, after reporting; the nearest statement, member or
// declaration catches it and goes on behind the trouble, so that one run shows many errors.
#pragma once

#include "Ast.h"
#include "Diagnostics.h"
#include "Token.h"

namespace bmc::frontend {

class Parser {
public:
  Parser(std::vector<Token> tokens, FileId file, Diagnostics &diagnostics)
      : tokens(std::move(tokens)), fileId(file), diagnostics(diagnostics) {}

  File file();

  /// Deeper nesting is refused: every walk over the tree recurses.
  static constexpr unsigned deepest = 200;

private:
  struct Stop {};
  class Nested;

  // ParseDeclarations.cpp
  void import(File &file);
  void declaration(File &file);
  void functionLike(Declaration &decl);
  void classLike(Declaration &decl);
  void constant(Declaration &decl);
  void train(Declaration &decl);
  void data(Declaration &decl);
  std::vector<Entry> entries();
  Entry entry();
  void trained(Entry &entry);
  void optimizers(Entry &entry);
  Entry trainStep();
  std::vector<Entry> preparation();
  void prepare(std::vector<Entry> &entries);
  bool atMethod() const;
  std::vector<Member> members(DeclarationKind kind);
  void member(DeclarationKind kind, std::vector<Member> &members);
  void fields(MemberKind kind, std::vector<Member> &members);
  void method(std::vector<Member> &members);
  std::vector<Parameter> parameters();
  Parameter parameter(bool mayBeAbsent);
  std::vector<Parameter> parameterGroup(TokenKind end, bool mayBeAbsent);
  TypeExpr type();
  TypeExpr singleType();
  TypeExpr tensorOrList(TypeExpr type);

  // ParseStatements.cpp
  Block block();
  StmtPtr statement();
  StmtPtr let();
  StmtPtr result(StmtKind kind);
  StmtPtr ifStatement();
  StmtPtr forStatement();
  StmtPtr require();
  StmtPtr assignOrExpression();
  Pattern pattern();
  void endOfStatement();
  void checkReachable(const Block &block);

  // ParseExpressions.cpp
  ExprPtr expression();
  ExprPtr optionalExpression();
  ExprPtr conditional(bool mayBeAbsent);
  ExprPtr disjunction();
  ExprPtr conjunction();
  ExprPtr negation();
  ExprPtr comparison();
  ExprPtr range();
  ExprPtr sum();
  ExprPtr product();
  ExprPtr sign();
  ExprPtr power();
  ExprPtr postfix();
  ExprPtr primary();
  ExprPtr number();
  ExprPtr parenthesised();
  ExprPtr list();
  ExprPtr record();
  ExprPtr scan();
  ExprPtr element();
  ExprPtr indexItem();
  ExprPtr pack();
  std::vector<Argument> arguments(TokenKind open, TokenKind close);
  ExprPtr binary(Operator op, const Token &token, ExprPtr left, ExprPtr right);
  template <typename Node> ExprPtr finish(std::unique_ptr<Node> node, std::initializer_list<const Expr *> children);
  unsigned grow(Range range, unsigned height);

  // Parser.cpp
  const Token &peek(unsigned ahead = 0) const;
  bool at(TokenKind kind) const { return peek().kind == kind; }
  bool atWord(std::string_view word, unsigned ahead = 0) const;
  /// An operator continues an expression only if it is on the same line, or inside brackets.
  bool continues(TokenKind kind) const { return at(kind) && (!peek().startsLine || brackets > 0); }
  const Token &take() { return tokens[position + 1 < tokens.size() ? position++ : position]; }
  bool accept(TokenKind kind);
  bool acceptWord(std::string_view word);
  const Token &expect(TokenKind kind, std::string_view where);
  void expectWord(std::string_view word, std::string_view where);
  Name name(std::string_view what);
  Range previous() const { return tokens[position ? position - 1 : 0].range; }
  [[noreturn]] void fail(Range range, std::string message);
  [[noreturn]] void failExpected(std::string_view what);
  void skipToNewStatement(size_t start);
  void skipToNewDeclaration(size_t start);
  bool atDeclaration() const;
  template <typename Read> void items(TokenKind close, Read read);

  std::vector<Token> tokens;
  FileId fileId;
  Diagnostics &diagnostics;
  size_t position = 0;
  unsigned brackets = 0; // open ( and [ since the last {
  unsigned depth = 0;
  unsigned tallest = 0; // of the expressions since a scan's body began
};

/// Counts the nesting, and refuses too much of it.
class Parser::Nested {
public:
  explicit Nested(Parser &parser);
  ~Nested() { --parser.depth; }

private:
  Parser &parser;
};

/// Reads items up to a closing token; the caller has read the opening one. Newlines mean nothing between brackets.
template <typename Read> void Parser::items(TokenKind close, Read read) {
  while (!at(close)) {
    read();
    if (!accept(TokenKind::Comma))
      break;
  }
}

/// Reads and parses one file; the tree has holes where errors were reported.
File parse(const SourceManager &sources, FileId file, Diagnostics &diagnostics);

} // namespace bmc::frontend
