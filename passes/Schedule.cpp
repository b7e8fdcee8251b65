// Chooses how each kernel runs, from its shapes and the machine model: a few readable rules, those of products in
// ScheduleProducts.cpp. A schedule that is written in the text already is kept, so that a person or a search can choose
// better. The attribute's meaning is in BmBase.td; codegen obeys it to the letter.
#include "passes/Schedule.h"
#include "passes/Passes.h"
#include "passes/ScheduleRules.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_SCHEDULE
#include "passes/Passes.h.inc"

TargetAttr targetFor(ModuleOp module, StringRef purpose) {
  auto target = module->getAttrOfType<TargetAttr>("bm.target");
  if (!target)
    module.emitError() << "needs a bm.target to " << purpose << " for";
  return target;
}

std::optional<int64_t> batchOf(Operation *op) {
  auto function = op->getParentOfType<func::FuncOp>();
  bool isTraining = function && (function.getName() == "train" || function.getName().starts_with("step."));
  auto module = op->getParentOfType<ModuleOp>();
  auto program = module ? module->getAttrOfType<DictionaryAttr>("bm.program") : DictionaryAttr();
  auto batch = program ? program.getAs<IntegerAttr>("batch") : IntegerAttr();
  return isTraining && batch && batch.getInt() > 0 ? std::optional(batch.getInt()) : std::nullopt;
}

std::optional<int64_t> expectedExtent(const SymbolicDim &dim, std::optional<int64_t> rows) {
  if (dim.isConstant())
    return dim.constant();
  return rows && dim.symbols().size() == 1 ? std::optional(extentWhere(dim, *rows)) : std::nullopt;
}

namespace {
struct Schedule : impl::ScheduleBase<Schedule> {
  using ScheduleBase::ScheduleBase;

  void runOnOperation() override {
    TargetAttr target = targetFor(getOperation(), "choose schedules");
    if (!target)
      return signalPassFailure();
    getOperation().walk([&](KernelOp kernel) {
      if (!kernel.getScheduleAttr())
        kernel.setScheduleAttr(!target.getDevice().empty() ? chooseDeviceSchedule(kernel, plain)
                               : plain                     ? plainSchedule(&getContext())
                                                           : chooseSchedule(kernel, target));
    });
  }
};

// Tasks of one loop over all elements are multiples of this: whole pages of f32, and no edge within a vector.
constexpr int64_t flatTaskStep = 1024;

// A row that is put together of parts is unrolled whole up to this many vectors.
constexpr int64_t maxUnrolledVectors = 32;

// The axis whose indices tasks are made of: the outermost one that has several.
size_t taskAxis(ArrayRef<SymbolicDim> shape) {
  for (auto [axis, dim] : llvm::enumerate(shape))
    if (dim != 1)
      return axis;
  return 0;
}

// Whether rows are put together of shorter ones, by `pad` or `concatenate`.
bool hasRowsOfParts(KernelOp kernel) {
  return llvm::any_of(kernel.getBody().front().without_terminator(), [](Operation &op) {
    Shape row = shapeOf(op.getResult(0).getType());
    return cast<FusibleOpInterface>(op).getAccessPattern() == AccessPattern::IndexMap &&
           llvm::any_of(op.getOperandTypes(), [&](Type type) {
             Shape part = shapeOf(type);
             bool isKnown = !part.empty() && part.size() == row.size() && part.back().isConstant();
             return isKnown && part.back() != 1 && row.back().constant().value_or(0) > *part.back().constant();
           });
  });
}

// Scalars are in every lane; conditions follow what they were compared from.
int64_t laneBytes(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getRank() == 0 ? 1 : elementBytes(tensor.getElementType());
}

// Whether one loop over all elements can do it: all values have one shape or are scalars, and no op asks where it is.
bool isFlat(KernelOp kernel, const Shape &result) {
  auto fits = [&](Type type) { return cast<RankedTensorType>(type).getRank() == 0 || shapeOf(type) == result; };
  auto isScalar = [](Type type) { return cast<RankedTensorType>(type).getRank() == 0; };
  return llvm::all_of(kernel.getInputs().getTypes(), fits) &&
         llvm::all_of(kernel.getBody().front().without_terminator(), [&](Operation &op) {
           bool isPointwise = cast<FusibleOpInterface>(op).getAccessPattern() == AccessPattern::Pointwise;
           bool isSplat = op.hasTrait<OpTrait::ConstantLike>() || llvm::all_of(op.getResultTypes(), isScalar) ||
                          (op.getNumOperands() > 0 && llvm::all_of(op.getOperandTypes(), isScalar));
           return (isPointwise || isSplat) && llvm::all_of(op.getResultTypes(), fits);
         });
}
} // namespace

KernelShape::KernelShape(KernelOp kernel, TargetAttr target)
    : result(shapeOf(kernel.getOutputs()[0].getType())), batch(batchOf(kernel)), open(batch.value_or(usualBatch)),
      machine(target), flat(isFlat(kernel, result)), rowsOfParts(hasRowsOfParts(kernel)),
      seconds(estimate(kernel, machine, open).rooflineSeconds) {
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    AccessPattern pattern = cast<FusibleOpInterface>(op).getAccessPattern();
    if (!anchor && (pattern == AccessPattern::Packing || pattern == AccessPattern::Reduction ||
                    pattern == AccessPattern::Contraction || pattern == AccessPattern::Scatter)) {
      anchor = &op;
      this->pattern = pattern;
    }
    together = std::max(together, cast<FusibleOpInterface>(op).getElementsTogether());
    for (Value operand : op.getOperands())
      elementBytes = std::max(elementBytes, laneBytes(operand.getType()));
  }
  isOfOneShape = llvm::all_of(kernel.getOutputs().getTypes(), [&](Type type) { return shapeOf(type) == result; });
  for (Value output : kernel.getOutputs())
    elementBytes = std::max(elementBytes, laneBytes(output.getType()));
  lanes = machine.lanes(elementBytes);
}

int64_t KernelShape::count(ArrayRef<SymbolicDim> shape) const {
  int64_t count = 1;
  for (const SymbolicDim &dim : shape)
    count *= extent(dim);
  return count;
}

int64_t KernelShape::lanesWithin(const SymbolicDim &extent) const {
  int64_t known = extent.constant().value_or(lanes);
  return known <= 0 ? 1 : std::min<int64_t>(lanes, llvm::bit_floor(uint64_t(known)));
}

int64_t KernelShape::task(int64_t extent, int64_t step) const {
  int64_t tasks = std::min(machine.taskCount(seconds), ceilDiv(extent, step));
  return tasks > 1 ? roundUp(ceilDiv(extent, tasks), step) : 0;
}

namespace {
// Elementwise ---------------------------------------------------------------------------------------------------------

Choice chooseElementwise(const KernelShape &shape) {
  Choice choice{.kind = "elementwise", .flat = shape.flat};
  int64_t elements = shape.count(shape.result), row = shape.extent(shape.result.back());
  choice.vector = shape.flat ? shape.lanesWithin(elementCount(shape.result)) : shape.lanesWithin(shape.result.back());
  int64_t loop = shape.flat ? elements : row;
  choice.unroll = loop >= 2 * choice.vector && choice.vector == shape.lanes ? 2 : 1;
  // Neighbours that are computed together are in one vector.
  if (int64_t block = choice.vector * shape.together; choice.vector > 1 && shape.together > 1 && loop >= block)
    choice.vector = block, choice.unroll = 1;
  // In a row that is unrolled each vector knows which part it is of: nothing is chosen at run time, all loads are
  // dense.
  bool isWhole = shape.result.back().isConstant() && row % choice.vector == 0;
  if (shape.rowsOfParts && isWhole && row / choice.vector <= maxUnrolledVectors)
    choice.unroll = row / choice.vector;
  choice.parallel = shape.flat             ? shape.task(elements, flatTaskStep)
                    : shape.result.empty() ? 0
                                           : shape.task(shape.extent(shape.result[taskAxis(shape.result)]));
  return choice;
}

// Reductions ----------------------------------------------------------------------------------------------------------

// Short rows stay in registers from one loop over them to the next, so many of them at a time: what one waits for hides
// behind the others.
constexpr int64_t rowsOfShortRows = 2;

// Vectors of a row that is short in this sense, of a tensor that is reduced along it and whose results have it too;
// else 0.
int64_t vectorsOfShortRow(const KernelShape &shape, const Shape &full) {
  bool isAlongRow = cast<FusibleOpInterface>(shape.anchor).getReducedAxes() == ArrayRef(int64_t(full.size()) - 1);
  if (!isAlongRow || full.size() < 2 || shape.result != full || !shape.isOfOneShape || !full.back().isConstant())
    return 0;
  std::optional<int64_t> rows = full[full.size() - 2].constant();
  int64_t vectors = ceilDiv(*full.back().constant(), shape.lanes);
  bool fits = rowsOfShortRows * vectors <= shape.machine.vectorRegisters() / 2;
  return rows && *rows % rowsOfShortRows == 0 && fits ? vectors : 0;
}

// Along the innermost axis: lanes and partial sums along the row.
Choice chooseRows(const KernelShape &shape, const Shape &full) {
  Choice choice{.kind = "rows"};
  int64_t row = shape.extent(full.back());
  int64_t sums = row >= manyPartialSums ? manyPartialSums : partialSums;
  if (std::optional<int64_t> extent = full.back().constant(); extent && *extent < sums)
    sums = *extent > 0 ? int64_t(llvm::bit_floor(uint64_t(*extent))) : 1;
  choice.vector = std::min(shape.lanes, sums);
  choice.partial = sums / choice.vector;
  int64_t step = 1;
  if (int64_t vectors = vectorsOfShortRow(shape, full); vectors > 0 && choice.vector == shape.lanes) {
    choice.unroll = vectors;
    choice.tile = {rowsOfShortRows};
    step = taskAxis(full) == full.size() - 2 ? rowsOfShortRows : 1;
  }
  if (!shape.result.empty())
    choice.parallel = shape.task(shape.extent(full[taskAxis(full)]), step);
  return choice;
}

// Over outer axes: each lane sums a column of its own, in order.
Choice chooseColumns(const KernelShape &shape, const Shape &full) {
  Choice choice{.kind = "columns"};
  choice.vector = shape.lanesWithin(shape.result.back());
  int64_t vectors = shape.extent(shape.result.back()) / shape.lanes;
  if (choice.vector == shape.lanes && vectors >= 4) {
    // Long pieces of rows are read faster; each vector of them is a register. Whole blocks, if there are such.
    choice.unroll = 4;
    if (shape.result.back().isConstant() && shape.extent(shape.result.back()) % shape.lanes == 0)
      for (int64_t unroll = 5; unroll <= shape.machine.vectorRegisters() / 2; ++unroll)
        if (vectors % unroll == 0)
          choice.unroll = unroll;
  }
  choice.parallel =
      shape.task(shape.extent(shape.result[0]), shape.result.size() == 1 ? choice.vector * choice.unroll : 1);
  return choice;
}

Choice chooseReduction(const KernelShape &shape) {
  Shape full = shapeOf(shape.anchor->getOperand(0).getType());
  std::optional<int64_t> elements = elementCount(full).constant();
  if (elements && *elements < partialSums)
    return {};
  SmallVector<int64_t> axes = cast<FusibleOpInterface>(shape.anchor).getReducedAxes();
  bool innermost = llvm::is_contained(axes, int64_t(full.size()) - 1);
  return innermost ? chooseRows(shape, full) : chooseColumns(shape, full);
}

// Packing -------------------------------------------------------------------------------------------------------------

// Copies into panels; through registers where the operand's rows run across them, which takes blocks of eight.
Choice chooseCopy(const KernelShape &shape) {
  bool readsAlongLanes = cast<PackOp>(shape.anchor).getTransposed();
  int64_t block = *shape.result.back().constant();
  Choice choice{.kind = "panels", .vector = readsAlongLanes ? shape.lanesWithin(block) : 8};
  if (!readsAlongLanes && block % choice.vector != 0)
    choice = {.kind = "elementwise", .vector = shape.lanesWithin(block)};
  choice.parallel = shape.task(shape.extent(shape.result[0]));
  return choice;
}

// All -----------------------------------------------------------------------------------------------------------------

Choice choose(const KernelShape &shape) {
  std::optional<int64_t> elements = elementCount(shape.result).constant();
  bool tiny = elements && *elements < std::max<int64_t>(shape.lanes, 2);
  if (shape.anchor && shape.pattern == AccessPattern::Reduction)
    return chooseReduction(shape);
  if (tiny)
    return {};
  if (!shape.anchor)
    return chooseElementwise(shape);
  if (shape.pattern == AccessPattern::Contraction)
    return chooseProduct(shape);
  if (shape.pattern == AccessPattern::Packing)
    return chooseCopy(shape);
  return {.kind = "scatter", .vector = shape.lanesWithin(shape.result.back())};
}
} // namespace

static ScheduleAttr attributeOf(MLIRContext *context, const Choice &choice) {
  return ScheduleAttr::get(context, choice.kind, choice.vector, choice.unroll, choice.tile, choice.fewRowsTile,
                           choice.partial, choice.parallel, choice.parallelColumns, choice.parallelFrom, choice.lanes,
                           choice.flat, /*threads=*/0);
}

ScheduleAttr chooseSchedule(KernelOp kernel, TargetAttr target) {
  if (!target.getDevice().empty())
    return chooseDeviceSchedule(kernel, /*plain=*/false);
  return attributeOf(kernel.getContext(), choose(KernelShape(kernel, target)));
}

ScheduleAttr plainSchedule(MLIRContext *context) { return attributeOf(context, Choice()); }

} // namespace bmc
