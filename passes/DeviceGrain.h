// How much of a kernel is a block of a device's threads: what schedules choose, and what decides whether a sum is cut.
#ifndef BMC_PASSES_DEVICE_GRAIN_H
#define BMC_PASSES_DEVICE_GRAIN_H

#include "dialects/Dialect.h"

namespace bmc {

/// Threads of a block where each has an element of its own.
constexpr int64_t elementThreads = 128;
/// A tile of a product, and how many of them a result has to have for this one to be chosen. Larger ones read less
/// memory for each multiplication; more of them keep more of the device busy.
struct ProductTile {
  int64_t rows, columns, inner, least;

  /// The shared memory of a block: two of each operand's parts, whose lines are a vector longer than they need to be.
  constexpr int64_t sharedBytes() const { return 2 * (rows + 4 + columns + 4) * inner * 4; }
};
/// The first one that fits is taken. Seen on an H200: 128 x 128 are the fastest from two a multiprocessor on.
constexpr ProductTile productTiles[] = {{128, 128, 16, 256}, {128, 128, 8, 256}, {128, 64, 16, 96}, {64, 64, 16, 0}};
/// The threads that share one.
constexpr int64_t productThreads = 256;
/// Rows and columns that a tile is worth having for: though most of it may be beside the result, its operands are read
/// together and on time.
constexpr int64_t leastOfTiled = 8;
/// A block adds up rows or columns of this length together; below, a thread is done sooner than it has waited.
constexpr int64_t sharedLength = 32;
/// Threads of a block that adds up columns, and how many columns are one's where their blocks keep a device busy, and
/// where they would not.
constexpr int64_t columnThreads = 256, manyColumns = 32, fewColumns = 8;
/// Blocks that keep a device busy: today's have about as many multiprocessors.
constexpr int64_t manyBlocks = 128;

/// How many elements a shape has whose symbols are all `open`.
int64_t elementsWith(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t open);

/// The measures of a device for the kernels of a program.
class DeviceGrain {
public:
  /// Of the device that the op's module is for. Open extents count as the program's batch.
  explicit DeviceGrain(mlir::Operation *op);

  int64_t extent(const bm::SymbolicDim &dim) const;
  int64_t elements(llvm::ArrayRef<bm::SymbolicDim> shape) const;

  /// Whether a product of this shape is computed in tiles, and in which.
  bool isTiled(llvm::ArrayRef<bm::SymbolicDim> shape) const;
  const ProductTile &tileOf(llvm::ArrayRef<bm::SymbolicDim> shape) const;
  /// The blocks that compute it.
  int64_t blocksOf(llvm::ArrayRef<bm::SymbolicDim> shape) const;

  /// The columns of a block that computes sums of this shape, each of so many elements.
  int64_t columnsOfBlock(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t length) const;
  /// The blocks that compute sums of this shape by columns.
  int64_t blocksOfColumns(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t length) const;

private:
  int64_t tilesIn(llvm::ArrayRef<bm::SymbolicDim> shape, const ProductTile &tile) const;
  int64_t blocksWith(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t columns) const;

  int64_t open, sharedBytes;
};

} // namespace bmc

#endif
