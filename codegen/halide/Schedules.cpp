// What `#bm.schedule` says, done literally: one function a kind of loop nest. Tails are guarded, never shifted or
// rounded up: sizes may be smaller than a vector, and results may be written in place.
#include "codegen/halide/Lower.h"

#include <numeric>

using namespace bmc::bm;
using Halide::Expr;
using Halide::Func;
using Halide::RVar;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

namespace bmc::codegen {

static constexpr TailStrategy guarded = TailStrategy::GuardWithIf;

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

  std::vector<Stage> stagesOfSums() {
    std::vector<Stage> stages{sums};
    for (int update = 0; update < sums.num_update_definitions(); ++update)
      stages.push_back(sums.update(update));
    return stages;
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

class Scheduler {
public:
  Scheduler(const Algorithm &algorithm, OutputLoops loops)
      : schedule(algorithm.schedule()), anchors(algorithm.anchors()), kept(algorithm.kept()), loops(std::move(loops)),
        vector(schedule.getVector()), block(vector * schedule.getUnroll()) {}

  void plain();
  void elementwise();
  void rows();
  void columns();
  void matmul();
  void scatter();
  void panels();

  void valuesOfRows();

private:
  void panelsOfColumns();
  void panelsOfRows();
  size_t taskAxis() const;
  void splitTasks(Stage stage);
  void splitTasks(Tile &tile);
  void splitRows();
  int rowsOfTile() const { return schedule.getTile().empty() ? 1 : int(schedule.getTile()[0]); }
  void vectorizeInnermost();
  void matmul(Tile tile);
  void lanesAlongColumns(Tile &tile);
  void lanesAlongRows(Tile &tile);
  void lanesAlongInner(Tile &tile);
  void placeAnchors();
  void placeKept();
  void place(const Anchor &anchor);
  void placeInBlock(const Anchor &anchor);
  bool isUnrolled(int64_t row) const { return schedule.getUnroll() > 1 && row <= block; }
  bool isComputedPerElement() const;
  bool isDirectScatter() const;

  ScheduleAttr schedule;
  llvm::ArrayRef<Anchor> anchors;
  llvm::ArrayRef<KeptValues> kept;
  OutputLoops loops;
  int vector, block; // lanes, and elements of one step of the innermost loop
};
} // namespace

void applySchedule(const Algorithm &algorithm, OutputLoops loops) {
  Scheduler scheduler(algorithm, std::move(loops));
  llvm::StringRef kind = algorithm.schedule().getKind();
  if (kind == "elementwise")
    scheduler.elementwise();
  else if (kind == "rows")
    scheduler.rows();
  else if (kind == "columns")
    scheduler.columns();
  else if (kind == "matmul")
    scheduler.matmul();
  else if (kind == "scatter")
    scheduler.scatter();
  else if (kind == "panels")
    scheduler.panels();
  else
    scheduler.plain();
  scheduler.valuesOfRows();
}

static bool updatesInnermostAxis(const Func &function, int update = 0) {
  const auto *position = function.update_args(update)[0].as<Halide::Internal::Variable>();
  return position && position->name == function.args()[0].name();
}

static std::vector<Func> partsOf(const Anchor &anchor) {
  std::vector<Func> parts{anchor.result};
  if (anchor.lanes.defined())
    parts.push_back(anchor.lanes);
  if (anchor.foldedLanes.defined())
    parts.push_back(anchor.foldedLanes);
  if (anchor.wideFoldedLanes.defined())
    parts.push_back(anchor.wideFoldedLanes);
  return parts;
}

// One short vector.
static void foldLanes(Func folded) {
  folded.bound_extent(folded.args()[0], foldedLaneCount).vectorize(folded.args()[0]);
}

// Of the reduced axes, if it is known.
static std::optional<int64_t> innermostExtent(Stage update) {
  return Halide::Internal::as_const_int(update.get_schedule().rvars()[0].extent);
}

// The elements behind the last whole round of lanes: in whole vectors, or as one shorter vector where their number is
// known.
static void scheduleRest(Stage rest, const RVar &element, int vector) {
  std::optional<int64_t> count = innermostExtent(rest);
  if (!count)
    return void(rest.vectorize(element, vector, guarded));
  rest.vectorize(element, int(std::min<int64_t>(vector, *count)), guarded);
  if (*count > vector)
    rest.unroll(element);
}

void Scheduler::plain() { placeAnchors(); }

void Scheduler::elementwise() {
  splitTasks(loops.stage);
  vectorizeInnermost();
  placeAnchors();
}

// Rows of a tile are computed next to each other, each step for all of them: while one waits for what its numbers add
// up to, the processor works at the others.
void Scheduler::rows() {
  splitTasks(loops.stage);
  if (loops.rows && taskAxis() < loops.rowAxes)
    splitTasks(*loops.rows);
  splitRows();
  if (!isComputedPerElement())
    vectorizeInnermost();
  placeAnchors();
  placeKept();
}

// A block of results in registers, the summed axes around it.
void Scheduler::columns() {
  splitTasks(loops.stage);
  vectorizeInnermost();
  for (const Anchor &anchor : anchors)
    placeInBlock(anchor);
}

// Few rows have loops of their own.
void Scheduler::matmul() {
  llvm::ArrayRef<int64_t> size = schedule.getTile(), sizeForFewRows = schedule.getFewRowsTile();
  if (size.size() != 2 || (!sizeForFewRows.empty() && sizeForFewRows.size() != 2) ||
      anchors.size() != (sizeForFewRows.empty() ? 1 : 2) || loops.axes.size() < 2)
    throw Halide::CompileError("a matmul schedule needs tiles of two sizes and a kernel with one product");
  if (!sizeForFewRows.empty()) {
    Stage stage = loops.stage.specialize(anchors[1].rows <= int(sizeForFewRows[0]));
    matmul(Tile(sizeForFewRows, anchors[1], stage, loops.axes));
  }
  matmul(Tile(size, anchors[0], loops.stage, loops.axes));
}

// A tile of accumulators in registers: the inner axis runs over the whole tile, and the tile's consumer finishes it.
void Scheduler::matmul(Tile tile) {
  tile.stage.split(tile.column, tile.column, tile.columnInTile, tile.columns, guarded)
      .split(tile.row, tile.row, tile.rowInTile, tile.rows, guarded);
  if (schedule.getLanes() == "rows")
    lanesAlongRows(tile);
  else if (schedule.getLanes() == "inner")
    lanesAlongInner(tile);
  else
    lanesAlongColumns(tile);
  splitTasks(tile);
}

// Blocks of tiles make the tasks, whoever runs them. Tasks that follow each other share columns.
void Scheduler::splitTasks(Tile &tile) {
  if (loops.axes.size() > 2)
    return splitTasks(tile.stage);
  int rows = schedule.getParallel(), columns = schedule.getParallelColumns();
  if (rows <= 0)
    return;
  Var rowTask("rowTask"), columnTask("columnTask"), task("task");
  tile.stage.split(tile.row, rowTask, tile.row, std::max(rows / tile.rows, 1), guarded);
  if (columns <= 0) {
    tile.stage.reorder(schedule.getLanes() == "rows" ? tile.row : tile.column, rowTask).parallel(rowTask);
    return;
  }
  Expr allTiles = (tile.columnCount + tile.columns - 1) / tile.columns;
  Expr tiles = Halide::Internal::simplify(
      Halide::select(tile.rowCount >= int(schedule.getParallelFrom()), std::max(columns / tile.columns, 1), allTiles));
  tile.stage.split(tile.column, columnTask, tile.column, tiles, guarded)
      .reorder(schedule.getLanes() == "rows" ? tile.row : tile.column, rowTask, columnTask)
      .fuse(rowTask, columnTask, task)
      .parallel(task);
}

// A block of columns stays in the cache while the rows pass by.
void Scheduler::lanesAlongColumns(Tile &tile) {
  int lanes = std::gcd(vector, tile.columns); // a tile is whole vectors
  tile.stage.reorder(tile.columnInTile, tile.rowInTile, tile.row, tile.column)
      .vectorize(tile.columnInTile, lanes, guarded)
      .unroll(tile.columnInTile)
      .unroll(tile.rowInTile);
  tile.accumulate(loops.output, tile.row, tile.x, tile.y);
  tile.loadVectors(int(schedule.getUnroll()), tile.y, tile.rows);
  for (Stage stage : tile.stagesOfSums())
    stage.vectorize(tile.x, lanes, guarded).unroll(tile.x).unroll(tile.y);
}

// A panel of rows stays in the cache while the columns pass by. The tile is stored by columns, so it is transposed in
// registers on its way out.
void Scheduler::lanesAlongRows(Tile &tile) {
  int lanes = std::gcd(vector, tile.rows), storeLanes = std::gcd(storedLanes, tile.columns);
  tile.stage.reorder(tile.columnInTile, tile.rowInTile, tile.column, tile.row)
      .vectorize(tile.columnInTile, storeLanes, guarded)
      .unroll(tile.columnInTile)
      .unroll(tile.rowInTile, std::gcd(8, tile.rows), guarded);
  tile.accumulate(loops.output, tile.column, tile.y, tile.x);
  tile.loadVectors(int(schedule.getUnroll()), tile.x, tile.columns);
  tile.sums.reorder_storage(tile.y, tile.x);
  tile.sums.reorder(tile.y, tile.x);
  for (Stage stage : tile.stagesOfSums())
    stage.vectorize(tile.y, lanes, guarded).unroll(tile.y).unroll(tile.x);
}

// Each element has partial sums of its own, which are added at the end: rows of both operands are read along the inner
// axis as they lie.
void Scheduler::lanesAlongInner(Tile &tile) {
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
  lanes.vectorize(lane, vector, guarded).unroll(lane);
  for (int update = 0; update < lanes.num_update_definitions(); ++update) {
    Stage stage = lanes.update(update);
    stage.reorder(tile.x, tile.y, lanes.rvars(update)[0]).unroll(tile.x).unroll(tile.y);
    if (updatesInnermostAxis(lanes, update)) // all lanes; else the last, incomplete round of them, one by one
      stage.reorder(lane, tile.x).vectorize(lane, vector, guarded).unroll(lane);
  }
}

// Updates come one after the other; a slice's own elements, which are axes of the update too, are independent.
void Scheduler::scatter() {
  if (!isDirectScatter())
    return placeAnchors();
  vectorizeInnermost();
  Stage update = loops.output.update();
  if (block <= 1 || !updatesInnermostAxis(loops.output))
    return void(update.unscheduled());
  Var axis = loops.axes.back(), inBlock("inBlock");
  std::vector<VarOrRVar> order{inBlock};
  for (const RVar &summed : loops.output.rvars())
    order.push_back(summed);
  update.split(axis, axis, inBlock, vector, guarded).reorder(order).vectorize(inBlock);
}

// Steps along the inner axis that are copied for one panel after the other: the rows that are read lie in few pages,
// and what is written is in the cache.
static constexpr int stepsOfCopy = 16;

void Scheduler::panels() {
  if (anchors.size() > 1 || loops.axes.size() < 3)
    throw Halide::CompileError("a panels schedule needs a kernel that packs one matrix");
  splitTasks(loops.stage);
  if (anchors.empty())
    panelsOfColumns();
  else
    panelsOfRows();
}

// The operand's rows run along the lanes.
void Scheduler::panelsOfColumns() {
  size_t rank = loops.axes.size();
  Var panel = loops.axes[rank - 3], inner = loops.axes[rank - 2], step("step");
  vectorizeInnermost();
  loops.stage.split(inner, inner, step, stepsOfCopy, guarded).reorder(loops.axes.back(), step, panel, inner);
}

// The operand's rows run across the lanes: blocks of rows and columns are loaded along the rows and stored along the
// lanes. LLVM transposes them in registers.
void Scheduler::panelsOfRows() {
  size_t rank = loops.axes.size();
  Var inner = loops.axes[rank - 2], lane = loops.axes[rank - 1], innerInBlock("innerInBlock"),
      laneInBlock("laneInBlock"), step("step");
  loops.stage.split(inner, inner, innerInBlock, panelStep, guarded)
      .split(inner, inner, step, stepsOfCopy / panelStep, guarded)
      .split(lane, lane, laneInBlock, panelStep, guarded)
      .reorder(laneInBlock, innerInBlock, step, lane, inner)
      .vectorize(laneInBlock)
      .unroll(innerInBlock);
  Func block = anchors[0].result;
  Var x = anchors[0].axes.back(), y = anchors[0].axes[anchors[0].axes.size() - 2];
  block.compute_at(loops.output, step)
      .store_in(Halide::MemoryType::Stack)
      .bound_extent(x, panelStep)
      .bound_extent(y, panelStep)
      .vectorize(x)
      .unroll(y);
}

// Whether the kernel's results are the accumulators themselves.
bool Scheduler::isDirectScatter() const {
  return anchors.size() == 1 && loops.output.name() == anchors[0].result.name();
}

// Stored in the loop of their row, when its other results are. What is computed for a row has room for one: Halide does
// not see that where the loops of two Funcs are one, nor that a copy of the loop for whole tasks gains nothing.
void Scheduler::valuesOfRows() {
  if (!loops.rows)
    return;
  Var row = loops.axes[loops.rowAxes - 1];
  std::vector<Func> parts;
  for (const Anchor &anchor : anchors)
    llvm::append_range(parts, partsOf(anchor));
  for (const KeptValues &values : kept)
    parts.push_back(values.values);
  for (Func part : parts) {
    std::vector<Var> axes = part.args(); // innermost first
    for (const Var &axis : llvm::ArrayRef(axes).take_back(loops.rowAxes))
      part.bound_storage(axis, 1);
  }
  for (Stage stage : {loops.stage, Stage(*loops.rows)})
    stage.partition(row, Halide::Partition::Never);
  loops.rows->compute_with(Halide::LoopLevel(loops.output, row, loops.stageNumber));
}

// The outermost axis that has several indices; those around it are the tasks' loops.
size_t Scheduler::taskAxis() const {
  const auto *outermost = llvm::find_if(loops.shape, [](const SymbolicDim &dim) { return dim != 1; });
  return outermost == loops.shape.end() ? 0 : outermost - loops.shape.begin();
}

// All tiles are whole: rows behind the last one would be read. Values of rows are stored row by row.
void Scheduler::splitRows() {
  if (rowsOfTile() <= 1)
    return;
  size_t axis = anchors.empty() ? 0 : anchors[0].shape.size();
  bool areWhole = !loops.rows && axis > 0 && axis < loops.shape.size() && loops.shape[axis - 1].isConstant() &&
                  *loops.shape[axis - 1].constant() % rowsOfTile() == 0 &&
                  (axis - 1 != taskAxis() || schedule.getParallel() % rowsOfTile() == 0);
  if (!areWhole)
    throw Halide::CompileError(
        "a rows schedule with a tile needs rows and tasks that are whole tiles, and results of one shape");
  Var row = loops.axes[axis - 1], rowInTile("rowInTile");
  loops.stage.split(row, row, rowInTile, rowsOfTile(), guarded).unroll(rowInTile);
}

// Fixed numbers of rows make the tasks, whoever runs them.
void Scheduler::splitTasks(Stage stage) {
  if (schedule.getParallel() <= 0 || loops.axes.empty())
    return;
  Var axis = loops.axes[taskAxis()], task("task");
  stage.split(axis, task, axis, int(schedule.getParallel()), guarded).parallel(task);
  if (loops.rows)
    stage.partition(task, Halide::Partition::Never);
}

void Scheduler::vectorizeInnermost() {
  if (loops.axes.empty() || block <= 1)
    return;
  Var axis = loops.axes.back(), inBlock("inBlock");
  loops.stage.split(axis, axis, inBlock, block, guarded);
  if (vector > 1)
    loops.stage.vectorize(inBlock, vector, guarded);
  if (block > vector)
    loops.stage.unroll(inBlock);
}

// Whether a reduction belongs to one element of the results, so that their loop runs element by element.
bool Scheduler::isComputedPerElement() const {
  return llvm::any_of(anchors, [&](const Anchor &anchor) {
    return !anchor.shape.empty() && anchor.shape.size() == loops.shape.size();
  });
}

void Scheduler::placeAnchors() {
  for (const Anchor &anchor : anchors)
    if (anchor.result.name() != loops.output.name())
      place(anchor);
}

// In the row's loop.
void Scheduler::placeKept() {
  for (const KeptValues &row : kept) {
    Func values = row.values;
    values.compute_at(loops.output, loops.axes[row.rowAxes - 1]).store_in(Halide::MemoryType::Stack);
    if (Var rowInTile = values.args()[row.extent ? 1 : 0]; rowsOfTile() > 1)
      values.bound_extent(rowInTile, rowsOfTile()).unroll(rowInTile);
    if (!row.extent)
      continue;
    Var element = values.args()[0];
    values.bound_extent(element, *row.extent).vectorize(element, vector, guarded);
    if (isUnrolled(*row.extent))
      values.unroll(element);
  }
}

static bool isPrefix(llvm::ArrayRef<SymbolicDim> prefix, llvm::ArrayRef<SymbolicDim> shape) {
  return prefix.size() <= shape.size() && shape.take_front(prefix.size()) == prefix;
}

// In the loop of the last axis that the anchor has; a single number in front of all loops.
void Scheduler::place(const Anchor &anchor) {
  for (Func part : partsOf(anchor)) {
    part.store_in(Halide::MemoryType::Stack);
    if (anchor.shape.empty() || loops.axes.empty() || anchor.pattern == AccessPattern::Scatter)
      part.compute_root();
    else if (isPrefix(anchor.shape, loops.shape))
      part.compute_at(loops.output, loops.axes[anchor.shape.size() - 1]);
    else
      part.compute_at(loops.output, loops.axes.back());
  }
  bool isInTile = schedule.getKind() == "rows" && rowsOfTile() > 1 && anchor.shape == anchors[0].shape;
  if (isInTile)
    for (Func part : partsOf(anchor))
      part.bound_extent(anchor.axes.back(), rowsOfTile()).unroll(anchor.axes.back());
  if (!anchor.lanes.defined())
    return;
  Func lanes = anchor.lanes;
  Var lane = lanes.args()[0];
  lanes.vectorize(lane, vector, guarded).unroll(lane);
  std::vector<VarOrRVar> order{lane};
  if (isInTile) {
    order.push_back(anchor.axes.back());
    lanes.update(0).unroll(anchor.axes.back());
  }
  for (const RVar &summed : lanes.rvars(0))
    order.push_back(summed);
  lanes.update(0).reorder(order).vectorize(lane, vector, guarded).unroll(lane);
  std::optional<int64_t> rounds = innermostExtent(lanes.update(0));
  if (rounds && isUnrolled(*rounds * vector * schedule.getPartial()))
    lanes.update(0).unroll(lanes.rvars(0)[0]);
  if (anchor.foldedLanes.defined())
    foldLanes(anchor.foldedLanes);
  if (Func wide = anchor.wideFoldedLanes; wide.defined())
    wide.bound_extent(wide.args()[0], wideFoldedLaneCount)
        .vectorize(wide.args()[0], vector, guarded)
        .unroll(wide.args()[0]);
  for (int update = 1; update < lanes.num_update_definitions(); ++update) // the last, incomplete round of lanes
    scheduleRest(lanes.update(update), lanes.rvars(update)[0], vector);
}

void Scheduler::placeInBlock(const Anchor &anchor) {
  if (anchor.shape != loops.shape || block <= 1)
    return place(anchor);
  Func sums = anchor.result;
  Var x = anchor.axes.back();
  sums.compute_at(loops.output, loops.axes.back()).store_in(Halide::MemoryType::Stack).bound_extent(x, block);
  std::vector<VarOrRVar> order{x};
  for (const RVar &summed : sums.rvars(0))
    order.push_back(summed);
  sums.update().reorder(order);
  for (Stage stage : {Stage(sums), sums.update()})
    stage.vectorize(x, vector, guarded).unroll(x);
}

} // namespace bmc::codegen
