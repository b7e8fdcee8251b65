// What a caller of a compiled model sees of it: its inputs, targets and outputs, as C has them. The headers of
// libraries and of models without a heap are written from it.
#ifndef BMC_CODEGEN_HOST_MODEL_SIGNATURE_H
#define BMC_CODEGEN_HOST_MODEL_SIGNATURE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringSet.h"

#include <optional>
#include <string>
#include <vector>

namespace bmc::codegen {

/// A name as C has it: other characters become `_`, and a digit does not come first.
std::string cIdentifier(llvm::StringRef name);

/// A text that ends no comment and no file name too early.
std::string commentText(llvm::StringRef text);

/// An input, a target or an output, as the functions' arguments have it.
struct Argument {
  std::string name;                // as the model has it
  std::string identifier;          // as C has it
  std::string type;                // `float`
  std::string shape;               // `f32[rows, 3]`
  std::optional<int64_t> elements; // of a row
  bool isOutside = false;          // of the data: only predict takes it
};

/// A method of a network that can be called beside `predict`.
struct Entry {
  std::string name;
  std::string identifier; // behind the model's own prefix
  std::vector<Argument> inputs, outputs;
};

struct ModelSignature {
  /// Reads `bm.program` and the functions of a module.
  static mlir::FailureOr<ModelSignature> of(mlir::ModuleOp module);

  bool has(llvm::StringRef function) const {
    return mlir::ModuleOp(module).lookupSymbol<mlir::func::FuncOp>(function) != nullptr;
  }
  bool trains() const { return has("train") || !names("steps").empty(); }
  /// The names of a list of `bm.program`.
  llvm::SmallVector<std::string> names(llvm::StringRef list) const;
  /// The elements of all metrics.
  int64_t metricElements() const;
  /// The inputs that a training step takes: some are outside of the data.
  std::vector<Argument> inputsOfData() const;

  mlir::ModuleOp module;
  mlir::DictionaryAttr description;
  std::string source; // the model file's name
  std::vector<Argument> inputs, targets, outputs;
  std::vector<Entry> entries;
};

} // namespace bmc::codegen

#endif
