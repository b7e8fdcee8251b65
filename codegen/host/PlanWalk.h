// The walk over an entry function with its memory plan: where each value is, kernel after kernel, in loops those of
// their bodies. What a place is, a word's name of it or an address in code, is for those who walk.
#ifndef BMC_CODEGEN_HOST_PLAN_WALK_H
#define BMC_CODEGEN_HOST_PLAN_WALK_H

#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace bmc::codegen {

template <typename Place> class PlanWalk {
public:
  virtual ~PlanWalk() = default;

protected:
  /// What the ops of a block call their arguments' and results' buffers.
  struct BlockPlaces {
    llvm::SmallVector<Place> arguments, results;
  };

  /// Walks a function whose arguments are at `around.arguments`, and its results at `around.results`.
  mlir::LogicalResult walk(mlir::func::FuncOp function, const BlockPlaces &around) {
    bindArguments(function.getBody(), around);
    return walkBlock(function.getBody().front(), around);
  }
  /// Walks a loop's body, in which its index is at `index`. A slice is a place in its sequence, and a step's output one
  /// in the stacked result, which `slice` tells for the type of the part: nothing is copied.
  template <typename SliceFn> BlockPlaces stepOf(bm::ScanOp scan, Place index, SliceFn slice);
  mlir::LogicalResult walkStep(bm::ScanOp scan, const BlockPlaces &step) {
    return walkBlock(scan.getBody().front(), step);
  }

  Place placeOf(mlir::Value value) const { return places.at(value); }
  void setPlace(mlir::Value value, Place place) { places[value] = place; }

  virtual Place arenaSlot(int64_t number) = 0;
  /// Sets the place of a constant that kernels read from memory.
  virtual mlir::LogicalResult lowerConstant(bm::ConstantOp constant) = 0;
  /// Calls a kernel; all of its tensors have places.
  virtual mlir::LogicalResult lowerCall(bm::KernelOp kernel) = 0;
  /// Makes a loop around `walkStep(scan, stepOf(scan, ...))`; its results have places.
  virtual mlir::LogicalResult lowerLoop(bm::ScanOp scan) = 0;

private:
  void bindArguments(mlir::Region &body, const BlockPlaces &around) {
    for (auto [argument, place] : llvm::zip_equal(body.getArguments(), around.arguments))
      places[argument] = place;
  }
  mlir::LogicalResult walkBlock(mlir::Block &block, const BlockPlaces &around);
  mlir::LogicalResult walkOp(mlir::Operation &op, const BlockPlaces &around);
  mlir::LogicalResult placeResults(mlir::Operation &op, std::optional<mlir::ArrayAttr> planned,
                                   const BlockPlaces &around);
  Place place(bm::BufferAttr buffer, const BlockPlaces &around);

  llvm::DenseMap<mlir::Value, Place> places;
};

template <typename Place>
mlir::LogicalResult PlanWalk<Place>::walkBlock(mlir::Block &block, const BlockPlaces &around) {
  for (mlir::Operation &op : block.without_terminator())
    if (failed(walkOp(op, around)))
      return mlir::failure();
  return mlir::success();
}

// A loop's carried values live where the first ones do.
template <typename Place> mlir::LogicalResult PlanWalk<Place>::walkOp(mlir::Operation &op, const BlockPlaces &around) {
  if (auto constant = mlir::dyn_cast<bm::ConstantOp>(op))
    return lowerConstant(constant);
  if (auto reshape = mlir::dyn_cast<bm::ReshapeOp>(op)) {
    setPlace(reshape.getY(), placeOf(reshape.getX()));
    return mlir::success();
  }
  if (auto scan = mlir::dyn_cast<bm::ScanOp>(op)) {
    if (failed(placeResults(op, scan.getBuffers(), around)))
      return mlir::failure();
    for (auto [init, final] : llvm::zip_equal(scan.getInits(), scan.getFinals()))
      setPlace(final, placeOf(init));
    return lowerLoop(scan);
  }
  auto kernel = mlir::dyn_cast<bm::KernelOp>(op);
  if (!kernel)
    return op.emitError() << "is not in a kernel";
  if (failed(placeResults(op, kernel.getBuffers(), around)))
    return mlir::failure();
  return lowerCall(kernel);
}

template <typename Place>
template <typename SliceFn>
typename PlanWalk<Place>::BlockPlaces PlanWalk<Place>::stepOf(bm::ScanOp scan, Place index, SliceFn slice) {
  BlockPlaces step;
  step.arguments.push_back(index);
  for (auto [sequence, argument] : llvm::zip_equal(scan.getSequences(), scan.getSlices()))
    step.arguments.push_back(slice(placeOf(sequence), argument.getType()));
  for (mlir::Value init : scan.getInits())
    step.arguments.push_back(placeOf(init));
  for (mlir::Value constant : scan.getConstants())
    step.arguments.push_back(placeOf(constant));
  bindArguments(scan.getBody(), step);
  step.results.resize(scan.getInits().size()); // carried values are no results of a step
  for (auto [stacked, output] : llvm::zip_equal(scan.getStacked(), scan.getStepOutputs()))
    step.results.push_back(slice(placeOf(stacked), output.getType()));
  return step;
}

template <typename Place>
mlir::LogicalResult PlanWalk<Place>::placeResults(mlir::Operation &op, std::optional<mlir::ArrayAttr> planned,
                                                  const BlockPlaces &around) {
  if (!planned || planned->size() != op.getNumResults())
    return op.emitError() << "has no buffers planned for its results";
  for (auto [value, buffer] : llvm::zip_equal(op.getResults(), *planned))
    setPlace(value, place(mlir::cast<bm::BufferAttr>(buffer), around));
  return mlir::success();
}

template <typename Place> Place PlanWalk<Place>::place(bm::BufferAttr buffer, const BlockPlaces &around) {
  switch (buffer.getKind()) {
  case bm::BufferKind::Argument:
    return around.arguments[size_t(buffer.getIndex())];
  case bm::BufferKind::Result:
    return around.results[size_t(buffer.getIndex())];
  case bm::BufferKind::Arena:
    return arenaSlot(buffer.getIndex());
  }
  llvm_unreachable("a kind of buffer that is not known");
}

} // namespace bmc::codegen

#endif
