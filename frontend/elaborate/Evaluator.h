// Walks the syntax tree like an interpreter. What is known at compile time is computed; what is a tensor becomes ops of
// the bm dialect in the function that is being emitted. Calls are inlined: an op's location is its place in the called
// function inside a call site, so that a later diagnostic shows both.
//
// An error throws `Stop` after it was reported; whoever asked for a whole function catches it.
#pragma once

#include "Module.h"

#include "dialects/Dialect.h"
#include "mlir/IR/Builders.h"

namespace bmc::frontend {

struct Stop {};

class LayerUses;

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

class Evaluator {
public:
  Evaluator(mlir::MLIRContext &context, SourceManager &sources, Diagnostics &diagnostics, const Modules &modules,
            bm::SymbolValues bindings);

  // Expressions.cpp
  Object evaluate(const Expr &expr, Scope &scope);
  Object lookup(const std::string &name, Range range, const Scope &scope);
  int64_t integer(const Object &object, Range range, const std::string &what);
  bool condition(const Object &object, Range range);

  // Members.cpp
  Object member(const Object &base, const Name &name, Range range);

  // Statements.cpp
  std::optional<Object> execute(const Block &block, Scope &scope);

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

  // Types.cpp
  /// Checks a value against a declared type, binds the names of its dimensions, and converts numbers to tensors.
  Object unify(const Object &object, Range range, const TypeExpr &type, const std::string &what, Scope &scope);
  /// The type's tensor type; unknown names become symbols if `newSymbols`.
  mlir::RankedTensorType tensorType(const TypeExpr &type, Scope &scope, bool newSymbols);
  /// Whether a tensor type fits, without a report. Binds names on success only.
  bool fits(mlir::RankedTensorType found, const TypeExpr &type, Scope &scope);
  Dim dimension(const Object &object, Range range, const std::string &what);
  std::vector<Dim> shapeArgument(const Object &object, Range range);
  mlir::Type elementTypeNamed(const std::string &name, const Scope &scope) const;

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
  mlir::Value randomKey(Range range);

  [[noreturn]] void fail(Range range, std::string message);
  Diagnostic &report(Range range, std::string message);
  mlir::Location location(Range range);
  std::string describe(const Object &object);
  void countStep(Range range);

  mlir::MLIRContext &context;
  SourceManager &sources;
  Diagnostics &diagnostics;
  const Modules &modules;
  mlir::OpBuilder builder;
  Emission *emission = nullptr;
  std::vector<Variable> variables;
  bm::SymbolValues bindings;           // -D
  std::map<std::string, bool> symbols; // every symbol that was made; true: from -D
  const Module *module = nullptr;      // whose names are visible
  Range root;                          // where the network is named: the call that nobody wrote
  /// While a parameter's initialiser is evaluated: its type, for random numbers without a shape.
  mlir::RankedTensorType initialised;
  /// Where the calls of layers are recorded; null where nobody asks.
  LayerUses *layerUses = nullptr;
  /// What `float` stands for where nothing else says.
  mlir::Type floatType;

  class Frame;

private:
  friend class Frame;
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
  uint64_t steps = 0;
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

/// A primitive that is not an elementwise op. `parameters` lists its names; a name in [] may be left out.
struct Builtin {
  const char *name;
  const char *parameters;
  Object (*evaluate)(Evaluator &evaluator, Call &call, std::vector<const Bound *> &arguments);
};
const Builtin *findBuiltin(const std::string &name);
std::vector<std::string> builtinNames();
Object callBuiltin(Evaluator &evaluator, const Builtin &builtin, Call &call);

} // namespace bmc::frontend
