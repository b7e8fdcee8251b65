// What `#bm.schedule` says, done literally: one function a kind of loop nest. Tails are guarded, never shifted or
// rounded up: sizes may be smaller than a vector, and results may be written in place.
#include "codegen/halide/ProductSchedule.h"
#include "codegen/halide/ScheduleParts.h"

using namespace bmc::bm;
using Halide::Func;
using Halide::RVar;
using Halide::Stage;
using Halide::Var;
using Halide::VarOrRVar;

namespace bmc::codegen {

namespace {
class Scheduler {
public:
  Scheduler(const Algorithm &algorithm, OutputLoops loops)
      : schedule(algorithm.schedule()), anchors(algorithm.anchors()), kept(algorithm.kept()), loops(std::move(loops)),
        vector(schedule.getVector()), block(vector * schedule.getUnroll()) {}

  void plain();
  void elementwise();
  void rows();
  void columns();
  void matmul() { scheduleProduct(schedule, anchors, loops); }
  void scatter();
  void panels();

  void valuesOfRows();

private:
  void panelsOfColumns();
  void panelsOfRows();
  void splitTasks(Stage stage) { splitIntoTasks(schedule, loops, std::move(stage)); }
  void splitRows();
  int rowsOfTile() const { return schedule.getTile().empty() ? 1 : int(schedule.getTile()[0]); }
  void vectorizeInnermost();
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
  if (loops.rows && taskAxis(loops) < loops.rowAxes)
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

// All tiles are whole: rows behind the last one would be read. Values of rows are stored row by row.
void Scheduler::splitRows() {
  if (rowsOfTile() <= 1)
    return;
  size_t axis = anchors.empty() ? 0 : anchors[0].shape.size();
  bool areWhole = !loops.rows && axis > 0 && axis < loops.shape.size() && loops.shape[axis - 1].isConstant() &&
                  *loops.shape[axis - 1].constant() % rowsOfTile() == 0 &&
                  (axis - 1 != taskAxis(loops) || schedule.getParallel() % rowsOfTile() == 0);
  if (!areWhole)
    throw Halide::CompileError(
        "a rows schedule with a tile needs rows and tasks that are whole tiles, and results of one shape");
  Var row = loops.axes[axis - 1], rowInTile("rowInTile");
  loops.stage.split(row, row, rowInTile, rowsOfTile(), guarded).unroll(rowInTile);
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
