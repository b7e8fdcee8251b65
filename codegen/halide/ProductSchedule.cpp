// See the header.
#include "codegen/halide/ProductSchedule.h"
#include "codegen/halide/ScheduleParts.h"

#include <numeric>

using namespace bmc::bm;
using Halide::Expr;
using Halide::Func;
using Halide::RVar;
using Halide::Stage;
using Halide::Var;
using Halide::VarOrRVar;

namespace bmc::codegen {

// Of a tile whose lanes are not its columns: what follows the product is computed in vectors of so many columns.
static constexpr int storedLanes = 8;

namespace {
// The register tile of a product: its loops in a stage of the results' loop nest, and its sums.
struct Tile {
  Tile(llvm::ArrayRef<int64_t> size, const Anchor &product, Stage stage, llvm::ArrayRef<Var> axes)
      : rows(size[0]), columns(size[1]), stage(std::move(stage)), row(axes[axes.size() - 2]), column(axes.back()),
        rowInTile("row"), columnInTile("column"), x(product.axes.back()), y(product.axes[product.axes.size() - 2]),
        sums(product.result), lanes(product.lanes), foldedLanes(product.foldedLanes),
        staged(product.staged.empty() ? Func() : product.staged[0]),
        isStagedAlongInner(staged.defined() && product.isAlongInner[0]), rowCount(product.rows),
        columnCount(product.columns) {}

  // One accumulator an element, updated in turn for each step of the inner axis. `inner` and `outer` are the tile's
  // axes in the order of its loops.
  void accumulate(const Func &consumer, const Var &loop, const Var &inner, const Var &outer) {
    sums.compute_at(consumer, loop).store_in(Halide::MemoryType::Stack).bound_extent(x, columns).bound_extent(y, rows);
    for (int update = 0; update < sums.num_update_definitions(); ++update) {
      std::vector<VarOrRVar> order{inner, outer};
      std::vector<RVar> steps = sums.rvars(update);
      order.insert(order.end(), steps.begin(), steps.end());
      sums.update(update).reorder(order);
    }
  }

  // The operand that is broadcast along `outer`, in vectors of `count` elements, in registers: those of a block of
  // steps, or of each step.
  void loadVectors(int count, const Var &outer, int extent) {
    if (!staged.defined())
      return;
    std::vector<RVar> steps = sums.rvars(0); // in a block, and the blocks
    sums.update(0).unroll(steps.front());
    staged.store_in(Halide::MemoryType::Stack).bound_extent(outer, extent);
    if (isStagedAlongInner) {
      Var step = staged.args()[0];
      staged.compute_at(sums, steps.back()).bound_extent(step, count).vectorize(step, count).unroll(outer);
    } else {
      staged.compute_at(sums, steps.front()).vectorize(outer, std::gcd(count, extent)).unroll(outer);
    }
  }

  int rows, columns;
  Stage stage;
  Var row, column, rowInTile, columnInTile;
  Var x, y; // of the sums: column and row
  Func sums, lanes, foldedLanes, staged;
  bool isStagedAlongInner;
  Expr rowCount, columnCount; // of the results
};

class ProductScheduler {
public:
  ProductScheduler(ScheduleAttr attribute, llvm::ArrayRef<Anchor> products, const OutputLoops &loops)
      : attribute(attribute), products(products), loops(loops) {}

  void schedule();

private:
  void scheduleTile(Tile tile);
  void splitTasks(Tile &tile);
  void lanesAlongColumns(Tile &tile);
  void lanesAlongRows(Tile &tile);
  void lanesAlongInner(Tile &tile);

  ScheduleAttr attribute;
  llvm::ArrayRef<Anchor> products;
  const OutputLoops &loops;
};
} // namespace

void scheduleProduct(ScheduleAttr schedule, llvm::ArrayRef<Anchor> products, const OutputLoops &loops) {
  ProductScheduler(schedule, products, loops).schedule();
}

// Few rows have loops of their own.
void ProductScheduler::schedule() {
  llvm::ArrayRef<int64_t> size = attribute.getTile(), sizeForFewRows = attribute.getFewRowsTile();
  if (size.size() != 2 || (!sizeForFewRows.empty() && sizeForFewRows.size() != 2) ||
      products.size() != (sizeForFewRows.empty() ? 1 : 2) || loops.axes.size() < 2)
    throw Halide::CompileError("a matmul schedule needs tiles of two sizes and a kernel with one product");
  if (!sizeForFewRows.empty()) {
    Stage stage = Stage(loops.stage).specialize(products[1].rows <= int(sizeForFewRows[0]));
    scheduleTile(Tile(sizeForFewRows, products[1], stage, loops.axes));
  }
  scheduleTile(Tile(size, products[0], loops.stage, loops.axes));
}

// A tile of accumulators in registers: the inner axis runs over the whole tile, and the tile's consumer finishes it.
void ProductScheduler::scheduleTile(Tile tile) {
  tile.stage.split(tile.column, tile.column, tile.columnInTile, tile.columns, guarded)
      .split(tile.row, tile.row, tile.rowInTile, tile.rows, guarded);
  if (attribute.getLanes() == "rows")
    lanesAlongRows(tile);
  else if (attribute.getLanes() == "inner")
    lanesAlongInner(tile);
  else
    lanesAlongColumns(tile);
  splitTasks(tile);
}

// Blocks of tiles make the tasks, whoever runs them. Tasks that follow each other share columns.
void ProductScheduler::splitTasks(Tile &tile) {
  if (loops.axes.size() > 2)
    return splitIntoTasks(attribute, loops, tile.stage);
  int rows = attribute.getParallel(), columns = attribute.getParallelColumns();
  if (rows <= 0)
    return;
  Var rowTask("rowTask"), columnTask("columnTask"), task("task");
  tile.stage.split(tile.row, rowTask, tile.row, std::max(rows / tile.rows, 1), guarded);
  if (columns <= 0) {
    tile.stage.reorder(attribute.getLanes() == "rows" ? tile.row : tile.column, rowTask).parallel(rowTask);
    return;
  }
  Expr allTiles = (tile.columnCount + tile.columns - 1) / tile.columns;
  Expr tiles = Halide::Internal::simplify(
      Halide::select(tile.rowCount >= int(attribute.getParallelFrom()), std::max(columns / tile.columns, 1), allTiles));
  tile.stage.split(tile.column, columnTask, tile.column, tiles, guarded)
      .reorder(attribute.getLanes() == "rows" ? tile.row : tile.column, rowTask, columnTask)
      .fuse(rowTask, columnTask, task)
      .parallel(task);
}

// A block of columns stays in the cache while the rows pass by.
void ProductScheduler::lanesAlongColumns(Tile &tile) {
  int lanes = std::gcd(int(attribute.getVector()), tile.columns); // a tile is whole vectors
  tile.stage.reorder(tile.columnInTile, tile.rowInTile, tile.row, tile.column)
      .vectorize(tile.columnInTile, lanes, guarded)
      .unroll(tile.columnInTile)
      .unroll(tile.rowInTile);
  tile.accumulate(loops.output, tile.row, tile.x, tile.y);
  tile.loadVectors(int(attribute.getUnroll()), tile.y, tile.rows);
  for (Stage stage : definitionsOf(tile.sums))
    stage.vectorize(tile.x, lanes, guarded).unroll(tile.x).unroll(tile.y);
}

// A panel of rows stays in the cache while the columns pass by. The tile is stored by columns, so it is transposed in
// registers on its way out.
void ProductScheduler::lanesAlongRows(Tile &tile) {
  int lanes = std::gcd(int(attribute.getVector()), tile.rows), storeLanes = std::gcd(storedLanes, tile.columns);
  tile.stage.reorder(tile.columnInTile, tile.rowInTile, tile.column, tile.row)
      .vectorize(tile.columnInTile, storeLanes, guarded)
      .unroll(tile.columnInTile)
      .unroll(tile.rowInTile, std::gcd(8, tile.rows), guarded);
  tile.accumulate(loops.output, tile.column, tile.y, tile.x);
  tile.loadVectors(int(attribute.getUnroll()), tile.x, tile.columns);
  tile.sums.reorder_storage(tile.y, tile.x);
  tile.sums.reorder(tile.y, tile.x);
  for (Stage stage : definitionsOf(tile.sums))
    stage.vectorize(tile.y, lanes, guarded).unroll(tile.y).unroll(tile.x);
}

// Each element has partial sums of its own, which are added at the end: rows of both operands are read along the inner
// axis as they lie.
void ProductScheduler::lanesAlongInner(Tile &tile) {
  tile.stage.reorder(tile.columnInTile, tile.rowInTile, tile.row, tile.column)
      .vectorize(tile.columnInTile, std::gcd(storedLanes, tile.columns), guarded)
      .unroll(tile.columnInTile)
      .unroll(tile.rowInTile);
  Func lanes = tile.lanes;
  std::vector<Func> parts{lanes, tile.sums};
  if (tile.foldedLanes.defined()) {
    parts.push_back(tile.foldedLanes);
    foldLanes(tile.foldedLanes);
  }
  for (Func part : parts)
    part.compute_at(loops.output, tile.row)
        .store_in(Halide::MemoryType::Stack)
        .bound_extent(tile.x, tile.columns)
        .bound_extent(tile.y, tile.rows)
        .unroll(tile.x)
        .unroll(tile.y);
  Var lane = lanes.args()[0];
  lanes.vectorize(lane, int(attribute.getVector()), guarded).unroll(lane);
  for (int update = 0; update < lanes.num_update_definitions(); ++update) {
    Stage stage = lanes.update(update);
    stage.reorder(tile.x, tile.y, lanes.rvars(update)[0]).unroll(tile.x).unroll(tile.y);
    if (updatesInnermostAxis(lanes, update)) // all lanes; else the last, incomplete round of them, one by one
      stage.reorder(lane, tile.x).vectorize(lane, int(attribute.getVector()), guarded).unroll(lane);
  }
}

} // namespace bmc::codegen
