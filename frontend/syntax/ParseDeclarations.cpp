// Declarations, their members, parameters and types.
#include "Parser.h"

#include <fmt/format.h>

namespace bmc::frontend {

// file = { import | declaration }
File Parser::file() {
  File file;
  file.id = fileId;
  while (!at(TokenKind::EndOfFile) && !diagnostics.full()) {
    size_t start = position;
    try {
      atWord("import") ? import(file) : declaration(file);
    } catch (Stop) {
      skipToNewDeclaration(start);
    }
  }
  return file;
}

// import = "import" ( string | name )
void Parser::import(File &file) {
  Import import;
  Range begin = take().range;
  import.isPath = at(TokenKind::String);
  if (import.isPath)
    import.target = take().string;
  else
    import.target = name("a file or the name of a library file behind 'import'").text;
  import.range = begin.to(previous());
  endOfStatement();
  file.imports.push_back(std::move(import));
}

// declaration = layer | network | fn | loss | metric | init | optimizer | schedule | constant | train | data
void Parser::declaration(File &file) {
  struct Form {
    std::string_view word;
    DeclarationKind kind;
    void (Parser::*read)(Declaration &);
  };
  static constexpr Form forms[] = {
      {"layer", DeclarationKind::Layer, &Parser::classLike},
      {"network", DeclarationKind::Network, &Parser::classLike},
      {"fn", DeclarationKind::Function, &Parser::functionLike},
      {"loss", DeclarationKind::Loss, &Parser::functionLike},
      {"metric", DeclarationKind::Metric, &Parser::functionLike},
      {"init", DeclarationKind::Init, &Parser::functionLike},
      {"optimizer", DeclarationKind::Optimizer, &Parser::classLike},
      {"schedule", DeclarationKind::Schedule, &Parser::classLike},
      {"let", DeclarationKind::Constant, &Parser::constant},
      {"train", DeclarationKind::Train, &Parser::train},
      {"data", DeclarationKind::Data, &Parser::data},
  };
  for (const Form &form : forms) {
    if (peek().text != form.word || at(TokenKind::String))
      continue;
    Declaration decl;
    decl.kind = form.kind;
    decl.documentation = peek().documentation;
    Range begin = take().range;
    (this->*form.read)(decl);
    decl.range = begin.to(previous());
    file.declarations.push_back(std::move(decl));
    return;
  }
  fail(peek().range, fmt::format("expected a declaration (layer, network, fn, loss, metric, init, optimizer, schedule, "
                                 "let, train, data or import), found {}",
                                 describe(peek())));
}

// functionLike = ( "fn" | "loss" | "metric" | "init" ) name parameters [ "->" type ] [ "predicts" name ] block
// A metric that accumulates over batches has members instead.
void Parser::functionLike(Declaration &decl) {
  decl.name = name(fmt::format("the name of the {}", spelling(decl.kind)));
  if (at(TokenKind::LeftParen))
    decl.parameters = parameters();
  else if (decl.kind != DeclarationKind::Metric)
    failExpected(fmt::format("'(' and the parameters of '{}'", decl.name.text));
  if (accept(TokenKind::Arrow))
    decl.result = std::make_unique<TypeExpr>(type());
  if (decl.kind == DeclarationKind::Loss && acceptWord("predicts"))
    decl.link = name("the function that makes probabilities of the prediction");
  bool accumulates = atWord("state", 1) || (peek(1).kind == TokenKind::Name && peek(2).kind == TokenKind::LeftParen) ||
                     (peek(1).kind == TokenKind::Name && peek(2).kind == TokenKind::LeftBrace);
  decl.hasMembers = decl.kind == DeclarationKind::Metric && !decl.result && accumulates;
  if (decl.hasMembers)
    decl.members = members(decl.kind);
  else
    decl.body = block();
}

// classLike = ( "layer" | "network" | "optimizer" | "schedule" ) name [ parameters ] "{" { member } "}"
void Parser::classLike(Declaration &decl) {
  decl.name = name(fmt::format("the name of the {}", spelling(decl.kind)));
  if (at(TokenKind::LeftParen))
    decl.parameters = parameters();
  decl.hasMembers = true;
  decl.members = members(decl.kind);
}

// constant = "let" name "=" expression
void Parser::constant(Declaration &decl) {
  decl.name = name("the name of the constant");
  expect(TokenKind::Assign, "behind the name of a constant");
  decl.value = expression();
  endOfStatement();
}

// train = "train" [ expression ] "{" { entry } "}"
void Parser::train(Declaration &decl) {
  decl.name = {"train", previous()};
  if (!at(TokenKind::LeftBrace))
    decl.value = postfix();
  decl.entries = entries();
}

// data = "data" name "=" expression [ preparation ]
void Parser::data(Declaration &decl) {
  decl.name = name("the name of the data");
  expect(TokenKind::Assign, "behind the name of the data");
  decl.value = expression();
  if (at(TokenKind::LeftBrace))
    decl.entries = preparation();
}

// entries = "{" { entry } "}"
std::vector<Entry> Parser::entries() {
  Nested nested(*this);
  Range open = expect(TokenKind::LeftBrace, "before the entries").range;
  unsigned outer = std::exchange(brackets, 0);
  std::vector<Entry> result;
  while (!accept(TokenKind::RightBrace)) {
    if (at(TokenKind::EndOfFile)) {
      diagnostics.error(peek().range, "expected '}', found the end of the file").note(open, "the block begins here");
      throw Stop();
    }
    if (accept(TokenKind::Semicolon))
      continue;
    size_t start = position;
    try {
      result.push_back(atWord("step") && peek(1).kind == TokenKind::Name ? trainStep() : entry());
    } catch (Stop) {
      skipToNewStatement(start);
    }
  }
  brackets = outer;
  return result;
}

// entry = name "=" ( trained | optimizers ) [ preparation ]
Entry Parser::entry() {
  Entry entry;
  entry.name = name("an entry of the form 'name = value'");
  expect(TokenKind::Assign, fmt::format("behind '{}'", entry.name.text));
  if (entry.name.text == "optimizer" && at(TokenKind::LeftBracket))
    optimizers(entry);
  else
    trained(entry);
  if (at(TokenKind::LeftBrace) && !peek().startsLine)
    entry.preparation = preparation();
  endOfStatement();
  return entry;
}

// trained = expression [ "over" expression ]
void Parser::trained(Entry &entry) {
  entry.value = expression();
  if (acceptWord("over"))
    entry.over = expression();
}

// optimizers = "[" [ trained { "," trained } ] "]"
void Parser::optimizers(Entry &entry) {
  take();
  ++brackets;
  items(TokenKind::RightBracket, [&] {
    entry.parts.emplace_back();
    entry.parts.back().name = entry.name;
    trained(entry.parts.back());
  });
  expect(TokenKind::RightBracket, "behind the optimizers");
  --brackets;
}

// trainStep = "step" name [ "every" expression ] entries
Entry Parser::trainStep() {
  Entry entry;
  take();
  entry.name = name("the name of the step");
  entry.step = std::make_unique<TrainStep>();
  if (acceptWord("every"))
    entry.step->every = expression();
  entry.step->entries = entries();
  return entry;
}

// preparation = "{" { "drop" name { "," name } | ( "split" | "folds" ) expression { "seed" expression | "stratify" expression }
//                   | name "=" expression } "}"
std::vector<Entry> Parser::preparation() {
  Range open = expect(TokenKind::LeftBrace, "before the preparation").range;
  std::vector<Entry> result;
  while (!accept(TokenKind::RightBrace)) {
    if (at(TokenKind::EndOfFile)) {
      diagnostics.error(peek().range, "expected '}', found the end of the file").note(open, "the block begins here");
      throw Stop();
    }
    if (!accept(TokenKind::Semicolon))
      prepare(result);
  }
  return result;
}

void Parser::prepare(std::vector<Entry> &entries) {
  bool isAssignment = peek(1).kind == TokenKind::Assign;
  auto add = [&](Name name) {
    entries.emplace_back();
    entries.back().name = std::move(name);
    entries.back().isClause = !isAssignment;
    entries.back().value = expression();
  };
  if (isAssignment) {
    Name target = name("a name");
    take();
    add(std::move(target));
  } else if (atWord("drop") || atWord("split") || atWord("folds")) {
    Name word = name("a word");
    do
      add(word);
    while (word.text == "drop" && accept(TokenKind::Comma));
    while (atWord("seed") || atWord("stratify"))
      add(name("a word"));
  } else {
    failExpected("'drop', 'split', 'folds' or 'name = value'");
  }
  endOfStatement();
}

// members = "{" { member } "}"
std::vector<Member> Parser::members(DeclarationKind kind) {
  Nested nested(*this);
  Range open = expect(TokenKind::LeftBrace, fmt::format("before the body of the {}", spelling(kind))).range;
  std::vector<Member> result;
  while (!accept(TokenKind::RightBrace)) {
    if (at(TokenKind::EndOfFile)) {
      diagnostics.error(peek().range, "expected '}', found the end of the file").note(open, "the body begins here");
      throw Stop();
    }
    if (accept(TokenKind::Semicolon))
      continue;
    size_t start = position;
    try {
      member(kind, result);
    } catch (Stop) {
      skipToNewStatement(start);
    }
  }
  return result;
}

/// `forward(...)`, `entry decode(...)`, `value {`: a name that is not assigned to.
bool Parser::atMethod() const {
  if (atWord("entry") && peek(1).kind == TokenKind::Name)
    return true;
  return at(TokenKind::Name) && (peek(1).kind == TokenKind::LeftParen || peek(1).kind == TokenKind::LeftBrace);
}

// member = ( [ "frozen" ] "param" | "buffer" | "state" ) fields | require | method | name "=" optionalExpression
void Parser::member(DeclarationKind kind, std::vector<Member> &members) {
  bool isField = peek(1).kind == TokenKind::Name;
  size_t first = members.size();
  Token begin = peek();
  bool isFrozen = atWord("frozen") && atWord("param", 1);
  if (isFrozen)
    take();
  if ((isField || isFrozen) && acceptWord("param"))
    fields(MemberKind::Param, members);
  else if (isField && acceptWord("buffer"))
    fields(MemberKind::Buffer, members);
  else if (isField && acceptWord("state"))
    fields(MemberKind::State, members);
  else if (atMethod())
    method(members);
  else if (at(TokenKind::Require)) {
    members.emplace_back().kind = MemberKind::Require;
    members.back().requirement = require();
    endOfStatement();
  } else if (at(TokenKind::Name)) {
    Member sublayer;
    sublayer.kind = MemberKind::Sublayer;
    sublayer.field.name = name("a name");
    expect(TokenKind::Assign, fmt::format("behind '{}'", sublayer.field.name.text));
    sublayer.field.value = optionalExpression();
    members.push_back(std::move(sublayer));
    endOfStatement();
  } else {
    failExpected(
        fmt::format("a member of the {} ('name = layer', param, buffer, state, require or a method)", spelling(kind)));
  }
  for (size_t i = first; i < members.size(); ++i) {
    members[i].range = begin.range.to(previous());
    members[i].isFrozen = isFrozen;
  }
  if (first < members.size())
    members[first].documentation = begin.documentation;
}

// fields = parameterGroup
void Parser::fields(MemberKind kind, std::vector<Member> &members) {
  for (Parameter &field : parameterGroup(TokenKind::Semicolon, true)) {
    Member member;
    member.kind = kind;
    member.field = std::move(field);
    members.push_back(std::move(member));
  }
  endOfStatement();
}

// method = [ "entry" ] name [ parameters ] [ "->" type ] block
void Parser::method(std::vector<Member> &members) {
  Member method;
  method.kind = MemberKind::Method;
  method.isEntry = atWord("entry") && peek(1).kind == TokenKind::Name;
  if (method.isEntry)
    take();
  method.name = name("the name of the method");
  if (at(TokenKind::LeftParen))
    method.parameters = parameters();
  if (accept(TokenKind::Arrow))
    method.result = std::make_unique<TypeExpr>(type());
  method.body = block();
  members.push_back(std::move(method));
}

// parameters = "(" [ parameterGroup ] ")"
std::vector<Parameter> Parser::parameters() {
  expect(TokenKind::LeftParen, "before the parameters");
  ++brackets;
  std::vector<Parameter> result = parameterGroup(TokenKind::RightParen, false);
  expect(TokenKind::RightParen, "behind the parameters");
  --brackets;
  return result;
}

// parameterGroup = parameter { "," parameter }
// A field without a type or a value takes that of the next field which has one: `bias_ih, bias_hh: f32[h] = 0`.
std::vector<Parameter> Parser::parameterGroup(TokenKind end, bool isField) {
  std::vector<Parameter> result;
  do {
    if (at(end))
      break;
    result.push_back(parameter(isField));
  } while (accept(TokenKind::Comma));
  for (size_t i = result.size(); isField && i-- > 1;) {
    if (!result[i - 1].type)
      result[i - 1].type = result[i].type;
    if (!result[i - 1].value)
      result[i - 1].value = result[i].value;
  }
  return result;
}

// parameter = [ ".." ] name [ ":" type ] [ "=" ( expression | optionalExpression ) ]
Parameter Parser::parameter(bool mayBeAbsent) {
  Parameter result;
  result.isPack = accept(TokenKind::DotDot);
  result.name = name("the name of a parameter");
  if (accept(TokenKind::Colon))
    result.type = std::make_shared<TypeExpr>(type());
  if (accept(TokenKind::Assign))
    result.value = mayBeAbsent ? optionalExpression() : expression();
  return result;
}

// type = singleType { "|" singleType }
TypeExpr Parser::type() {
  TypeExpr first = singleType();
  if (!at(TokenKind::Bar))
    return first;
  TypeExpr result;
  result.kind = TypeKind::Union;
  result.range = first.range;
  result.elements.push_back(std::move(first));
  while (accept(TokenKind::Bar))
    result.elements.push_back(singleType());
  result.range = result.range.to(previous());
  return result;
}

// singleType = "(" [ type { "," type } ] ")" | name [ "[" dims "]" | "(" arguments ")" ] [ "<" sum ]
TypeExpr Parser::singleType() {
  Nested nested(*this);
  TypeExpr result;
  result.range = peek().range;
  if (accept(TokenKind::LeftParen)) {
    ++brackets;
    result.kind = TypeKind::Tuple;
    items(TokenKind::RightParen, [&] { result.elements.push_back(type()); });
    expect(TokenKind::RightParen, "behind the types of a tuple");
    --brackets;
  } else {
    result.name = name("a type").text;
    if (at(TokenKind::LeftBracket))
      result = tensorOrList(std::move(result));
    else if (at(TokenKind::LeftParen) && result.name != "fn") {
      result.kind = TypeKind::Apply;
      result.arguments = arguments(TokenKind::LeftParen, TokenKind::RightParen);
    }
    if (accept(TokenKind::Less))
      result.bound = sum();
  }
  result.range = result.range.to(previous());
  return result;
}

// tensor = name "[" [ element { "," element } ] "]"
// list   = "list" "[" type [ "," expression ] "]"
TypeExpr Parser::tensorOrList(TypeExpr result) {
  take();
  ++brackets;
  result.kind = result.name == "list" ? TypeKind::List : TypeKind::Tensor;
  if (result.kind == TypeKind::List) {
    result.elements.push_back(type());
    if (accept(TokenKind::Comma))
      result.dims.push_back(expression());
  } else {
    items(TokenKind::RightBracket, [&] { result.dims.push_back(element()); });
  }
  expect(TokenKind::RightBracket, "behind the dimensions");
  --brackets;
  return result;
}

} // namespace bmc::frontend
