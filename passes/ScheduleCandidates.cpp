// What a search may try. See the header.
#include "passes/ScheduleCandidates.h"
#include "passes/KernelCandidate.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

static Operation *anchorOf(KernelOp kernel) {
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (isAnchor(&op))
      return &op;
  return nullptr;
}

// The kinds of loop nests that codegen has for a kernel; `plain` does for all.
static bool fits(KernelOp kernel, ScheduleAttr schedule) {
  Operation *anchor = anchorOf(kernel);
  StringRef kind = schedule.getKind();
  if (kind == "plain")
    return true;
  if (!anchor)
    return kind == "elementwise";
  switch (patternOf(anchor)) {
  case AccessPattern::Contraction:
    return kind == "matmul" && schedule.getTile().size() == 2;
  case AccessPattern::Reduction:
    return kind == "rows" || kind == "columns";
  case AccessPattern::Scatter:
    return kind == "scatter";
  default:
    return kind == "elementwise" || kind == "panels";
  }
}

// How many sums an element is added up in, which are added at the end: that is the order of the sum.
static int64_t sumsOfElement(ScheduleAttr schedule) {
  bool hasSeveral = schedule.getKind() == "rows" || (schedule.getKind() == "matmul" && schedule.getLanes() == "inner");
  return hasSeveral ? schedule.getVector() * schedule.getPartial() : 1;
}

bool givesSameBits(KernelOp kernel, ScheduleAttr schedule, ScheduleAttr other) {
  return fits(kernel, other) && sumsOfElement(schedule) == sumsOfElement(other) &&
         (schedule.getKind() == other.getKind() || schedule.getKind() == "plain");
}

namespace {
// The parameters that a search changes; the others are those of the schedule that it started from.
struct Variant {
  explicit Variant(ScheduleAttr from)
      : from(from), kind(from.getKind()), vector(from.getVector()), unroll(from.getUnroll()), tile(from.getTile()),
        partial(from.getPartial()), parallel(from.getParallel()), parallelColumns(from.getParallelColumns()) {}

  ScheduleAttr attribute() const {
    return ScheduleAttr::get(from.getContext(), kind, vector, unroll, tile, from.getFewRowsTile(), partial, parallel,
                             parallelColumns, from.getParallelFrom(), from.getLanes(), from.getFlat(),
                             from.getThreads());
  }

  ScheduleAttr from;
  StringRef kind;
  int64_t vector, unroll;
  SmallVector<int64_t> tile;
  int64_t partial, parallel, parallelColumns;
};

class Neighbours {
public:
  Neighbours(KernelOp kernel, ScheduleAttr schedule, TargetAttr target, int64_t outerExtent)
      : kernel(kernel), schedule(schedule), outerExtent(outerExtent), registers(target.getVectorRegisters()),
        lanes(target.getVectorBits() / 32) {}

  SmallVector<ScheduleAttr> all();

private:
  // Keeps a variant if it is another schedule that gives the same bits.
  void add(const Variant &variant) {
    ScheduleAttr attribute = variant.attribute();
    if (attribute != schedule && variant.vector >= 1 && variant.unroll >= 1 && variant.partial >= 1 &&
        givesSameBits(kernel, schedule, attribute))
      found.insert(attribute);
  }
  template <typename Change> void addChanged(Change change) {
    Variant variant(schedule);
    change(variant);
    add(variant);
  }

  void steps();
  void partialSums();
  void tiles();
  void tileOfPlainProduct();
  void tasks();
  bool isInRegisters(const Variant &variant) const;

  KernelOp kernel;
  ScheduleAttr schedule;
  int64_t outerExtent, registers, lanes;
  llvm::SetVector<ScheduleAttr> found;
};
} // namespace

// Lanes and vectors a step of the innermost loop.
void Neighbours::steps() {
  for (int64_t unroll : {1, 2, 4, 8})
    addChanged([&](Variant &variant) { variant.unroll = unroll; });
  if (schedule.getVector() > 1)
    addChanged([&](Variant &variant) { variant.vector /= 2; });
  if (schedule.getVector() < 2 * lanes)
    addChanged([&](Variant &variant) { variant.vector *= 2; });
}

// The same number of sums in shorter or longer vectors.
void Neighbours::partialSums() {
  if (schedule.getVector() % 2 == 0)
    addChanged([&](Variant &variant) { variant.vector /= 2, variant.partial *= 2; });
  if (schedule.getPartial() % 2 == 0)
    addChanged([&](Variant &variant) { variant.vector *= 2, variant.partial /= 2; });
}

// Whether the accumulators leave room for what they are added from.
bool Neighbours::isInRegisters(const Variant &variant) const {
  int64_t rows = variant.tile[0], columns = variant.tile[1], lanesOfVector = std::min(variant.vector, lanes);
  int64_t accumulators = variant.from.getLanes() == "inner"  ? rows * columns * variant.partial
                         : variant.from.getLanes() == "rows" ? llvm::divideCeil(rows, lanesOfVector) * columns
                                                             : rows * llvm::divideCeil(columns, lanesOfVector);
  return rows >= 1 && columns >= 1 && accumulators < registers;
}

// Register tiles. A panel's width is the packed operand's; the other side is free.
void Neighbours::tiles() {
  auto product = dyn_cast<ProductOpInterface>(anchorOf(kernel));
  if (!product || schedule.getKind() != "matmul")
    return;
  bool rowsAreFree = product.layoutOfLhs() != OperandLayout::Panels;
  bool columnsAreFree = product.layoutOfRhs() != OperandLayout::Panels;
  int64_t width = schedule.getLanes() == "columns" ? schedule.getVector() : 1;
  auto addTile = [&](int64_t rows, int64_t columns) {
    Variant variant(schedule);
    variant.tile = {rows, columns};
    if (rows >= 1 && variant.parallel > 0) // tasks are whole tiles
      variant.parallel = int64_t(llvm::alignTo(uint64_t(variant.parallel), uint64_t(rows)));
    if (isInRegisters(variant))
      add(variant);
  };
  int64_t rows = schedule.getTile()[0], columns = schedule.getTile()[1];
  for (int64_t change : {-4, -2, -1, 1, 2, 4}) {
    if (rowsAreFree)
      addTile(rows + change, columns);
    if (columnsAreFree)
      addTile(rows, columns + change * width);
  }
  if (rowsAreFree && columnsAreFree)
    for (auto [tileRows, vectors] :
         {std::pair<int64_t, int64_t>{4, 6}, {6, 4}, {8, 3}, {12, 2}, {14, 2}, {14, 1}, {4, 4}})
      if (schedule.getLanes() == "columns")
        addTile(tileRows, vectors * width);
}

// A product too narrow for the model's tiles.
void Neighbours::tileOfPlainProduct() {
  Operation *anchor = anchorOf(kernel);
  Shape shape = shapeOf(kernel.getOutputs()[0].getType());
  std::optional<int64_t> columns = shape.empty() ? std::nullopt : shape.back().constant();
  if (!anchor || patternOf(anchor) != AccessPattern::Contraction || !columns || *columns < 2)
    return;
  int64_t vector = std::min<int64_t>(lanes, llvm::bit_floor(uint64_t(*columns)));
  for (int64_t rows : {1, 2, 4, 8})
    addChanged([&](Variant &variant) {
      variant.kind = "matmul";
      variant.vector = vector;
      variant.tile = {rows, int64_t(llvm::divideCeil(*columns, vector)) * vector};
    });
}

void Neighbours::tasks() {
  if (outerExtent < 2)
    return;
  int64_t step = schedule.getTile().empty() ? 1 : schedule.getTile()[0], now = schedule.getParallel();
  for (int64_t size : {int64_t(0), now / 2, now * 2, outerExtent / 2, outerExtent / 4, outerExtent / 16}) {
    int64_t parallel = int64_t(llvm::alignTo(uint64_t(size), uint64_t(step)));
    if (parallel < outerExtent)
      addChanged([&](Variant &variant) { variant.parallel = parallel; });
  }
  for (int64_t columns : {int64_t(0), schedule.getParallelColumns() / 2, schedule.getParallelColumns() * 2})
    if (schedule.getParallelColumns() > 0)
      addChanged([&](Variant &variant) {
        variant.parallelColumns = int64_t(llvm::alignTo(uint64_t(columns), uint64_t(variant.tile[1])));
      });
}

SmallVector<ScheduleAttr> Neighbours::all() {
  if (schedule.getKind() == "plain") {
    tileOfPlainProduct();
    return found.takeVector();
  }
  if (schedule.getKind() == "rows" || schedule.getLanes() == "inner")
    partialSums();
  else if (schedule.getKind() != "panels" && schedule.getKind() != "matmul")
    steps();
  if (anchorOf(kernel))
    tiles();
  if (schedule.getKind() != "columns" && schedule.getKind() != "scatter")
    tasks();
  return found.takeVector();
}

SmallVector<ScheduleAttr> neighboursOf(KernelOp kernel, ScheduleAttr schedule, TargetAttr target, int64_t outerExtent) {
  return Neighbours(kernel, schedule, target, outerExtent).all();
}

} // namespace bmc
