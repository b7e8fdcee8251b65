// See the header.
#include "passes/DeviceGrain.h"
#include "passes/MachineModel.h"
#include "passes/Schedule.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

// What a block may have of shared memory on every device: of OpenCL the least that its specification allows for
// CL_DEVICE_LOCAL_MEM_SIZE, of NVIDIA's GPUs what a kernel has without asking for more.
static int64_t sharedBytesOf(StringRef device) {
  constexpr int64_t kilobyte = 1024;
  return (device.starts_with("cuda") ? 48 : 32) * kilobyte;
}

static StringRef deviceOf(Operation *op) {
  auto module = op->getParentOfType<ModuleOp>();
  auto target = module ? module->getAttrOfType<TargetAttr>("bm.target") : TargetAttr();
  return target ? target.getDevice() : "";
}

int64_t elementsWith(ArrayRef<SymbolicDim> shape, int64_t open) {
  int64_t count = 1;
  for (const SymbolicDim &dim : shape)
    count *= extentWhere(dim, open);
  return count;
}

DeviceGrain::DeviceGrain(Operation *op) : open(openExtent(op)), sharedBytes(sharedBytesOf(deviceOf(op))) {}

int64_t DeviceGrain::extent(const SymbolicDim &dim) const { return extentWhere(dim, open); }

int64_t DeviceGrain::elements(ArrayRef<SymbolicDim> shape) const { return elementsWith(shape, open); }

bool DeviceGrain::isTiled(ArrayRef<SymbolicDim> shape) const {
  return std::min(extent(shape[shape.size() - 2]), extent(shape.back())) >= leastOfTiled;
}

int64_t DeviceGrain::tilesIn(ArrayRef<SymbolicDim> shape, const ProductTile &tile) const {
  return elements(shape.drop_back(2)) * llvm::divideCeil(extent(shape[shape.size() - 2]), tile.rows) *
         llvm::divideCeil(extent(shape.back()), tile.columns);
}

const ProductTile &DeviceGrain::tileOf(ArrayRef<SymbolicDim> shape) const {
  int64_t rows = extent(shape[shape.size() - 2]), columns = extent(shape.back());
  return *llvm::find_if(productTiles, [&](const ProductTile &tile) {
    bool isFull = rows >= tile.rows && columns >= tile.columns && tilesIn(shape, tile) >= tile.least;
    return tile.least == 0 || (tile.sharedBytes() <= sharedBytes && isFull);
  });
}

int64_t DeviceGrain::blocksOf(ArrayRef<SymbolicDim> shape) const {
  return isTiled(shape) ? tilesIn(shape, tileOf(shape)) : llvm::divideCeil(elements(shape), elementThreads);
}

int64_t DeviceGrain::blocksWith(ArrayRef<SymbolicDim> shape, int64_t columns) const {
  return elements(shape.drop_back()) * llvm::divideCeil(extent(shape.back()), columns);
}

int64_t DeviceGrain::columnsOfBlock(ArrayRef<SymbolicDim> shape, int64_t length) const {
  // Beside each other on a multiprocessor, and additions that each thread should have.
  constexpr int64_t residentBlocks = 4, leastAdditions = 4;
  bool isShort = length < leastAdditions * (columnThreads / fewColumns);
  return isShort || blocksWith(shape, manyColumns) >= residentBlocks * manyBlocks ? manyColumns : fewColumns;
}

int64_t DeviceGrain::blocksOfColumns(ArrayRef<SymbolicDim> shape, int64_t length) const {
  return blocksWith(shape, columnsOfBlock(shape, length));
}

} // namespace bmc
