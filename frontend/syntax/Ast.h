// The syntax tree: what the parser found, before anything has a meaning. Every node keeps its place; names are texts.
// The tree is walked by the printer (`--emit=ast`) and by elaboration.
#pragma once

#include "Source.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bmc::frontend {

struct Name {
  std::string text;
  Range range;
};

// Expressions.

enum class ExprKind {
  Number,
  String,
  Bool,
  Name,
  Pack,
  Unary,
  Binary,
  Conditional,
  Range,
  Slice,
  Call,
  Index,
  Member,
  List,
  Comprehension,
  Tuple,
  Record,
  Scan,
};

struct Expr {
  Expr(ExprKind kind, Range range) : kind(kind), range(range) {}
  virtual ~Expr() = default;

  ExprKind kind;
  Range range;
  unsigned height = 1; // of the tree below; bounded, so that walks may recurse
};
using ExprPtr = std::unique_ptr<Expr>;

/// The node as its own type; the caller has looked at `kind`.
template <typename Node> const Node &as(const Expr &expr) { return static_cast<const Node &>(expr); }

struct NumberExpr : Expr {
  NumberExpr(Range range) : Expr(ExprKind::Number, range) {}
  bool isInteger = false;
  int64_t integer = 0;
  double real = 0;
};

struct StringExpr : Expr {
  StringExpr(Range range) : Expr(ExprKind::String, range) {}
  std::string value;
};

struct BoolExpr : Expr {
  BoolExpr(Range range) : Expr(ExprKind::Bool, range) {}
  bool value = false;
};

struct NameExpr : Expr {
  NameExpr(Range range) : Expr(ExprKind::Name, range) {}
  std::string name;
};

/// `..S` or `..`: any number of dimensions.
struct PackExpr : Expr {
  PackExpr(Range range) : Expr(ExprKind::Pack, range) {}
  std::string name; // may be empty
};

enum class Operator { Add, Sub, Mul, Div, Mod, MatMul, Pow, Negate, Not, And, Or, Eq, Ne, Lt, Le, Gt, Ge };
const char *spelling(Operator op);

struct UnaryExpr : Expr {
  UnaryExpr(Range range) : Expr(ExprKind::Unary, range) {}
  Operator op{};
  ExprPtr operand;
};

struct BinaryExpr : Expr {
  BinaryExpr(Range range) : Expr(ExprKind::Binary, range) {}
  Operator op{};
  Range opRange;
  ExprPtr left, right;
};

/// `a if c else b`. Without `else` only where something may be absent: a parameter or a sub-layer.
struct ConditionalExpr : Expr {
  ConditionalExpr(Range range) : Expr(ExprKind::Conditional, range) {}
  ExprPtr value, condition, otherwise;
};

/// `a..b`, or `a..` up to the end of what it indexes.
struct RangeExpr : Expr {
  RangeExpr(Range range) : Expr(ExprKind::Range, range) {}
  ExprPtr low, high;
};

/// `a:b` inside an index; both ends may be absent.
struct SliceExpr : Expr {
  SliceExpr(Range range) : Expr(ExprKind::Slice, range) {}
  ExprPtr low, high;
};

struct Argument {
  Name name; // empty text: by position
  ExprPtr value;
};

struct CallExpr : Expr {
  CallExpr(Range range) : Expr(ExprKind::Call, range) {}
  ExprPtr callee;
  std::vector<Argument> arguments;
};

struct IndexExpr : Expr {
  IndexExpr(Range range) : Expr(ExprKind::Index, range) {}
  ExprPtr base;
  std::vector<ExprPtr> items;
};

struct MemberExpr : Expr {
  MemberExpr(Range range) : Expr(ExprKind::Member, range) {}
  ExprPtr base;
  Name member;
};

struct ListExpr : Expr {
  ListExpr(Range range) : Expr(ExprKind::List, range) {}
  std::vector<ExprPtr> elements;
};

/// `[element for variable in sequence]`
struct ComprehensionExpr : Expr {
  ComprehensionExpr(Range range) : Expr(ExprKind::Comprehension, range) {}
  ExprPtr element;
  Name variable;
  ExprPtr sequence;
};

struct TupleExpr : Expr {
  TupleExpr(Range range) : Expr(ExprKind::Tuple, range) {}
  std::vector<ExprPtr> elements;
};

/// `{ g = Generator(64), d = Critic() }`
struct RecordExpr : Expr {
  RecordExpr(Range range) : Expr(ExprKind::Record, range) {}
  std::vector<Argument> fields;
};

// Statements.

enum class StmtKind { Let, Assign, Return, Yield, If, For, Require, Expression };

struct Stmt {
  Stmt(StmtKind kind, Range range) : kind(kind), range(range) {}
  virtual ~Stmt() = default;
  StmtKind kind;
  Range range;
};
using StmtPtr = std::unique_ptr<Stmt>;
using Block = std::vector<StmtPtr>;

template <typename Node> const Node &as(const Stmt &stmt) { return static_cast<const Node &>(stmt); }

/// One name, or the names of a tuple.
struct Pattern {
  std::vector<Name> names;
  bool isTuple = false;
};

struct Binding {
  Pattern pattern;
  ExprPtr value;
};

struct LetStmt : Stmt {
  LetStmt(Range range) : Stmt(StmtKind::Let, range) {}
  std::vector<Binding> bindings;
};

struct AssignStmt : Stmt {
  AssignStmt(Range range) : Stmt(StmtKind::Assign, range) {}
  Binding binding;
};

/// `return` and `yield`.
struct ResultStmt : Stmt {
  ResultStmt(StmtKind kind, Range range) : Stmt(kind, range) {}
  ExprPtr value;
};

struct IfStmt : Stmt {
  IfStmt(Range range) : Stmt(StmtKind::If, range) {}
  ExprPtr condition;
  Block then, otherwise;
};

struct ForStmt : Stmt {
  ForStmt(Range range) : Stmt(StmtKind::For, range) {}
  Name variable;
  ExprPtr sequence;
  Block body;
};

struct RequireStmt : Stmt {
  RequireStmt(Range range) : Stmt(StmtKind::Require, range) {}
  ExprPtr condition;
  ExprPtr message; // may be null
};

struct ExpressionStmt : Stmt {
  ExpressionStmt(Range range) : Stmt(StmtKind::Expression, range) {}
  ExprPtr value;
};

/// `scan t in 0..T carry (h = h0) { ... yield h }`
struct ScanExpr : Expr {
  ScanExpr(Range range) : Expr(ExprKind::Scan, range) {}
  Name variable;
  ExprPtr sequence;
  std::vector<Argument> carried;
  Block body;
};

// Types and declarations.

enum class TypeKind { Plain, Tensor, List, Tuple, Apply, Union };

/// `f32[N, 3]` (Tensor), `dim` (Plain), `list[T, n]`, `(A, B)`, `Cache(N, d)` (Apply), `i32[N] | f32[N, C]` (Union).
struct TypeExpr {
  TypeKind kind = TypeKind::Plain;
  Range range;
  std::string name;
  std::vector<ExprPtr> dims; // Tensor: dimensions; List: its length, if given
  std::vector<TypeExpr> elements;
  std::vector<Argument> arguments;
  ExprPtr bound; // `i32[N] < C`: the elements are from 0 up to, but not, C
};
using OptionalType = std::unique_ptr<TypeExpr>;

/// Of a function, or a field of a layer. Fields may share a type and a value: `param a, b: f32[3] = 0`.
struct Parameter {
  Name name;
  std::shared_ptr<const TypeExpr> type; // may be null
  std::shared_ptr<const Expr> value;    // may be null
  bool isPack = false;                  // `..layers`: all further arguments, as a list
};

enum class MemberKind { Param, Buffer, State, Sublayer, Require, Method };

/// What stands in the body of a layer, network, optimizer, schedule or metric.
struct Member {
  MemberKind kind{};
  Range range;
  std::string documentation;
  Parameter field;       // Param, Buffer, State, Sublayer (without a type)
  bool isFrozen = false; // Param
  StmtPtr requirement;   // Require
  // Method: `forward`, `update`, `entry decode`, ...
  Name name;
  bool isEntry = false;
  std::vector<Parameter> parameters;
  OptionalType result;
  Block body;
};

enum class DeclarationKind { Layer, Network, Function, Loss, Metric, Init, Optimizer, Schedule, Constant, Train, Data };
const char *spelling(DeclarationKind kind);

struct TrainStep;

/// `name = value`, in a train block or in a table's preparation. `over` names what an optimizer trains; a list of
/// optimizers has a part for each.
struct Entry {
  Name name;
  bool isClause = false; // `drop`, `split`, `folds`, `seed` and `stratify` of a preparation, without '='
  ExprPtr value;         // null where there are parts
  ExprPtr over;
  std::vector<Entry> parts;
  std::vector<Entry> preparation; // of a table
  std::unique_ptr<TrainStep> step;
};

/// `step discriminator every 1 { ... }`
struct TrainStep {
  ExprPtr every;
  std::vector<Entry> entries;
};

struct Declaration {
  DeclarationKind kind{};
  Range range;
  std::string documentation;
  Name name;
  std::vector<Parameter> parameters;
  OptionalType result;     // functions
  Name link;               // losses: the function that makes probabilities of the prediction; may be empty
  Block body;              // functions
  bool hasMembers = false; // layers and what is like them
  std::vector<Member> members;
  ExprPtr value;              // Constant; Train: the network's call; Data: the source
  std::vector<Entry> entries; // Train, Data
};

struct Import {
  Range range;
  std::string target;
  bool isPath = false; // import "file.bm", against import name
};

struct File {
  FileId id = 0;
  std::vector<Import> imports;
  std::vector<Declaration> declarations;
};

} // namespace bmc::frontend
