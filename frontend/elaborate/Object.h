// What an expression can be while the program is elaborated: numbers, dimensions, lists and layers exist only at
// compile time; a tensor is an MLIR value of the function that is being emitted.
#pragma once

#include "dialects/SymbolicDim.h"
#include "frontend/syntax/Ast.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <concepts>
#include <map>
#include <memory>
#include <variant>

namespace bmc::frontend {

struct Module;
struct Instance;
struct Builtin;
struct Object;

using Dim = bm::SymbolicDim;

/// Nothing: a sub-layer or parameter whose condition does not hold.
struct Absent {};

/// What an erroneous expression would have given. The error was reported; whatever needs the value stops silently.
struct Failed {};

struct Tensor {
  mlir::Value value;
  bool isHyper = false; // a number of the optimizer that `--set` can change
};

/// A parameter or buffer of the program; its value depends on the function that is being emitted.
struct VariableRef {
  unsigned index;
};

struct ListObject {
  std::shared_ptr<std::vector<Object>> elements;
  bool isTuple = false;
  unsigned depth = 1; // of lists, records and layers in it
  uint64_t size = 0;  // of all lists and records in it together, shared ones as often as they occur
};

/// `{g = Generator(64), d = Critic()}`; the fields keep their order.
struct RecordObject {
  std::shared_ptr<std::vector<std::pair<std::string, Object>>> fields;
  unsigned depth = 1;
  uint64_t size = 0;

  const Object *find(const std::string &name) const;
};

struct RangeObject {
  Dim low;
  std::optional<Dim> high;
};

/// A declaration, with the file that its free names are looked up in. `bound` are arguments that were given ahead:
/// `loss = cross_entropy(ignore = 0)`.
struct DeclaredObject {
  const Declaration *decl;
  const Module *module;
};

/// `net.encode`, and `encode` in another method of the same layer.
struct MethodObject {
  std::shared_ptr<Instance> instance;
  std::string name;
};

struct Object {
  using Variant = std::variant<Absent, Failed, Dim, double, bool, std::string, Tensor, VariableRef, ListObject,
                               RecordObject, MethodObject, RangeObject, DeclaredObject, const Builtin *,
                               std::shared_ptr<Instance>, mlir::Type>;
  Variant value;
  std::string opName; // a name that resolves to an elementwise op of the dialect

  Object() = default;
  template <typename T>
  requires std::constructible_from<Variant, T> Object(T value) : value(std::move(value)) {}
  Object(mlir::Value value) : value(Tensor{value}) {}

  template <typename T> const T *get() const { return std::get_if<T>(&value); }
  template <typename T> bool is() const { return std::holds_alternative<T>(value); }
};

/// Where a name got its value, for notes.
struct NamedObject {
  Object object;
  std::optional<Range> origin;
};

/// Names, innermost first.
struct Scope {
  const Scope *parent = nullptr;
  Instance *owner = nullptr; // the layer whose arguments and members these are
  const ScanExpr *scan = nullptr; // whose variable and carried names these are
  std::map<std::string, NamedObject> names;
};

/// A layer, network, optimizer or schedule with its arguments and sub-layers.
struct Instance : std::enable_shared_from_this<Instance> {
  const Declaration *decl = nullptr;
  const Module *module = nullptr;
  Range range;      // where it was created
  std::string path; // `blocks.0.attn`; set when it gets its place in the network
  bool placed = false;
  unsigned depth = 1; // of the layers in it
  Scope scope;        // arguments, parameters, sub-layers
  struct Item {
    std::string name;
    bool isVariable;
  };
  std::vector<Item> items;            // what is placed, in order
  std::vector<const Member *> fields; // parameters and buffers that exist
};

Object makeList(std::vector<Object> elements, bool isTuple = false);

/// How deep lists, records and layers are nested in a value, and how many elements its lists have. Walks over values
/// recurse, and meet what is shared again and again.
unsigned depthOf(const Object &object);
uint64_t sizeOf(const Object &object);

} // namespace bmc::frontend
