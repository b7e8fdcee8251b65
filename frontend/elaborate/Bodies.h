// The bodies of ops with a region, while they are elaborated. A body belongs to no op yet, so values from outside are
// used in it as they are; when it is complete, it tells what it reads from outside, and its ops move into the op's
// block with block arguments in the place of such values.
#pragma once

#include "Evaluator.h"

#include "mlir/IR/Region.h"
#include "llvm/ADT/SetVector.h"

namespace bmc::frontend {

class OpenBody {
public:
  /// The evaluator emits into the body from now on.
  explicit OpenBody(Evaluator &evaluator);
  /// Leaves it, if that was not done; what was emitted goes, and buffers have the values that they had before.
  ~OpenBody();
  OpenBody(const OpenBody &) = delete;

  mlir::Block &block() { return region.front(); }
  bool isOutside(mlir::Value value) { return value.getParentBlock() != &block(); }
  /// The evaluator emits behind what it emitted before the body, and buffers have their values from there.
  void leave();
  /// The values of buffers that the body changed, by variable.
  std::map<unsigned, mlir::Value> changedVariables() const;
  /// What the body's ops and its results read from outside, each once.
  llvm::SetVector<mlir::Value> captured(mlir::ValueRange results);
  /// Moves the ops to the end of a block. Values from outside that are read in it are replaced by its arguments.
  void moveTo(mlir::Block &target, mlir::ValueRange outside, mlir::ValueRange arguments);

  /// In a scan: the value of its variable, and the steps that it runs over.
  struct Steps {
    mlir::Value position;
    Dim low, length;
  };
  std::optional<Steps> steps;

private:
  Evaluator &evaluator;
  mlir::Region region;
  mlir::OpBuilder::InsertPoint outer;
  Emission outerEmission;
  bool isOpen = true;
};

/// The block that a gradient belongs into: that of its scalar, if that is outside of the body that is being elaborated
/// and so are the values; else null.
mlir::Block *outerBlock(Evaluator &evaluator, mlir::Value scalar, mlir::ValueRange values);
/// Whether a scalar of this body depends on one of the values through another one from outside, which is only a given
/// value in the body.
bool reachesBehindBody(Evaluator &evaluator, mlir::Value scalar, mlir::ValueRange values);

/// The object with each tensor or number in it, in lists and records too, replaced. `replace` gives what it becomes.
Object mapLeaves(const Object &object, llvm::function_ref<Object(const Object &)> replace);

} // namespace bmc::frontend
