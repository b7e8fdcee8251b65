// Expressions, from the loosest to the tightest binding.
#include "Parser.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace bmc::frontend {

unsigned Parser::grow(Range range, unsigned height) {
  if (height > deepest)
    fail(range, fmt::format("this is nested more than {} levels deep", deepest));
  tallest = std::max(tallest, height);
  return height;
}

/// Sets the node's height from its children. Every composite node passes here, so that a chain of a million `+`,
/// which needs no recursion to parse, does not make a tree that no walk survives.
template <typename Node>
ExprPtr Parser::finish(std::unique_ptr<Node> node, std::initializer_list<const Expr *> children) {
  for (const Expr *child : children)
    if (child)
      node->height = std::max(node->height, grow(child->range, child->height + 1));
  return node;
}

// expression = conditional
ExprPtr Parser::expression() { return conditional(false); }

// optionalExpression = expression | disjunction "if" disjunction
ExprPtr Parser::optionalExpression() { return conditional(true); }

// conditional = disjunction [ "if" disjunction "else" conditional ]
ExprPtr Parser::conditional(bool mayBeAbsent) {
  Nested nested(*this);
  ExprPtr value = disjunction();
  if (!continues(TokenKind::If))
    return value;
  take();
  auto node = std::make_unique<ConditionalExpr>(value->range);
  node->value = std::move(value);
  node->condition = disjunction();
  if (continues(TokenKind::Else)) {
    take();
    node->otherwise = conditional(mayBeAbsent);
  } else if (!mayBeAbsent) {
    failExpected("'else' and the value for the other case");
  }
  node->range = node->range.to(previous());
  const Expr *v = node->value.get(), *c = node->condition.get(), *o = node->otherwise.get();
  return finish(std::move(node), {v, c, o});
}

ExprPtr Parser::binary(Operator op, const Token &token, ExprPtr left, ExprPtr right) {
  auto node = std::make_unique<BinaryExpr>(left->range.to(right->range));
  node->op = op;
  node->opRange = token.range;
  node->left = std::move(left);
  node->right = std::move(right);
  const Expr *l = node->left.get(), *r = node->right.get();
  return finish(std::move(node), {l, r});
}

// disjunction = conjunction { "or" conjunction }
ExprPtr Parser::disjunction() {
  ExprPtr left = conjunction();
  while (continues(TokenKind::Or)) {
    const Token &op = take();
    left = binary(Operator::Or, op, std::move(left), conjunction());
  }
  return left;
}

// conjunction = negation { "and" negation }
ExprPtr Parser::conjunction() {
  ExprPtr left = negation();
  while (continues(TokenKind::And)) {
    const Token &op = take();
    left = binary(Operator::And, op, std::move(left), negation());
  }
  return left;
}

// negation = "not" negation | comparison
ExprPtr Parser::negation() {
  if (!at(TokenKind::Not))
    return comparison();
  Nested nested(*this);
  auto node = std::make_unique<UnaryExpr>(take().range);
  node->op = Operator::Not;
  node->operand = negation();
  node->range = node->range.to(previous());
  const Expr *operand = node->operand.get();
  return finish(std::move(node), {operand});
}

static std::optional<Operator> comparisonOperator(TokenKind kind) {
  switch (kind) {
  case TokenKind::Equal:
    return Operator::Eq;
  case TokenKind::NotEqual:
    return Operator::Ne;
  case TokenKind::Less:
    return Operator::Lt;
  case TokenKind::LessEqual:
    return Operator::Le;
  case TokenKind::Greater:
    return Operator::Gt;
  case TokenKind::GreaterEqual:
    return Operator::Ge;
  default:
    return std::nullopt;
  }
}

// comparison = range [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) range ]
ExprPtr Parser::comparison() {
  ExprPtr left = range();
  auto op = comparisonOperator(peek().kind);
  if (!op || !continues(peek().kind))
    return left;
  const Token &token = take();
  ExprPtr result = binary(*op, token, std::move(left), range());
  if (comparisonOperator(peek().kind) && continues(peek().kind))
    fail(peek().range, "comparisons do not chain; join two of them with 'and'");
  return result;
}

// range = sum [ ".." [ sum ] ]
ExprPtr Parser::range() {
  ExprPtr low = sum();
  if (!continues(TokenKind::DotDot))
    return low;
  take();
  auto node = std::make_unique<RangeExpr>(low->range);
  node->low = std::move(low);
  bool open = at(TokenKind::RightParen) || at(TokenKind::RightBracket) || at(TokenKind::Comma) || peek().startsLine;
  if (!open)
    node->high = sum();
  node->range = node->range.to(previous());
  const Expr *l = node->low.get(), *h = node->high.get();
  return finish(std::move(node), {l, h});
}

// sum = product { ( "+" | "-" ) product }
ExprPtr Parser::sum() {
  ExprPtr left = product();
  while (continues(TokenKind::Plus) || continues(TokenKind::Minus)) {
    const Token &op = take();
    left = binary(op.kind == TokenKind::Plus ? Operator::Add : Operator::Sub, op, std::move(left), product());
  }
  return left;
}

static std::optional<Operator> productOperator(TokenKind kind) {
  switch (kind) {
  case TokenKind::Star:
    return Operator::Mul;
  case TokenKind::Slash:
    return Operator::Div;
  case TokenKind::Percent:
    return Operator::Mod;
  case TokenKind::At:
    return Operator::MatMul;
  default:
    return std::nullopt;
  }
}

// product = sign { ( "*" | "/" | "%" | "@" ) sign }
ExprPtr Parser::product() {
  ExprPtr left = sign();
  while (productOperator(peek().kind) && continues(peek().kind)) {
    const Token &op = take();
    left = binary(*productOperator(op.kind), op, std::move(left), sign());
  }
  return left;
}

// sign = "-" sign | power
ExprPtr Parser::sign() {
  if (!at(TokenKind::Minus))
    return power();
  Nested nested(*this);
  auto node = std::make_unique<UnaryExpr>(take().range);
  node->op = Operator::Negate;
  node->operand = sign();
  node->range = node->range.to(previous());
  const Expr *operand = node->operand.get();
  return finish(std::move(node), {operand});
}

// power = postfix [ "^" sign ]
ExprPtr Parser::power() {
  ExprPtr base = postfix();
  if (!continues(TokenKind::Caret))
    return base;
  Nested nested(*this);
  const Token &op = take();
  return binary(Operator::Pow, op, std::move(base), sign());
}

// postfix = primary { "(" arguments ")" | "[" indexItem { "," indexItem } "]" | "." ( name | integer ) }
ExprPtr Parser::postfix() {
  ExprPtr base = primary();
  while (continues(TokenKind::LeftParen) || continues(TokenKind::LeftBracket) || continues(TokenKind::Dot)) {
    unsigned height = grow(base->range, base->height + 1);
    Range begin = base->range;
    if (at(TokenKind::LeftParen)) {
      auto call = std::make_unique<CallExpr>(begin);
      call->arguments = arguments(TokenKind::LeftParen, TokenKind::RightParen);
      for (const Argument &argument : call->arguments)
        height = std::max(height, grow(argument.value->range, argument.value->height + 1));
      call->callee = std::move(base);
      base = std::move(call);
    } else if (accept(TokenKind::LeftBracket)) {
      ++brackets;
      auto index = std::make_unique<IndexExpr>(begin);
      items(TokenKind::RightBracket, [&] {
        index->items.push_back(indexItem());
        height = std::max(height, grow(begin, index->items.back()->height + 1));
      });
      expect(TokenKind::RightBracket, "behind the index");
      --brackets;
      index->base = std::move(base);
      base = std::move(index);
    } else {
      take();
      auto member = std::make_unique<MemberExpr>(begin);
      if (at(TokenKind::Integer))
        member->member = {std::string(peek().text), take().range};
      else
        member->member = name("the name of a member behind '.'");
      member->base = std::move(base);
      base = std::move(member);
    }
    base->height = height;
    base->range = begin.to(previous());
  }
  return base;
}

// arguments = [ argument { "," argument } ];  argument = [ name "=" ] element
std::vector<Argument> Parser::arguments(TokenKind open, TokenKind close) {
  expect(open, "before the arguments");
  ++brackets;
  std::vector<Argument> result;
  items(close, [&] {
    Argument argument;
    if (at(TokenKind::Name) && peek(1).kind == TokenKind::Assign) {
      argument.name = name("a name");
      take();
    }
    argument.value = element();
    result.push_back(std::move(argument));
  });
  expect(close, "behind the arguments");
  --brackets;
  return result;
}

// primary = number | string | "true" | "false" | name | "(" ... ")" | list | record | scan
ExprPtr Parser::primary() {
  switch (peek().kind) {
  case TokenKind::Integer:
  case TokenKind::Real:
    return number();
  case TokenKind::String: {
    auto node = std::make_unique<StringExpr>(peek().range);
    node->value = take().string;
    return node;
  }
  case TokenKind::True:
  case TokenKind::False: {
    auto node = std::make_unique<BoolExpr>(peek().range);
    node->value = take().kind == TokenKind::True;
    return node;
  }
  case TokenKind::Name: {
    auto node = std::make_unique<NameExpr>(peek().range);
    node->name = take().text;
    return node;
  }
  case TokenKind::LeftParen:
    return parenthesised();
  case TokenKind::LeftBracket:
    return list();
  case TokenKind::LeftBrace:
    return record();
  case TokenKind::Scan:
    return scan();
  default:
    failExpected("an expression");
  }
}

ExprPtr Parser::number() {
  const Token &token = take();
  auto node = std::make_unique<NumberExpr>(token.range);
  node->isInteger = token.kind == TokenKind::Integer;
  node->integer = token.integer;
  node->real = token.real;
  return node;
}

// parenthesised = "(" expression ")" | "(" [ expression "," [ expression { "," expression } ] ] ")"
ExprPtr Parser::parenthesised() {
  Range open = take().range;
  ++brackets;
  auto tuple = std::make_unique<TupleExpr>(open);
  bool comma = false;
  while (!at(TokenKind::RightParen)) {
    tuple->elements.push_back(expression());
    tuple->height = std::max(tuple->height, grow(open, tuple->elements.back()->height + 1));
    if (!accept(TokenKind::Comma))
      break;
    comma = true;
  }
  expect(TokenKind::RightParen, "to close '('");
  --brackets;
  tuple->range = open.to(previous());
  if (tuple->elements.size() != 1 || comma)
    return tuple;
  ExprPtr inner = std::move(tuple->elements.front());
  inner->range = tuple->range;
  return inner;
}

// list = "[" [ element { "," element } ] "]" | "[" element "for" name "in" expression "]"
ExprPtr Parser::list() {
  Range open = take().range;
  ++brackets;
  auto list = std::make_unique<ListExpr>(open);
  items(TokenKind::RightBracket, [&] {
    list->elements.push_back(element());
    list->height = std::max(list->height, grow(open, list->elements.back()->height + 1));
  });
  ExprPtr result;
  if (list->elements.size() == 1 && accept(TokenKind::For)) {
    auto comprehension = std::make_unique<ComprehensionExpr>(open);
    comprehension->element = std::move(list->elements.front());
    comprehension->variable = name("the name of the variable");
    expectWord("in", "behind the variable");
    comprehension->sequence = expression();
    const Expr *element = comprehension->element.get(), *sequence = comprehension->sequence.get();
    result = finish(std::move(comprehension), {element, sequence});
  } else {
    result = std::move(list);
  }
  expect(TokenKind::RightBracket, "to close '['");
  --brackets;
  result->range = open.to(previous());
  return result;
}

// record = "{" name "=" expression { "," name "=" expression } "}"
ExprPtr Parser::record() {
  auto record = std::make_unique<RecordExpr>(peek().range);
  record->fields = arguments(TokenKind::LeftBrace, TokenKind::RightBrace);
  for (const Argument &field : record->fields) {
    if (field.name.text.empty())
      fail(field.value->range, "expected 'name = value' in a record");
    record->height = std::max(record->height, grow(record->range, field.value->height + 1));
  }
  record->range = record->range.to(previous());
  return record;
}

// scan = "scan" name "in" expression [ "carry" "(" name "=" expression { "," ... } ")" ] block
ExprPtr Parser::scan() {
  auto scan = std::make_unique<ScanExpr>(take().range);
  scan->variable = name("the name of the step's variable");
  expectWord("in", "behind the step's variable");
  scan->sequence = expression();
  if (acceptWord("carry"))
    scan->carried = arguments(TokenKind::LeftParen, TokenKind::RightParen);
  for (const Argument &carried : scan->carried)
    if (carried.name.text.empty())
      fail(carried.value->range, "expected 'name = first value' for what a scan carries");
  scan->range = scan->range.to(previous());
  unsigned outer = std::exchange(tallest, 0);
  scan->body = block();
  scan->height = grow(scan->range, tallest + 1);
  tallest = std::max(tallest, outer);
  return scan;
}

// element = pack | expression
ExprPtr Parser::element() { return at(TokenKind::DotDot) ? pack() : expression(); }

// pack = ".." [ name ]
ExprPtr Parser::pack() {
  auto node = std::make_unique<PackExpr>(take().range);
  if (at(TokenKind::Name))
    node->name = take().text;
  node->range = node->range.to(previous());
  return node;
}

// indexItem = element | [ expression ] ":" [ expression ]
ExprPtr Parser::indexItem() {
  Range begin = peek().range;
  ExprPtr low;
  if (!at(TokenKind::Colon))
    low = element();
  if (!at(TokenKind::Colon))
    return low;
  take();
  auto slice = std::make_unique<SliceExpr>(begin);
  slice->low = std::move(low);
  if (!at(TokenKind::Comma) && !at(TokenKind::RightBracket))
    slice->high = expression();
  slice->range = begin.to(previous());
  const Expr *l = slice->low.get(), *h = slice->high.get();
  return finish(std::move(slice), {l, h});
}

} // namespace bmc::frontend
