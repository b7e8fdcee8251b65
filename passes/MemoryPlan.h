// What the steps of memory planning share: which values live in the same memory, and the plan as it grows.
#ifndef BMC_PASSES_MEMORY_PLAN_H
#define BMC_PASSES_MEMORY_PLAN_H

#include "dialects/Ops.h"
#include "llvm/ADT/MapVector.h"

#include <vector>

namespace bmc {

/// The value that a value is a view of: the same elements under another shape.
mlir::Value contentOf(mlir::Value value);
/// The value that stands for the memory a value lives in: views share it, and a loop carries its values in the memory
/// of the first ones.
mlir::Value storageOf(mlir::Value value);
/// The inputs of a kernel that live in the storage of a value.
llvm::SmallVector<int64_t> inputsIn(bm::KernelOp kernel, mlir::Value storage);

/// Whether a kernel may store a result over an input: each read of the input is at the position that is written.
bool canWriteOver(bm::KernelOp kernel, int64_t input, int64_t result);
/// Whether a kernel adds up its result at computed places.
bool isScatter(bm::KernelOp kernel);

struct MemoryPlan {
  llvm::MapVector<mlir::Value, bm::BufferAttr> buffers; ///< by storage
  llvm::DenseMap<mlir::Operation *, std::vector<int64_t>> inPlace;

  /// The in-place entries of a kernel, at first -1.
  std::vector<int64_t> &inPlaceOf(bm::KernelOp kernel);
};

} // namespace bmc

#endif
