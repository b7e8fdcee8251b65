// How much of a kernel is a block of a device's threads: what schedules choose, and what decides whether a sum is cut.
#ifndef BMC_PASSES_DEVICE_GRAIN_H
#define BMC_PASSES_DEVICE_GRAIN_H

#include "dialects/Dialect.h"

namespace bmc {

/// Threads of a block where each has an element of its own.
constexpr int64_t elementThreads = 128;
/// Tiles of a product, rows, columns and inner axis, and the threads that share one. A result needs as many large tiles
/// to be worth them, and none that is mostly beside it.
constexpr int64_t largeTile[] = {128, 128, 8}, smallTile[] = {64, 64, 16}, productThreads = 256, leastLargeTiles = 16;
/// Rows and columns that a tile is worth having for.
constexpr int64_t leastOfTiled = 32;
/// Blocks that keep a device busy: today's have about as many multiprocessors.
constexpr int64_t manyBlocks = 128;

/// How many elements a shape has whose symbols are all `open`.
int64_t elementsWith(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t open);

/// Whether a product of this shape is computed in tiles, open extents being `open`.
bool isTiled(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t open);
/// Whether its tiles are the large ones.
bool hasLargeTiles(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t open);
/// The blocks that compute it.
int64_t blocksOf(llvm::ArrayRef<bm::SymbolicDim> shape, int64_t open);

} // namespace bmc

#endif
