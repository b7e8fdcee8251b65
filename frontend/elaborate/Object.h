// What an expression can be while the program is elaborated: numbers, dimensions, lists and layers exist only at
// compile time; a tensor is an MLIR value of the function that is being emitted.
#pragma once

#include "dialects/SymbolicDim.h"
#include "frontend/syntax/Ast.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <concepts>
#include <map>
#include <variant>

namespace bmc::frontend {

struct Module;
struct Instance;
struct Builtin;
struct Object;

using Dim = bm::SymbolicDim;

/// Nothing: a sub-layer or parameter whose condition does not hold.
struct Absent {};

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
};

/// `{g = Generator(64), d = Critic()}`; the fields keep their order.
struct RecordObject {
  std::shared_ptr<std::vector<std::pair<std::string, Object>>> fields;

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

struct Object {
  using Variant = std::variant<Absent, Dim, double, bool, std::string, Tensor, VariableRef, ListObject, RecordObject,
                               RangeObject, DeclaredObject, const Builtin *, std::shared_ptr<Instance>, mlir::Type>;
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
  std::map<std::string, NamedObject> names;
};

/// A layer, network, optimizer or schedule with its arguments and sub-layers.
struct Instance {
  const Declaration *decl = nullptr;
  const Module *module = nullptr;
  Range range;      // where it was created
  std::string path; // `blocks.0.attn`; set when it gets its place in the network
  bool placed = false;
  Scope scope; // arguments, parameters, sub-layers
  struct Item {
    std::string name;
    bool isVariable;
  };
  std::vector<Item> items;            // what is placed, in order
  std::vector<const Member *> fields; // parameters and buffers that exist
};

} // namespace bmc::frontend
