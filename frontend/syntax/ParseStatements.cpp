// Statements. A statement ends at the end of its line, at `;` or before `}`.
#include "Parser.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

void Parser::endOfStatement() {
  if (accept(TokenKind::Semicolon) || at(TokenKind::RightBrace) || at(TokenKind::EndOfFile) || peek().startsLine)
    return;
  fail(peek().range, fmt::format("expected the end of the line or ';', found {}", describe(peek())));
}

/// Whether nothing behind a statement of the same block is executed.
static bool endsBlock(const Stmt &stmt) {
  if (stmt.kind != StmtKind::If)
    return stmt.kind == StmtKind::Return || stmt.kind == StmtKind::Yield;
  const auto &node = as<IfStmt>(stmt);
  auto ends = [](const Block &block) {
    return std::any_of(block.begin(), block.end(), [](const StmtPtr &inner) { return endsBlock(*inner); });
  };
  return ends(node.then) && ends(node.otherwise);
}

/// Whether a statement is an expression that begins with a sign.
static bool beginsWithSign(const Stmt &stmt) {
  if (stmt.kind != StmtKind::Expression)
    return false;
  const Expr *expr = as<ExpressionStmt>(stmt).value.get();
  while (expr->kind == ExprKind::Binary)
    expr = as<BinaryExpr>(*expr).left.get();
  return expr->kind == ExprKind::Unary && as<UnaryExpr>(*expr).op != Operator::Not;
}

/// `return x` and `- y` on the next line are two statements.
void Parser::checkReachable(const Block &block) {
  auto end = std::find_if(block.begin(), block.end(), [](const StmtPtr &stmt) { return endsBlock(*stmt); });
  if (end == block.end() || std::next(end) == block.end())
    return;
  const Stmt &dead = **std::next(end);
  diagnostics
      .error(dead.range, beginsWithSign(dead)
                             ? "this is never computed: a line goes on in the next one behind an operator, so that "
                               "the operator belongs at the end of the line above"
                             : "this is never executed")
      .note((*end)->range, "the block ends here");
}

// block = "{" { statement } "}"
Block Parser::block() {
  Nested nested(*this);
  Range open = expect(TokenKind::LeftBrace, "before the statements").range;
  unsigned outer = std::exchange(brackets, 0);
  Block result;
  while (!accept(TokenKind::RightBrace)) {
    if (at(TokenKind::EndOfFile)) {
      diagnostics.error(peek().range, "expected '}', found the end of the file").note(open, "the block begins here");
      throw Stop();
    }
    if (accept(TokenKind::Semicolon))
      continue;
    size_t start = position;
    try {
      result.push_back(statement());
    } catch (Stop) {
      skipToNewStatement(start);
    }
  }
  brackets = outer;
  checkReachable(result);
  return result;
}

// statement = let | return | yield | if | for | require | assignment | expression
StmtPtr Parser::statement() {
  switch (peek().kind) {
  case TokenKind::If:
    return ifStatement();
  case TokenKind::For:
    return forStatement();
  default:
    break;
  }
  StmtPtr result = at(TokenKind::Let)       ? let()
                   : at(TokenKind::Return)  ? this->result(StmtKind::Return)
                   : at(TokenKind::Yield)   ? this->result(StmtKind::Yield)
                   : at(TokenKind::Require) ? require()
                                            : assignOrExpression();
  endOfStatement();
  return result;
}

// let = "let" pattern "=" expression { "," pattern "=" expression }
StmtPtr Parser::let() {
  auto result = std::make_unique<LetStmt>(take().range);
  do {
    Binding &binding = result->bindings.emplace_back();
    binding.pattern = pattern();
    expect(TokenKind::Assign, "behind the name in 'let'");
    binding.value = expression();
  } while (accept(TokenKind::Comma));
  result->range = result->range.to(previous());
  return result;
}

// pattern = name | "(" name { "," name } ")"
Pattern Parser::pattern() {
  Pattern result;
  result.isTuple = accept(TokenKind::LeftParen);
  if (!result.isTuple) {
    result.names.push_back(name("a name"));
    return result;
  }
  items(TokenKind::RightParen, [&] { result.names.push_back(name("a name")); });
  expect(TokenKind::RightParen, "behind the names");
  return result;
}

// return = "return" [ expression ]
// yield  = "yield" expression
StmtPtr Parser::result(StmtKind kind) {
  auto result = std::make_unique<ResultStmt>(kind, take().range);
  bool ends = at(TokenKind::RightBrace) || at(TokenKind::Semicolon) || peek().startsLine || at(TokenKind::EndOfFile);
  if (kind == StmtKind::Yield || !ends)
    result->value = expression();
  result->range = result->range.to(previous());
  return result;
}

// if = "if" expression block [ "else" ( if | block ) ]
StmtPtr Parser::ifStatement() {
  Nested nested(*this);
  auto result = std::make_unique<IfStmt>(take().range);
  result->condition = expression();
  result->range = result->range.to(previous());
  result->then = block();
  if (!accept(TokenKind::Else))
    return result;
  if (at(TokenKind::If))
    result->otherwise.push_back(ifStatement());
  else
    result->otherwise = block();
  return result;
}

// for = "for" name "in" expression block
StmtPtr Parser::forStatement() {
  auto result = std::make_unique<ForStmt>(take().range);
  result->variable = name("the name of the loop's variable");
  expectWord("in", "behind the loop's variable");
  result->sequence = expression();
  result->range = result->range.to(previous());
  result->body = block();
  return result;
}

// require = "require" expression [ "," expression ]
StmtPtr Parser::require() {
  auto result = std::make_unique<RequireStmt>(take().range);
  result->condition = expression();
  if (accept(TokenKind::Comma))
    result->message = expression();
  result->range = result->range.to(previous());
  return result;
}

/// The names on the left of `=`, if the expression can stand there.
static bool toPattern(const Expr &target, Pattern &pattern) {
  auto addName = [&](const Expr &expr) {
    if (expr.kind != ExprKind::Name)
      return false;
    pattern.names.push_back({as<NameExpr>(expr).name, expr.range});
    return true;
  };
  if (target.kind != ExprKind::Tuple)
    return addName(target);
  pattern.isTuple = true;
  const auto &elements = as<TupleExpr>(target).elements;
  return std::all_of(elements.begin(), elements.end(), [&](const ExprPtr &element) { return addName(*element); });
}

// assignment = ( name | tuple of names ) "=" expression
StmtPtr Parser::assignOrExpression() {
  ExprPtr target = expression();
  Range range = target->range;
  if (!accept(TokenKind::Assign)) {
    auto result = std::make_unique<ExpressionStmt>(range);
    result->value = std::move(target);
    return result;
  }
  auto result = std::make_unique<AssignStmt>(range);
  if (!toPattern(*target, result->binding.pattern))
    fail(range, "only a name or a tuple of names can be assigned to");
  result->binding.value = expression();
  result->range = range.to(previous());
  return result;
}

} // namespace bmc::frontend
