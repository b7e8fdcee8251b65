// Chooses how each kernel runs on a device: which loops become blocks and threads, from the kernel's shapes. The
// attribute's meaning is in BmBase.td; codegen/halide/gpu obeys it to the letter.
#include "dialects/DeviceGrid.h"
#include "passes/DeviceGrain.h"
#include "passes/MachineModel.h"
#include "passes/Schedule.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

namespace {
// Threads of a block where they share a row.
constexpr int64_t rowThreads = 128;
// Elements of an aligned vector.
constexpr int64_t vectorElements = 4;

// The parameters of a device's schedule, to be filled in.
struct DeviceChoice {
  StringRef kind = "gpu_elements";
  int64_t threads = elementThreads, vector = 1, unroll = 1, partial = 1;
  SmallVector<int64_t> tile = {};
};

// What the rules ask of a kernel.
struct DeviceShape {
  explicit DeviceShape(KernelOp kernel)
      : result(shapeOf(kernel.getOutputs()[0].getType())), grain(kernel),
        isInLoop(kernel->getParentOfType<ScanOp>() != nullptr) {
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      auto fusible = cast<FusibleOpInterface>(op);
      flopsPerElement += fusible.getFlopsPerElement();
      AccessPattern pattern = fusible.getAccessPattern();
      if (pattern == AccessPattern::Reduction || pattern == AccessPattern::Contraction ||
          pattern == AccessPattern::Scatter || pattern == AccessPattern::Packing)
        anchors.push_back(&op);
    }
    auto yielded = kernel.getBody().front().getTerminator()->getOperands();
    isAlone = anchors.size() == 1 && yielded.size() == 1 && yielded[0].getDefiningOp() == anchors[0];
    hasValuesOfRows = shapeOf(yielded.back().getType()).size() < result.size();
  }

  Shape result;
  DeviceGrain grain;
  bool isInLoop; // its inputs may be slices, which begin anywhere
  int64_t flopsPerElement = 0;
  bool isAlone; // its one result is what its one anchor computes
  bool hasValuesOfRows;
  SmallVector<Operation *> anchors;
};

// The axes of a reduction's operand, those that it keeps first.
struct ReductionShape {
  explicit ReductionShape(Operation *op) {
    Shape shape = shapeOf(op->getOperand(0).getType());
    SmallVector<int64_t> axes = cast<FusibleOpInterface>(op).getReducedAxes();
    for (int64_t axis = 0; axis < int64_t(shape.size()); ++axis)
      (llvm::is_contained(axes, axis) ? reduced : kept).push_back(shape[axis]);
    isTrailing = llvm::all_of(axes, [&](int64_t axis) { return axis >= int64_t(kept.size()); });
    keepsInnermost = !shape.empty() && !llvm::is_contained(axes, int64_t(shape.size()) - 1);
  }

  Shape kept, reduced;
  bool isTrailing, keepsInnermost;
};
} // namespace

// Additions of a thread whose operands it loads at the same time. The last ones may be behind the end, so no more than
// there are.
static int64_t unrollOf(int64_t length, int64_t partial) {
  constexpr int64_t mostLoads = 8;
  return std::min(mostLoads, int64_t(llvm::bit_floor(uint64_t(llvm::divideCeil(length, partial)))));
}

static bool isPrefix(ArrayRef<SymbolicDim> prefix, ArrayRef<SymbolicDim> shape) {
  return prefix.size() <= shape.size() && shape.take_front(prefix.size()) == prefix;
}

// All reductions of a kernel are over the same axes; where they are not, each thread is on its own.
static DeviceChoice chooseReduction(const DeviceShape &shape) {
  ReductionShape first(shape.anchors[0]);
  bool areAlike = llvm::all_of(shape.anchors, [&](Operation *op) {
    if (cast<FusibleOpInterface>(op).getAccessPattern() != AccessPattern::Reduction)
      return false;
    ReductionShape other(op);
    return other.kept == first.kept && other.reduced == first.reduced && other.isTrailing == first.isTrailing;
  });
  int64_t length = shape.grain.elements(first.reduced);
  if (!areAlike || (length < sharedLength && !shape.hasValuesOfRows))
    return {};
  if (first.isTrailing && isPrefix(first.kept, shape.result)) {
    int64_t threads = std::min<int64_t>(rowThreads, llvm::bit_floor(uint64_t(length)));
    return {.kind = "gpu_rows", .threads = threads, .unroll = unrollOf(length, threads), .partial = threads};
  }
  if (first.keepsInnermost && first.kept == shape.result && canLead(ArrayRef(first.kept).drop_back())) {
    int64_t partial = columnThreads / shape.grain.columnsOfBlock(first.kept, length);
    return {.kind = "gpu_columns", .threads = columnThreads, .unroll = unrollOf(length, partial), .partial = partial};
  }
  return {};
}

static DeviceChoice chooseProduct(const DeviceShape &shape) {
  auto type = cast<RankedTensorType>(shape.anchors[0]->getResult(0).getType());
  if (!type.getElementType().isF32() || !shape.grain.isTiled(shape.result) ||
      !canLead(ArrayRef(shape.result).drop_back(2)))
    return {};
  DeviceChoice choice{.kind = "gpu_matmul", .threads = productThreads};
  choice.vector = shape.isInLoop ? 1 : vectorElements;
  const ProductTile &tile = shape.grain.tileOf(shape.result);
  choice.tile = {tile.rows, tile.columns, tile.inner};
  return choice;
}

// Where the table has more places than there are updates a place does not look for its updates, but an update for those
// of its place: if nothing else is in the kernel.
static DeviceChoice chooseScatter(const DeviceShape &shape) {
  auto scatter = dyn_cast<ScatterAddOp>(shape.anchors[0]);
  if (!scatter || !shape.isAlone || shapeOf(scatter.getIndices().getType()).empty())
    return {};
  int64_t places = shape.grain.extent(shape.result[scatter.getAxis()]),
          updates = shape.grain.elements(shapeOf(scatter.getIndices().getType()));
  if (places <= updates)
    return {};
  int64_t slice = shape.grain.elements(shape.result) / std::max<int64_t>(places, 1);
  constexpr int64_t leastThreads = 32;
  int64_t threads = std::clamp<int64_t>(llvm::bit_ceil(uint64_t(slice)), leastThreads, elementThreads);
  return {.kind = "gpu_scatter", .threads = threads};
}

// Where memory is what takes the time, and there are enough of them for every thread that a device can have, elements
// are read and written as vectors.
static DeviceChoice chooseElements(const DeviceShape &shape) {
  constexpr int64_t mostFlops = 16;
  bool areWhole = !shape.result.empty() && shape.result.back().isConstant() &&
                  *shape.result.back().constant() % vectorElements == 0;
  bool areMany = shape.grain.elements(shape.result) >= vectorElements * elementThreads * manyBlocks;
  DeviceChoice choice;
  if (areWhole && areMany && !shape.isInLoop && shape.flopsPerElement <= mostFlops)
    choice.vector = vectorElements;
  return choice;
}

static DeviceChoice choose(const DeviceShape &shape) {
  if (shape.anchors.empty())
    return chooseElements(shape);
  AccessPattern pattern = cast<FusibleOpInterface>(shape.anchors[0]).getAccessPattern();
  if (pattern == AccessPattern::Reduction)
    return chooseReduction(shape);
  if (pattern == AccessPattern::Scatter)
    return chooseScatter(shape);
  bool isProduct =
      isa<MatmulOp, SlicedMatmulOp>(shape.anchors[0]) && shape.anchors.size() == 1 && shape.result.size() >= 2;
  return isProduct ? chooseProduct(shape) : DeviceChoice();
}

ScheduleAttr chooseDeviceSchedule(KernelOp kernel, bool plain) {
  DeviceShape shape(kernel);
  DeviceChoice choice = plain && !shape.hasValuesOfRows ? DeviceChoice() : choose(shape);
  return ScheduleAttr::get(
      kernel.getContext(), choice.kind, choice.vector, choice.unroll, choice.tile, /*fewRowsTile=*/{}, choice.partial,
      /*parallel=*/0, /*parallelColumns=*/0, /*parallelFrom=*/0, "columns", /*flat=*/false, choice.threads);
}

} // namespace bmc
