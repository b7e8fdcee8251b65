// The tile is 16x16 threads wide. Of its columns a thread has four that follow each other, and again four 64 columns
// further: so neighbouring threads read neighbouring vectors of shared memory. The rows alike.
//
// Accumulators have no coordinate for the thread: its position is a pair of reduction variables that become threads,
// and what is in registers at the level of the block is there once for each thread. Read as a loop this would be a
// race; an accumulator with a coordinate for the thread would be an array of the whole tile in each thread.
#include "codegen/halide/gpu/DeviceProduct.h"
#include "codegen/halide/Domain.h"
#include "codegen/halide/gpu/FusedAxes.h"

using namespace bmc::bm;
using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::RVar;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

namespace bmc::codegen {

// Threads along each axis of a tile, elements that follow each other along it, and what a thread's elements span.
static constexpr int side = 16, quad = 4, span = side * quad;

namespace {
// The sizes of a schedule.
struct Tile {
  explicit Tile(ScheduleAttr schedule) {
    if (schedule.getTile().size() == 3) {
      rows = int(schedule.getTile()[0]);
      columns = int(schedule.getTile()[1]);
      inner = int(schedule.getTile()[2]);
    }
    // Each thread copies whole vectors of both operands.
    auto isPossible = [&](int extent) {
      return extent > 0 && extent % span == 0 && extent * inner % (side * side * quad) == 0;
    };
    if (schedule.getThreads() != side * side || !isPossible(rows) || !isPossible(columns))
      throw Halide::CompileError("a gpu_matmul schedule needs 256 threads and a tile of three sizes: rows and columns "
                                 "are multiples of 64, and times the third multiples of 1024");
  }
  int rows = 0, columns = 0, inner = 0;
};

// The arguments of the Funcs, innermost first. Of the accumulators: the element in its quad, the quad, the tile.
struct Names {
  Var outer{"outer"}, inner{"inner"};
  Var columnInQuad{"column_in_quad"}, columnQuad{"column_quad"}, rowInQuad{"row_in_quad"}, rowQuad{"row_quad"},
      columnTile{"column_tile"}, rowTile{"row_tile"};
};
} // namespace

static bool isMultiple(const SymbolicDim &extent, int64_t step) {
  std::optional<int64_t> constant = extent.constant();
  return constant && *constant % step == 0;
}

// Whether a position of a tile is one of the operand, and the nearest that is. Both count whole vectors where the
// extent does, so that loads stay dense at the edges.
static Expr isInside(const Expr &position, const Expr &extent, const SymbolicDim &dim, int tile) {
  if (isMultiple(dim, tile))
    return Halide::Internal::const_true();
  return isMultiple(dim, quad) ? position / quad < extent / quad : position < extent;
}

static Expr heldInside(const Expr &position, const Expr &extent, const SymbolicDim &dim, int tile) {
  if (isMultiple(dim, tile))
    return position;
  if (isMultiple(dim, quad))
    return min(position / quad, extent / quad - 1) * quad + position % quad;
  return min(position, extent - 1);
}

static std::vector<Expr> withLeading(std::vector<Expr> arguments, const std::vector<Var> &leading) {
  for (const Var &axis : innermostFirst(leading))
    arguments.push_back(axis);
  return arguments;
}

// The operand's part of shared memory: zero outside. A slice is a whole number of tiles, and may end behind the last
// position.
static Func stagedOperand(const Algorithm &algorithm, const char *name, const DeviceOperand &operand,
                          const DeviceInner &inner, int tile, int innerTile, const std::vector<Var> &leading) {
  Names names;
  Func staged(name);
  Expr outerExtent = algorithm.size(operand.outer), innerExtent = algorithm.size(inner.extent);
  Expr position = inner.sliceLength ? inner.slice * int(inner.sliceLength) + names.inner : Expr(names.inner);
  int step = inner.sliceLength ? int(inner.sliceLength) : innerTile;
  Expr element = operand.element(heldInside(names.outer, outerExtent, operand.outer, tile),
                                 heldInside(position, innerExtent, inner.extent, step));
  Expr inside =
      isInside(position, innerExtent, inner.extent, step) && isInside(names.outer, outerExtent, operand.outer, tile);
  staged(withLeading({names.outer, names.inner}, leading)) =
      Halide::select(inside, element, Halide::Internal::make_zero(element.type()));
  return staged;
}

Element deviceProduct(Algorithm &algorithm, const Shape &shape, const std::vector<Var> &leading,
                      const DeviceOperand &lhs, const DeviceOperand &rhs, const DeviceInner &inner) {
  Tile tile(algorithm.schedule());
  if (inner.sliceLength % tile.inner != 0)
    throw Halide::CompileError("a slice of a gpu_matmul schedule's product is a multiple of the tile's third size");
  Names names;
  Func left = stagedOperand(algorithm, "left", lhs, inner, tile.rows, tile.inner, leading);
  Func right = stagedOperand(algorithm, "right", rhs, inner, tile.columns, tile.inner, leading);
  Func sums("product");
  Halide::Type type = left.type();
  std::vector<Expr> arguments = withLeading(
      {names.columnInQuad, names.columnQuad, names.rowInQuad, names.rowQuad, names.columnTile, names.rowTile}, leading);
  RDom first(0, side, 0, side, "first");
  Expr steps = Halide::Internal::simplify((algorithm.size(inner.count()) + tile.inner - 1) / tile.inner);
  RDom k(0, tile.inner, 0, side, 0, side, 0, steps, "k"); // in a step, the thread, the step
  sums(arguments) = Halide::undef(type);
  sums(arguments) = over(first, Halide::Internal::make_zero(type));
  Expr step = k.w * tile.inner + k.x;
  Expr row = names.rowTile * tile.rows + names.rowQuad * span + k.z * quad + names.rowInQuad;
  Expr column = names.columnTile * tile.columns + names.columnQuad * span + k.y * quad + names.columnInQuad;
  sums(arguments) += left(withLeading({row, step}, leading)) * right(withLeading({column, step}, leading));

  Anchor anchor{AccessPattern::Contraction, shape, sums, leading, Func()};
  anchor.staged = {left, right};
  anchor.isAlongInner = {lhs.isInnerContiguous, rhs.isInnerContiguous};
  anchor.contiguous = {lhs.isInnerContiguous ? inner.extent : lhs.outer,
                       rhs.isInnerContiguous ? inner.extent : rhs.outer};
  algorithm.add(anchor);
  return [sums, tile](const Index &index) {
    size_t rank = index.axes.size();
    Expr row = index.axes[rank - 2], column = index.axes[rank - 1];
    std::vector<Expr> position{column % quad,
                               column / span % (tile.columns / span),
                               row % quad,
                               row / span % (tile.rows / span),
                               column / tile.columns,
                               row / tile.rows};
    for (size_t axis = rank - 2; axis-- > 0;)
      position.push_back(index.axes[axis]);
    return Expr(sums(position));
  };
}

namespace {
class ProductScheduler {
public:
  ProductScheduler(ScheduleAttr schedule, const Anchor &product, const OutputLoops &loops)
      : tile(schedule), product(product), loops(loops), widest(int(schedule.getVector())) {}

  void output(Stage stage);
  void accumulators();
  void stage(size_t operand, int extent);

private:
  void unrollStep(Stage &stage, const RVar &positions) const;

  Tile tile;
  const Anchor &product;
  const OutputLoops &loops;
  int widest; // elements that are loaded and stored at once
  Names names;
  Var columnTile{"column_tile"}, rowTile{"row_tile"}, block{"block"};
};
} // namespace

// A block a tile of the result; the leading axes are one more axis of the grid.
void ProductScheduler::output(Stage stage) {
  size_t rank = loops.axes.size();
  Var row = loops.axes[rank - 2], column = loops.axes[rank - 1];
  Var columnQuad("column_quad"), columnThread("column_thread"), columnInQuad("column_in_quad"), inTile("in_tile");
  Var rowQuad("row_quad"), rowThread("row_thread"), rowInQuad("row_in_quad"), rowInTile("row_in_tile");
  auto tail = [](const SymbolicDim &extent, int size) {
    return isMultiple(extent, size) ? TailStrategy::RoundUp : TailStrategy::GuardWithIf;
  };
  if (isMultiple(loops.shape[rank - 1], quad)) // a guard stands around whole vectors
    stage.split(column, inTile, columnInQuad, quad, TailStrategy::RoundUp)
        .split(inTile, columnTile, inTile, tile.columns / quad, tail(loops.shape[rank - 1], tile.columns))
        .split(inTile, columnQuad, columnThread, side)
        .vectorize(columnInQuad);
  else
    stage.split(column, columnTile, inTile, tile.columns, TailStrategy::GuardWithIf)
        .split(inTile, columnQuad, inTile, span)
        .split(inTile, columnThread, columnInQuad, quad)
        .unroll(columnInQuad);
  stage.split(row, rowTile, rowInTile, tile.rows, tail(loops.shape[rank - 2], tile.rows))
      .split(rowInTile, rowQuad, rowInTile, span)
      .split(rowInTile, rowThread, rowInQuad, quad)
      .reorder(columnInQuad, columnQuad, rowInQuad, rowQuad, columnThread, rowThread, columnTile, rowTile)
      .unroll(columnQuad)
      .unroll(rowInQuad)
      .unroll(rowQuad)
      .gpu_threads(columnThread, rowThread);
  if (rank == 2) {
    stage.gpu_blocks(columnTile, rowTile);
    return;
  }
  auto leading = fuseAxes(stage, llvm::ArrayRef(loops.axes).drop_back(2), llvm::ArrayRef(loops.shape).drop_back(2));
  stage.gpu_blocks(columnTile, rowTile, leading);
}

// Where there is only one step half of it stays a loop. Without any LLVM would move arithmetic behind the guards of the
// stores, and all that it needs would wait in registers.
void ProductScheduler::unrollStep(Stage &stage, const RVar &positions) const {
  RVar half("half"), position("position");
  if (Halide::Internal::is_const_one(stage.get_schedule().rvars().back().extent))
    stage.split(positions, half, position, tile.inner / 2).unroll(position);
  else
    stage.unroll(positions);
}

void ProductScheduler::accumulators() {
  Func sums = product.result;
  sums.compute_at(loops.output, columnTile)
      .store_in(Halide::MemoryType::Register)
      .bound_extent(names.columnInQuad, quad)
      .bound_extent(names.columnQuad, tile.columns / span)
      .bound_extent(names.rowInQuad, quad)
      .bound_extent(names.rowQuad, tile.rows / span)
      .bound_extent(names.columnTile, 1)
      .bound_extent(names.rowTile, 1);
  for (const Var &axis : product.axes)
    sums.bound_extent(axis, 1);
  std::vector<Halide::VarOrRVar> order{names.columnInQuad, names.columnQuad, names.rowInQuad,
                                       names.rowQuad,      names.columnTile, names.rowTile};
  for (const Var &axis : product.axes)
    order.push_back(axis);
  for (int update : {0, 1}) {
    std::vector<RVar> domain = sums.rvars(update);
    std::vector<Halide::VarOrRVar> loopsOfUpdate = order;
    loopsOfUpdate.insert(loopsOfUpdate.end(), domain.begin(), domain.end());
    Stage stage = sums.update(update).allow_race_conditions().reorder(loopsOfUpdate);
    stage.vectorize(names.columnInQuad).unroll(names.columnQuad).unroll(names.rowInQuad).unroll(names.rowQuad);
    bool isFirst = update == 0;
    if (!isFirst)
      unrollStep(stage, domain[0]);
    stage.gpu_threads(domain[isFirst ? 0 : 1], domain[isFirst ? 1 : 2]);
  }
}

// A thread copies vectors along the axis that is contiguous in memory. Where that is the inner one they are stored
// across the tile, whose lines are a vector longer than they need to be, so that the banks of memory differ.
void ProductScheduler::stage(size_t operand, int extent) {
  Func staged = product.staged[operand];
  int vector = isMultiple(product.contiguous[operand], quad) ? widest : 1;
  Var inVector("in_vector"), element("element"), x("x"), y("y");
  staged.compute_at(product.result, product.result.rvars(1)[3])
      .store_in(Halide::MemoryType::GPUShared)
      .bound_extent(names.outer, extent)
      .bound_extent(names.inner, tile.inner);
  if (product.isAlongInner[operand])
    staged.split(names.inner, names.inner, inVector, vector)
        .reorder(inVector, names.inner, names.outer)
        .fuse(names.inner, names.outer, element)
        .align_storage(names.outer, extent + quad);
  else
    staged.split(names.outer, names.outer, inVector, vector).fuse(names.outer, names.inner, element);
  staged.split(element, element, x, side)
      .split(element, element, y, side)
      .reorder(inVector, element, x, y)
      .vectorize(inVector)
      .unroll(element)
      .gpu_threads(x, y);
}

void scheduleDeviceProduct(ScheduleAttr schedule, const Anchor &product, llvm::ArrayRef<Stage> outputStages,
                           const OutputLoops &loops) {
  ProductScheduler scheduler(schedule, product, loops);
  for (const Stage &stage : outputStages)
    scheduler.output(stage);
  scheduler.accumulators();
  Tile tile(schedule);
  scheduler.stage(0, tile.rows);
  scheduler.stage(1, tile.columns);
}

} // namespace bmc::codegen
