// Prints the syntax tree. The text is for people and for tests of the parser: it shows what belongs to what.
#include "AstPrinter.h"

#include <fmt/format.h>
#include <sstream>

namespace bmc::frontend {

const char *spelling(Operator op) {
  static constexpr const char *names[] = {"+",   "-",  "*",  "/",  "%", "@",  "^", "-", "not",
                                          "and", "or", "==", "!=", "<", "<=", ">", ">="};
  return names[static_cast<int>(op)];
}

const char *spelling(DeclarationKind kind) {
  static constexpr const char *names[] = {"layer",     "network",  "fn",  "loss",  "metric", "init",
                                          "optimizer", "schedule", "let", "train", "data"};
  return names[static_cast<int>(kind)];
}

namespace {

class Printer {
public:
  explicit Printer(std::ostream &out) : out(out) {}

  void file(const File &file);
  void expression(const Expr &expr);
  void type(const TypeExpr &type);

private:
  void plainType(const TypeExpr &type);
  void declaration(const Declaration &decl);
  void member(const Member &member);
  void parameters(const std::vector<Parameter> &parameters);
  void parameter(const Parameter &parameter);
  void entries(const std::vector<Entry> &entries);
  void entry(const Entry &entry);
  void block(const Block &block);
  void statement(const Stmt &stmt);
  void binding(const Binding &binding);
  void arguments(const std::vector<Argument> &arguments);
  void optional(const Expr *expr);
  void number(const NumberExpr &number);
  void quoted(const std::string &text);
  template <typename List> void list(const char *open, const List &elements, const char *close);
  std::ostream &line() { return out << '\n' << std::string(2 * depth, ' '); }

  struct Indent {
    Printer &printer;
    explicit Indent(Printer &printer) : printer(printer) { ++printer.depth; }
    ~Indent() { --printer.depth; }
  };

  std::ostream &out;
  unsigned depth = 0;
};

void Printer::file(const File &file) {
  for (const Import &import : file.imports)
    out << "import " << (import.isPath ? '"' + import.target + '"' : import.target) << '\n';
  for (const Declaration &decl : file.declarations) {
    declaration(decl);
    out << '\n';
  }
}

void Printer::declaration(const Declaration &decl) {
  out << spelling(decl.kind);
  if (decl.kind != DeclarationKind::Train)
    out << ' ' << decl.name.text;
  parameters(decl.parameters);
  if (decl.result) {
    out << " -> ";
    type(*decl.result);
  }
  if (!decl.link.text.empty())
    out << " predicts " << decl.link.text;
  if (decl.value) {
    out << (decl.kind == DeclarationKind::Train ? " " : " = ");
    expression(*decl.value);
  }
  Indent indent(*this);
  for (const Member &m : decl.members)
    member(m);
  block(decl.body);
  entries(decl.entries);
}

void Printer::member(const Member &member) {
  static constexpr const char *words[] = {"param ", "buffer ", "state ", "sublayer ", "", ""};
  if (member.kind == MemberKind::Require)
    return statement(*member.requirement);
  line() << (member.isFrozen ? "frozen " : "") << words[static_cast<int>(member.kind)];
  if (member.kind != MemberKind::Method)
    return parameter(member.field);
  out << (member.isEntry ? "entry " : "") << member.name.text;
  parameters(member.parameters);
  if (member.result) {
    out << " -> ";
    type(*member.result);
  }
  Indent indent(*this);
  block(member.body);
}

void Printer::parameters(const std::vector<Parameter> &parameters) {
  if (parameters.empty())
    return;
  out << '(';
  for (const Parameter &p : parameters) {
    out << (&p == &parameters.front() ? "" : ", ");
    parameter(p);
  }
  out << ')';
}

void Printer::parameter(const Parameter &parameter) {
  out << (parameter.isPack ? ".." : "") << parameter.name.text;
  if (parameter.type) {
    out << ": ";
    type(*parameter.type);
  }
  if (parameter.value) {
    out << " = ";
    expression(*parameter.value);
  }
}

void Printer::entries(const std::vector<Entry> &entries) {
  for (const Entry &e : entries)
    entry(e);
}

void Printer::entry(const Entry &entry) {
  line() << (entry.step ? "step " : "") << entry.name.text;
  if (entry.value) {
    out << " = ";
    expression(*entry.value);
  }
  if (entry.over) {
    out << " over ";
    expression(*entry.over);
  }
  if (entry.step && entry.step->every) {
    out << " every ";
    expression(*entry.step->every);
  }
  Indent indent(*this);
  entries(entry.parts);
  entries(entry.preparation);
  if (entry.step)
    entries(entry.step->entries);
}

void Printer::block(const Block &block) {
  for (const StmtPtr &stmt : block)
    statement(*stmt);
}

void Printer::binding(const Binding &binding) {
  out << (binding.pattern.isTuple ? "(" : "");
  for (const Name &name : binding.pattern.names)
    out << (&name == &binding.pattern.names.front() ? "" : ", ") << name.text;
  out << (binding.pattern.isTuple ? ") = " : " = ");
  expression(*binding.value);
}

void Printer::statement(const Stmt &stmt) {
  line();
  switch (stmt.kind) {
  case StmtKind::Let:
    out << "let ";
    for (const Binding &b : as<LetStmt>(stmt).bindings) {
      out << (&b == &as<LetStmt>(stmt).bindings.front() ? "" : ", ");
      binding(b);
    }
    break;
  case StmtKind::Assign:
    binding(as<AssignStmt>(stmt).binding);
    break;
  case StmtKind::Return:
  case StmtKind::Yield:
    out << (stmt.kind == StmtKind::Return ? "return" : "yield");
    if (const Expr *value = as<ResultStmt>(stmt).value.get()) {
      out << ' ';
      expression(*value);
    }
    break;
  case StmtKind::If: {
    const auto &node = as<IfStmt>(stmt);
    out << "if ";
    expression(*node.condition);
    {
      Indent indent(*this);
      block(node.then);
    }
    if (node.otherwise.empty())
      break;
    line() << "else";
    Indent indent(*this);
    block(node.otherwise);
    break;
  }
  case StmtKind::For: {
    const auto &node = as<ForStmt>(stmt);
    out << "for " << node.variable.text << " in ";
    expression(*node.sequence);
    Indent indent(*this);
    block(node.body);
    break;
  }
  case StmtKind::Require: {
    const auto &node = as<RequireStmt>(stmt);
    out << "require ";
    expression(*node.condition);
    if (node.message) {
      out << ", ";
      expression(*node.message);
    }
    break;
  }
  case StmtKind::Expression:
    expression(*as<ExpressionStmt>(stmt).value);
    break;
  }
}

template <typename List> void Printer::list(const char *open, const List &elements, const char *close) {
  out << open;
  for (const auto &element : elements) {
    out << (&element == &elements.front() ? "" : ", ");
    expression(*element);
  }
  out << close;
}

void Printer::arguments(const std::vector<Argument> &arguments) {
  for (const Argument &argument : arguments) {
    out << ' ';
    if (!argument.name.text.empty())
      out << argument.name.text << '=';
    expression(*argument.value);
  }
}

void Printer::optional(const Expr *expr) {
  if (expr)
    expression(*expr);
}

/// A real number keeps a point or an exponent, so that `1.0` and `1` differ in print as in meaning.
void Printer::number(const NumberExpr &number) {
  if (number.isInteger) {
    out << number.integer;
    return;
  }
  std::string text = fmt::format("{}", number.real);
  out << text << (text.find_first_of(".ei") == std::string::npos ? ".0" : "");
}

void Printer::quoted(const std::string &text) {
  out << '"';
  for (char c : text)
    if (c == '"' || c == '\\')
      out << '\\' << c;
    else if (c == '\n' || c == '\t')
      out << (c == '\n' ? "\\n" : "\\t");
    else
      out << c;
  out << '"';
}

void Printer::expression(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Number:
    return number(as<NumberExpr>(expr));
  case ExprKind::String:
    return quoted(as<StringExpr>(expr).value);
  case ExprKind::Bool:
    out << (as<BoolExpr>(expr).value ? "true" : "false");
    return;
  case ExprKind::Name:
    out << as<NameExpr>(expr).name;
    return;
  case ExprKind::Pack:
    out << ".." << as<PackExpr>(expr).name;
    return;
  case ExprKind::Unary:
    out << '(' << spelling(as<UnaryExpr>(expr).op) << ' ';
    expression(*as<UnaryExpr>(expr).operand);
    out << ')';
    return;
  case ExprKind::Binary: {
    const auto &node = as<BinaryExpr>(expr);
    out << '(' << spelling(node.op) << ' ';
    expression(*node.left);
    out << ' ';
    expression(*node.right);
    out << ')';
    return;
  }
  case ExprKind::Conditional: {
    const auto &node = as<ConditionalExpr>(expr);
    out << "(if ";
    expression(*node.condition);
    out << ' ';
    expression(*node.value);
    out << (node.otherwise ? " " : "");
    optional(node.otherwise.get());
    out << ')';
    return;
  }
  case ExprKind::Range:
    expression(*as<RangeExpr>(expr).low);
    out << "..";
    return optional(as<RangeExpr>(expr).high.get());
  case ExprKind::Slice:
    optional(as<SliceExpr>(expr).low.get());
    out << ':';
    return optional(as<SliceExpr>(expr).high.get());
  case ExprKind::Call:
    out << "(call ";
    expression(*as<CallExpr>(expr).callee);
    arguments(as<CallExpr>(expr).arguments);
    out << ')';
    return;
  case ExprKind::Index:
    expression(*as<IndexExpr>(expr).base);
    return list("[", as<IndexExpr>(expr).items, "]");
  case ExprKind::Member:
    expression(*as<MemberExpr>(expr).base);
    out << '.' << as<MemberExpr>(expr).member.text;
    return;
  case ExprKind::List:
    return list("[", as<ListExpr>(expr).elements, "]");
  case ExprKind::Comprehension: {
    const auto &node = as<ComprehensionExpr>(expr);
    out << '[';
    expression(*node.element);
    out << " for " << node.variable.text << " in ";
    expression(*node.sequence);
    out << ']';
    return;
  }
  case ExprKind::Tuple:
    return list("(tuple ", as<TupleExpr>(expr).elements, ")");
  case ExprKind::Record:
    out << "{record";
    arguments(as<RecordExpr>(expr).fields);
    out << '}';
    return;
  case ExprKind::Scan: {
    const auto &node = as<ScanExpr>(expr);
    out << "(scan " << node.variable.text << " in ";
    expression(*node.sequence);
    out << " carry";
    arguments(node.carried);
    Indent indent(*this);
    block(node.body);
    out << ')';
    return;
  }
  }
}

void Printer::type(const TypeExpr &type) {
  plainType(type);
  if (!type.bound)
    return;
  out << " < ";
  expression(*type.bound);
}

void Printer::plainType(const TypeExpr &type) {
  out << type.name;
  if (type.kind == TypeKind::Tensor)
    return list("[", type.dims, "]");
  if (type.kind == TypeKind::Apply) {
    out << '(';
    arguments(type.arguments);
    out << " )";
    return;
  }
  if (type.kind == TypeKind::Plain)
    return;
  if (type.kind == TypeKind::Union) {
    for (const TypeExpr &element : type.elements) {
      out << (&element == &type.elements.front() ? "" : " | ");
      this->type(element);
    }
    return;
  }
  out << (type.kind == TypeKind::Tuple ? "(" : "[");
  for (const TypeExpr &element : type.elements) {
    out << (&element == &type.elements.front() ? "" : ", ");
    this->type(element);
  }
  for (const ExprPtr &length : type.dims) {
    out << ", ";
    expression(*length);
  }
  out << (type.kind == TypeKind::Tuple ? ")" : "]");
}

} // namespace

void printAst(std::ostream &out, const File &file) { Printer(out).file(file); }

static std::string collect(auto print) {
  std::ostringstream out;
  Printer printer(out);
  print(printer);
  return out.str();
}

std::string toString(const Expr &expr) {
  return collect([&](Printer &printer) { printer.expression(expr); });
}

std::string toString(const TypeExpr &type) {
  return collect([&](Printer &printer) { printer.type(type); });
}

} // namespace bmc::frontend
