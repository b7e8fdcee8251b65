// Walks the syntax tree like an interpreter. What is known at compile time is computed; what is a tensor becomes ops of
// the bm dialect in the function that is being emitted. Calls are inlined: an op's location is its place in the called
// function inside a call site, so that a later diagnostic shows both.
//
// An error throws `Stop` after it was reported. The statement, member or entry around it ends, the names that it would
// have set are `Failed`, and elaboration goes on, so that one run shows many errors and none that follows from another.
#pragma once

#include "Module.h"

#include "dialects/Dialect.h"
#include "mlir/IR/Builders.h"

#include <set>

namespace bmc::frontend {

struct Stop {};
/// Thrown where it makes no sense to go on: a limit was passed, or enough errors are known.
struct Exhausted {};

class LayerUses;
struct Hyper;

/// A variable of the program: parameter, buffer, or state of the optimizer or of a metric.
struct Variable {
  std::string name;
  std::string role; // `parameter`, `buffer`, `state` or `metric`
  bool trainable = false;
  mlir::RankedTensorType type;
  // How it begins: an expression in the scope of its layer.
  const Expr *initialiser = nullptr;
  const Scope *scope = nullptr;
  const Module *module = nullptr;
  Range range;
};

/// The function that is being emitted.
struct Emission {
  std::map<unsigned, mlir::Value> variables; // by index; buffers change
  bool training = false;
  mlir::Value key; // null where no random numbers are to be had
  int64_t keysUsed = 0;
  llvm::DenseMap<mlir::Value, Hyper *> numbers; // arguments that `--set` changes
};

struct Bound {
  std::string name;
  Object object;
  Range range;
};

/// The arguments of a call, evaluated.
struct Call {
  Range range;
  Range calleeRange;
  std::vector<Bound> arguments; // an empty name: by position
};

class OpenBody;

class Evaluator {
public:
  Evaluator(mlir::MLIRContext &context, SourceManager &sources, Diagnostics &diagnostics, const Modules &modules,
            bm::SymbolValues bindings);

  // Expressions.cpp
  Object evaluate(const Expr &expr, Scope &scope);
  int64_t integer(const Object &object, Range range, const std::string &what);
  bool condition(const Object &object, Range range);

  // ModelNumbers.cpp
  /// The value of what is computed from numbers of the model file alone. With a place these cannot be changed any more:
  /// they decide there what is compiled.
  std::optional<double> numberAtCompileTime(const Object &object, std::optional<Range> decidesAt);

  // Names.cpp
  Object lookup(const std::string &name, Range range, const Scope &scope);
  /// What a name means outside of all scopes: a declaration, a primitive, an element type, a constant.
  std::optional<Object> global(const std::string &name, Range range);
  [[noreturn]] void unknownName(const std::string &name, Range range, std::vector<std::string> candidates);

  // Members.cpp
  Object member(const Object &base, const Name &name, Range range);
  [[noreturn]] void noMember(const Declaration &layer, const Name &name, const std::vector<std::string> &known);

  // Statements.cpp
  std::optional<Object> execute(const Block &block, Scope &scope);
  void require(const RequireStmt &stmt, Scope &scope);
  [[noreturn]] void unknownTarget(const Name &name);
  [[noreturn]] void unusedValue(Range range);

  /// One step of a scan, while its body is executed.
  struct Step {
    size_t callDepth;
    std::optional<Object> yielded;
    Range range; // of what is yielded
  };
  Step *step = nullptr;

  // Scan.cpp
  Object scan(const ScanExpr &expr, Scope &scope);
  /// How often what is emitted now runs.
  Dim timesRun() const;
  mlir::Value sliceAtStep(mlir::Value value, mlir::Value position, int64_t axis, Range range);

  // Checkpoint.cpp
  Object checkpoint(const CallExpr &expr, Scope &scope);

  // Calls.cpp
  Object call(const Object &callee, Call call);
  Object callFunction(const DeclaredObject &function, Call call);
  Object callMethod(const std::shared_ptr<Instance> &instance, const std::string &name, Call call);
  /// A method that need not return anything: `add` of a metric.
  std::optional<Object> runMethod(const std::shared_ptr<Instance> &instance, const std::string &name, Call call);
  std::shared_ptr<Instance> instantiate(const DeclaredObject &cls, Call call);
  const Member *method(const Instance &instance, const std::string &name) const;
  void place(const Object &object, const std::string &path);
  void bind(const std::vector<Parameter> &parameters, const std::string &what, Range declared, Call &call, Scope &scope,
            Scope &evaluationScope);
  struct Matched {
    std::vector<const Bound *> given; // for each parameter; null where none is given
    std::vector<Object> pack;         // of the parameter `..name`
  };
  /// Which argument is for which parameter.
  Matched match(const std::vector<Parameter> &parameters, const std::string &what, Range declared, const Call &call);
  [[noreturn]] void missingArgument(const Parameter &parameter, const std::string &what, Range call);
  /// The first value of a variable; an expression in the scope of its layer.
  mlir::Value initialValue(const Variable &variable);

  // Types.cpp
  /// Checks a value against a declared type, binds the names of its dimensions, and converts numbers to tensors.
  Object unify(const Object &object, Range range, const TypeExpr &type, const std::string &what, Scope &scope);
  /// The type's tensor type; unknown names become symbols if `newSymbols`.
  mlir::RankedTensorType tensorType(const TypeExpr &type, Scope &scope, bool newSymbols);
  /// Whether a tensor type fits, without a report. Binds names on success only.
  bool fits(mlir::RankedTensorType found, const TypeExpr &type, Scope &scope);
  Dim dimension(const Object &object, Range range, const std::string &what);
  /// What a dimension is whose name has no value: the value of -D, or a symbol.
  Dim newDimension(const std::string &name);
  std::vector<Dim> shapeArgument(const Object &object, Range range);
  mlir::Type elementTypeNamed(const std::string &name, const Scope &scope) const;
  [[noreturn]] void unknownType(const TypeExpr &type);

  // Arithmetic.cpp
  Object binary(Operator op, const Object &left, const Object &right, Range range);
  Object unary(Operator op, const Object &operand, Range range);
  /// An elementwise op of the dialect by its name, on tensors or on numbers.
  Object elementwise(const std::string &op, std::vector<Object> operands, Range range);
  mlir::Value tensor(const Object &object, Range range);
  mlir::Value tensor(const Object &object, mlir::Type elementType, Range range);
  mlir::Value constant(double value, mlir::Type elementType, Range range);
  /// A list of numbers, or of equally long lists of them, as a tensor.
  mlir::Value listTensor(const Object &list, mlir::Type elementType, Range range, const std::string &what);
  mlir::Value size(const Dim &dim, mlir::Type elementType, Range range);
  mlir::Value broadcast(mlir::Value value, llvm::ArrayRef<Dim> shape, Range range);
  mlir::Value cast(mlir::Value value, mlir::Type elementType, Range range);
  mlir::Value matmul(mlir::Value left, mlir::Value right, Range range);
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<Dim> shape, Range range);
  void toCommonShape(std::vector<mlir::Value> &values, Range range);
  std::vector<mlir::Value> withCommonElement(const std::vector<Object> &operands, Range range);

  // Indexing.cpp
  Object index(const Object &base, const IndexExpr &expr, Scope &scope);
  mlir::Value slice(mlir::Value value, unsigned axis, const Dim &start, const Dim &extent, Range range);
  mlir::Value sliceOfEnd(mlir::Value value, unsigned axis, const Dim &start, const Dim &extent, Range range);
  mlir::Value randomKey(Range range);

  [[noreturn]] void fail(Range range, std::string message);
  Diagnostic &report(Range range, std::string message);
  mlir::Location location(Range range);
  std::string describe(const Object &object);
  /// Limits on the work and memory that a model can ask for at compile time.
  void countSteps(Range range, uint64_t count = 1);
  void countOperation(Range range);
  void checkSize(const Object &object, Range range);
  void checkType(mlir::RankedTensorType type, Range range);
  void checkRank(size_t rank, Range range);
  size_t callDepth() const { return frames.size(); }

  mlir::MLIRContext &context;
  SourceManager &sources;
  Diagnostics &diagnostics;
  const Modules &modules;
  mlir::OpBuilder builder;
  Emission *emission = nullptr;
  std::vector<OpenBody *> bodies; // of the ops that are being elaborated, outermost first
  std::vector<Variable> variables;
  bm::SymbolValues bindings;           // -D
  std::map<std::string, bool> symbols; // every symbol that was made; true: from -D
  const Module *module = nullptr;      // whose names are visible
  Range root;                          // where the network is named: the call that nobody wrote
  /// While a parameter's initialiser is evaluated: its type, for random numbers without a shape.
  mlir::RankedTensorType initialised;
  /// Where the calls of layers are recorded; null where nobody asks.
  LayerUses *layerUses = nullptr;
  /// Numbers in expressions of losses that `--set` changes.
  std::map<const Expr *, const NamedObject *> namedNumbers;
  /// What `float` stands for where nothing else says.
  mlir::Type floatType;
  /// What was called: functions and classes by their declaration, methods by their member.
  std::set<const void *> called;

  /// Code that nobody calls is elaborated with values made up for its parameters (CheckUncalled.h). What depends on
  /// these values is then no error.
  struct Trial {
    int64_t nextSize = 0; // of a dimension without a value; 0: it is symbolic
    bool shrinks = false; // sizes are halved, not doubled, from one to the next
    std::set<const Stmt *> succeeded;
  };
  Trial *trial = nullptr;

  class Frame;

private:
  friend class Frame;
  [[noreturn]] void exhausted(Range range, std::string message);
  mlir::Location place(Range range);
  Object evaluateNode(const Expr &expr, Scope &scope);
  Object list(const std::vector<ExprPtr> &elements, Range range, bool isTuple, Scope &scope);
  std::optional<Object> execute(const Stmt &stmt, Scope &scope);
  std::optional<Object> executeIf(const IfStmt &stmt, Scope &scope);
  std::optional<Object> executeFor(const ForStmt &stmt, Scope &scope);
  Object constantOf(const Modules::Found &found, Range range);
  void unifyDims(mlir::RankedTensorType found, const TypeExpr &type, Range range, const std::string &what,
                 Scope &scope);
  std::optional<std::string> mismatch(mlir::RankedTensorType found, const TypeExpr &type, Scope &scope);
  void assign(const Name &name, Object value, Range range, Scope &scope);
  void bindPattern(const Pattern &pattern, Object value, Range range, Scope &scope, bool isNew);
  std::vector<Object> sequence(const Expr &expr, Scope &scope);
  Object conditional(const ConditionalExpr &expr, Scope &scope);
  Object record(const RecordExpr &expr, Scope &scope);
  Object callExpression(const CallExpr &expr, Scope &scope);
  void instantiateMember(Instance &instance, const Member &member);
  void declareField(Instance &instance, const Member &member);
  bool areScalarsWithDouble(const std::vector<Object> &operands, Range range);
  mlir::Operation *create(const std::string &op, mlir::ValueRange operands, Range range);

  struct FrameInfo {
    Range range;
    mlir::LocationAttr location; // of the call
  };
  std::vector<FrameInfo> frames;
  std::map<const Declaration *, Object> constants;
  std::vector<const Declaration *> constantsBeingEvaluated;
  unsigned depth = 0;
  uint64_t steps = 0, operations = 0;
};

/// A call in progress: its place for notes and locations, and whose names are visible.
class Evaluator::Frame {
public:
  Frame(Evaluator &evaluator, Range callRange, const Module *module);
  ~Frame();

private:
  Evaluator &evaluator;
  const Module *outer;
};

/// Types of what is known at compile time: `dim`, `list`, ...
bool isValueType(const std::string &name);
/// `float`, `integer` and `number`: several element types.
bool isElementClass(const std::string &name);

/// A primitive that is not an elementwise op. `parameters` lists its names; a name in [] may be left out.
struct Builtin {
  const char *name;
  const char *parameters;
  const char *documentation; // what it gives; docs/language.md has it from here
  Object (*evaluate)(Evaluator &evaluator, Call &call, std::vector<const Bound *> &arguments);
};
const Builtin *findBuiltin(const std::string &name);
std::vector<std::string> builtinNames();
Object callBuiltin(Evaluator &evaluator, const Builtin &builtin, Call &call);
/// The arguments in the order of the builtin's parameters; null where none is given.
std::vector<const Bound *> matchBuiltin(Evaluator &evaluator, const Builtin &builtin, const Call &call);

} // namespace bmc::frontend
