// Weights that functions find in panels: packed ahead of time, by a function of the module that runs when they have
// changed.
#ifndef BMC_PASSES_PACKED_WEIGHTS_H
#define BMC_PASSES_PACKED_WEIGHTS_H

#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace bmc {

/// A matrix, whether it is read transposed, and the block: what `bm.pack` takes.
using Panels = std::tuple<mlir::Value, int64_t, int64_t>;

/// What the functions of a module want packed, and the function that packs it.
class PackedWeights {
public:
  explicit PackedWeights(mlir::ModuleOp module);

  /// Whether a value of a function follows from parameters and buffers that the function only reads.
  bool isOfWeights(mlir::Value value);
  /// Asks for panels of such a value, for what is at a place in the model file.
  void want(Panels panels, mlir::Location place) { wanted.insert({panels, {place, 0}}); }
  /// Makes `@prepare`, which packs all that is wanted, unless that takes more than so many bytes: then nothing is.
  void prepare(int64_t mostBytes);
  /// An argument of the function that the panels were wanted in; null where they are not prepared.
  mlir::Value find(Panels panels);
  /// Drops what functions no longer read because they find it packed.
  void dropUnread();

private:
  struct Wanted {
    mlir::Location place;
    size_t index; // of their variable in `packed`
  };

  bool changesWeights(mlir::func::FuncOp function) const;
  bm::VariableOp variableOf(mlir::BlockArgument argument) const;
  mlir::Value cloned(mlir::OpBuilder &builder, mlir::Value value);
  llvm::SmallVector<mlir::Value> packAll(mlir::OpBuilder &builder);
  mlir::func::FuncOp makeFunction();
  void giveResults(mlir::func::FuncOp function, llvm::ArrayRef<mlir::Value> values);
  bm::VariableOp addVariable(mlir::OpBuilder &builder, mlir::Value packed);

  mlir::ModuleOp module;
  llvm::StringMap<bm::VariableOp> variables;
  llvm::DenseMap<mlir::Value, bool> isWeights;
  llvm::MapVector<Panels, Wanted> wanted;
  llvm::SmallVector<bm::VariableOp> packed;   // what `@prepare` gives
  mlir::IRMapping clones;                     // of the functions' values in `@prepare`
  llvm::SetVector<mlir::Operation *> readers; // functions that take some of it
};

} // namespace bmc

#endif
