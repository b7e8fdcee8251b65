// Chooses how each kernel runs, from its shapes and the target: an analytic model in a few readable rules. The numbers
// come from measurements on AVX-512 cores; a schedule that is written in the text already is kept, so that a person or
// a search can choose better. The attribute's meaning is in BmBase.td; codegen obeys it to the letter.
#include "passes/Schedule.h"
#include "passes/Passes.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_SCHEDULE
#include "passes/Passes.h.inc"

std::optional<int64_t> batchOf(Operation *op) {
  auto module = op->getParentOfType<ModuleOp>();
  auto program = module ? module->getAttrOfType<DictionaryAttr>("bm.program") : DictionaryAttr();
  auto batch = program ? program.getAs<IntegerAttr>("batch") : IntegerAttr();
  return batch && batch.getInt() > 0 ? std::optional(batch.getInt()) : std::nullopt;
}

namespace {
struct Schedule : impl::ScheduleBase<Schedule> {
  using ScheduleBase::ScheduleBase;

  void runOnOperation() override {
    auto target = getOperation()->getAttrOfType<TargetAttr>("bm.target");
    if (!target) {
      getOperation().emitError() << "needs a bm.target to choose schedules for";
      return signalPassFailure();
    }
    getOperation().walk([&](KernelOp kernel) {
      if (!kernel.getScheduleAttr())
        kernel.setScheduleAttr(!target.getDevice().empty() ? chooseDeviceSchedule(kernel, plain)
                               : plain                     ? plainSchedule(&getContext())
                                                           : chooseSchedule(kernel, target));
    });
  }
};

// An extent that is open at compile time is taken for the program's batch, or for this if that is open too.
constexpr int64_t usualBatch = 256;
// Work, in elements that are computed or read, from which a second thread pays; and what one task should have.
constexpr int64_t parallelElements = 64 * 1024;
constexpr int64_t taskElements = 32 * 1024;
// The same in multiplications of a product.
constexpr int64_t parallelProducts = 1024 * 1024;
constexpr int64_t taskProducts = 512 * 1024;
// Partial sums of a row: of a short one, and of one that is long enough to hide the latency of an addition. Their
// number decides the order of the sum, so it is the same on every target, whatever its vectors hold.
constexpr int64_t partialSums = 16, manyPartialSums = 64;

// A row that is put together of parts is unrolled whole up to this many vectors.
constexpr int64_t maxUnrolledVectors = 32;

// The parameters of a ScheduleAttr, to be filled in.
struct Choice {
  StringRef kind = "plain";
  int64_t vector = 1, unroll = 1;
  SmallVector<int64_t> tile = {};
  int64_t partial = 1, parallel = 0;
  StringRef lanes = "columns";
  bool flat = false;
};

int64_t extentOr(const SymbolicDim &dim, int64_t otherwise) { return dim.constant().value_or(otherwise); }

// How many indices of the outermost result axis make a task, if one of them is this much work.
int64_t outerIndicesOfTask(int64_t elementsPerIndex) {
  return std::max<int64_t>(taskElements / std::max<int64_t>(elementsPerIndex, 1), 1);
}

// Whether rows are put together of shorter ones, by `pad` or `concatenate`.
bool hasRowsOfParts(KernelOp kernel) {
  return llvm::any_of(kernel.getBody().front().without_terminator(), [](Operation &op) {
    Shape row = shapeOf(op.getResult(0).getType());
    return cast<FusibleOpInterface>(op).getAccessPattern() == AccessPattern::IndexMap &&
           llvm::any_of(op.getOperandTypes(), [&](Type type) {
             Shape part = shapeOf(type);
             bool isKnown = !part.empty() && part.size() == row.size() && part.back().isConstant();
             return isKnown && part.back() != 1 && extentOr(row.back(), 0) > *part.back().constant();
           });
  });
}

// What the rules ask of a kernel.
struct KernelShape {
  explicit KernelShape(KernelOp kernel, TargetAttr target)
      : result(shapeOf(kernel.getOutputs()[0].getType())), batch(batchOf(kernel)), open(batch.value_or(usualBatch)) {
    int64_t bytes = 1;
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      AccessPattern pattern = cast<FusibleOpInterface>(op).getAccessPattern();
      if (!anchor && (pattern == AccessPattern::Packing || pattern == AccessPattern::Reduction ||
                      pattern == AccessPattern::Contraction || pattern == AccessPattern::Scatter)) {
        anchor = &op;
        this->pattern = pattern;
      }
      for (Value operand : op.getOperands())
        bytes = std::max(bytes, laneBytes(operand.getType()));
    }
    for (Value output : kernel.getOutputs())
      bytes = std::max(bytes, laneBytes(output.getType()));
    lanes = std::max<int64_t>(target.getVectorBits() / 8 / bytes, 1);
    registers = target.getVectorRegisters();
    flat = isFlat(kernel);
    rowsOfParts = hasRowsOfParts(kernel);
  }

  // Scalars are in every lane; conditions follow what they were compared from.
  static int64_t laneBytes(Type type) {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.getRank() == 0 ? 1 : elementBytes(tensor.getElementType());
  }

  // Whether one loop over all elements can do it: all values have one shape or are scalars, and no op asks where it is.
  bool isFlat(KernelOp kernel) const {
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

  // Sizes as they usually are.
  int64_t extent(const SymbolicDim &dim) const { return extentOr(dim, open); }
  // The size that a dimension has in a training step, if that is known.
  std::optional<int64_t> expected(const SymbolicDim &dim) const { return dim.singleSymbol() ? batch : dim.constant(); }
  int64_t count(ArrayRef<SymbolicDim> shape) const {
    int64_t count = 1;
    for (const SymbolicDim &dim : shape)
      count *= extent(dim);
    return count;
  }

  // Vectors no wider than a loop of this extent.
  int64_t lanesWithin(const SymbolicDim &extent) const {
    int64_t known = extentOr(extent, lanes);
    return known <= 0 ? 1 : std::min<int64_t>(lanes, llvm::bit_floor(uint64_t(known)));
  }

  Shape result;
  std::optional<int64_t> batch;
  int64_t open, lanes, registers;
  Operation *anchor = nullptr;
  AccessPattern pattern = AccessPattern::Pointwise;
  bool flat, rowsOfParts;
};

// Elementwise ---------------------------------------------------------------------------------------------------------

Choice chooseElementwise(const KernelShape &shape) {
  Choice choice{.kind = "elementwise", .flat = shape.flat};
  int64_t elements = shape.count(shape.result), row = shape.extent(shape.result.back());
  choice.vector = shape.flat ? shape.lanesWithin(elementCount(shape.result)) : shape.lanesWithin(shape.result.back());
  int64_t loop = shape.flat ? elements : row;
  choice.unroll = loop >= 2 * choice.vector && choice.vector == shape.lanes ? 2 : 1;
  // In a row that is unrolled each vector knows which part it is of: nothing is chosen at run time, all loads are
  // dense.
  bool isWhole = shape.result.back().isConstant() && row % choice.vector == 0;
  if (shape.rowsOfParts && isWhole && row / choice.vector <= maxUnrolledVectors)
    choice.unroll = row / choice.vector;
  if (elements >= parallelElements)
    choice.parallel = shape.flat ? taskElements : outerIndicesOfTask(elements / shape.extent(shape.result[0]));
  return choice;
}

// Reductions ----------------------------------------------------------------------------------------------------------

// Along the innermost axis: lanes and partial sums along the row.
Choice chooseRows(const KernelShape &shape, const Shape &full) {
  Choice choice{.kind = "rows"};
  int64_t row = shape.extent(full.back());
  int64_t sums = row >= manyPartialSums ? manyPartialSums : partialSums;
  if (std::optional<int64_t> extent = full.back().constant(); extent && *extent < sums)
    sums = *extent > 0 ? int64_t(llvm::bit_floor(uint64_t(*extent))) : 1;
  choice.vector = std::min(shape.lanes, sums);
  choice.partial = sums / choice.vector;
  int64_t elements = shape.count(full);
  if (elements >= parallelElements && !shape.result.empty())
    choice.parallel = outerIndicesOfTask(elements / std::max<int64_t>(shape.extent(full[0]), 1));
  return choice;
}

// Over outer axes: each lane sums a column of its own, in order.
Choice chooseColumns(const KernelShape &shape, const Shape &full) {
  Choice choice{.kind = "columns"};
  choice.vector = shape.lanesWithin(shape.result.back());
  if (choice.vector == shape.lanes && shape.extent(shape.result.back()) >= 4 * shape.lanes)
    choice.unroll = 4;
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

// Products ------------------------------------------------------------------------------------------------------------

struct Product {
  explicit Product(ProductOpInterface op, const KernelShape &shape)
      : rows(shape.result[shape.result.size() - 2]), columns(shape.result.back()), inner(op.getInner()),
        lhs(op.layoutOfLhs()), rhs(op.layoutOfRhs()), lhsBlock(blockOf(op->getOperand(0), lhs)),
        rhsBlock(blockOf(op->getOperand(1), rhs)) {}

  // The lanes of a panel.
  static int64_t blockOf(Value operand, OperandLayout layout) {
    return layout == OperandLayout::Panels ? shapeOf(operand.getType()).back().constant().value_or(1) : 0;
  }

  SymbolicDim rows, columns, inner;
  OperandLayout lhs, rhs;
  int64_t lhsBlock, rhsBlock;
};

// Register tiles in rows and vectors, best first: accumulators, one row of the right operand and a broadcast fit.
ArrayRef<std::pair<int64_t, int64_t>> registerTiles(int64_t registers, int64_t lanes) {
  static constexpr std::pair<int64_t, int64_t> wide[] = {{6, 4}, {8, 3}, {8, 2}, {4, 4}};
  static constexpr std::pair<int64_t, int64_t> narrowLanes[] = {{8, 2}, {7, 3}, {4, 4}};
  static constexpr std::pair<int64_t, int64_t> few[] = {{6, 2}, {4, 2}, {4, 1}};
  if (registers < 32)
    return few;
  return lanes > 4 ? ArrayRef(wide) : ArrayRef(narrowLanes);
}

// As many rows as accumulators fit for a panel of columns.
int64_t rowsForPanel(const KernelShape &shape, int64_t block) {
  int64_t vectors = std::max<int64_t>(block / shape.lanes, 1), accumulators = shape.registers * 3 / 4;
  return std::clamp<int64_t>(accumulators / vectors, 1, 12);
}

int64_t roundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

// The tile with the least work on elements that do not exist.
SmallVector<int64_t> chooseTile(const Product &product, const KernelShape &shape) {
  SmallVector<int64_t> best;
  int64_t bestWork = 0;
  for (auto [rows, vectors] : registerTiles(shape.registers, shape.lanes)) {
    // An open extent has no remainder worth counting.
    int64_t columns = vectors * shape.lanes;
    std::optional<int64_t> rowCount = shape.expected(product.rows), columnCount = product.columns.constant();
    int64_t work = roundUp(rowCount.value_or(rows), rows) * roundUp(columnCount.value_or(columns), columns) *
                   (rowCount ? 1 : 960 / rows) * (columnCount ? 1 : 960 / vectors);
    if (best.empty() || work < bestWork) {
      best = {rows, columns};
      bestWork = work;
    }
  }
  if (auto rows = product.rows.constant())
    best[0] = std::max<int64_t>(std::min(best[0], *rows), 1);
  return best;
}

// Lanes along the inner axis: the fixed number of partial sums an element, as many elements as fit.
void chooseDotProducts(Choice &choice, const Product &product, const KernelShape &shape) {
  choice.lanes = "inner";
  choice.vector = std::min(shape.lanes, partialSums);
  choice.partial = partialSums / choice.vector;
  bool isWide = choice.partial == 1 && shape.registers >= 32;
  std::optional<int64_t> rows = product.rows.constant(), columns = product.columns.constant();
  int64_t most = isWide ? 5 : 2;
  choice.tile = {isWide ? 4 : 2, isWide ? 4 : 2};
  // Whole tiles, if there is such a number.
  for (int64_t width = most; columns && width > 1; --width)
    if (*columns % width == 0) {
      choice.tile[1] = width;
      break;
    }
  if (columns)
    choice.tile[1] = std::max<int64_t>(std::min(choice.tile[1], *columns), 1);
  if (rows)
    choice.tile[0] = std::max<int64_t>(std::min(choice.tile[0], *rows), 1);
}

Choice chooseProduct(const KernelShape &shape) {
  Product product(cast<ProductOpInterface>(shape.anchor), shape);
  int64_t rows = shape.extent(product.rows), columns = shape.extent(product.columns);
  int64_t inner = shape.extent(product.inner);
  Choice choice{.kind = "matmul", .vector = shape.lanes};
  bool fewColumns = product.columns.constant() && columns < shape.lanes;
  if (product.lhsBlock) {
    choice.lanes = "rows";
    choice.vector = std::min(shape.lanes, product.lhsBlock);
    choice.tile = {product.lhsBlock, shape.registers >= 32 ? 8 : 4};
  } else if (product.rhsBlock) {
    choice.tile = {rowsForPanel(shape, product.rhsBlock), product.rhsBlock};
    if (auto known = product.rows.constant())
      choice.tile[0] = std::max<int64_t>(std::min(choice.tile[0], *known), 1);
  } else if (product.rhs == OperandLayout::Transposed && product.lhs == OperandLayout::Rows && inner >= partialSums) {
    chooseDotProducts(choice, product, shape);
  } else if (fewColumns) {
    return {};
  } else {
    choice.tile = chooseTile(product, shape);
  }
  bool isBatch = shape.result.size() > 2;
  if (rows * columns * inner >= parallelProducts && (isBatch || rows > choice.tile[0]))
    choice.parallel = isBatch ? 1 : roundUp(std::max<int64_t>(taskProducts / (columns * inner), 1), choice.tile[0]);
  return choice;
}

// Copies into panels: through registers where the operand's rows run across the panel's.
Choice choosePacking(const KernelShape &shape) {
  bool readsAlongLanes = cast<PackOp>(shape.anchor).getTransposed();
  int64_t block = *shape.result.back().constant();
  Choice choice{.kind = "elementwise", .vector = shape.lanesWithin(block)};
  if (!readsAlongLanes && block % 8 == 0)
    choice = {.kind = "panels", .vector = 8};
  int64_t elements = shape.count(shape.result);
  if (elements >= parallelElements)
    choice.parallel = outerIndicesOfTask(elements / std::max<int64_t>(shape.extent(shape.result[0]), 1));
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
    return choosePacking(shape);
  return {.kind = "scatter", .vector = shape.lanesWithin(shape.result.back())};
}
} // namespace

static ScheduleAttr attributeOf(MLIRContext *context, const Choice &choice) {
  return ScheduleAttr::get(context, choice.kind, choice.vector, choice.unroll, choice.tile, choice.partial,
                           choice.parallel, choice.lanes, choice.flat, /*threads=*/0);
}

ScheduleAttr chooseSchedule(KernelOp kernel, TargetAttr target) {
  if (!target.getDevice().empty())
    return chooseDeviceSchedule(kernel, /*plain=*/false);
  return attributeOf(kernel.getContext(), choose(KernelShape(kernel, target)));
}

ScheduleAttr plainSchedule(MLIRContext *context) { return attributeOf(context, Choice()); }

} // namespace bmc
