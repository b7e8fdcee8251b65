// What `#bm.schedule` says, done literally: one function a kind of loop nest. Tails are guarded, never shifted or
// rounded up: sizes may be smaller than a vector, and results may be written in place.
#include "codegen/halide/Lower.h"

#include <numeric>

using namespace bmc::bm;
using Halide::Func;
using Halide::RVar;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

namespace bmc::codegen {

static constexpr TailStrategy guarded = TailStrategy::GuardWithIf;

namespace {
class Scheduler {
public:
  Scheduler(ScheduleAttr schedule, llvm::ArrayRef<Anchor> anchors, OutputLoops loops)
      : schedule(schedule), anchors(anchors), loops(std::move(loops)), vector(schedule.getVector()),
        block(vector * schedule.getUnroll()) {}

  void plain();
  void elementwise();
  void rows();
  void columns();
  void matmul();
  void scatter();

private:
  void splitTasks();
  void vectorizeInnermost();
  void placeAnchors();
  void place(const Anchor &anchor);
  void placeInBlock(const Anchor &anchor);
  bool isComputedPerElement() const;
  bool isDirectScatter() const;

  ScheduleAttr schedule;
  llvm::ArrayRef<Anchor> anchors;
  OutputLoops loops;
  int vector, block; // lanes, and elements of one step of the innermost loop
};
} // namespace

void applySchedule(ScheduleAttr schedule, llvm::ArrayRef<Anchor> anchors, OutputLoops loops) {
  Scheduler scheduler(schedule, anchors, std::move(loops));
  llvm::StringRef kind = schedule.getKind();
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
  else
    scheduler.plain();
}

static bool updatesInnermostAxis(const Func &output) {
  const auto *position = output.update_args()[0].as<Halide::Internal::Variable>();
  return position && position->name == output.args()[0].name();
}

void Scheduler::plain() { placeAnchors(); }

void Scheduler::elementwise() {
  splitTasks();
  vectorizeInnermost();
  placeAnchors();
}

void Scheduler::rows() {
  splitTasks();
  if (!isComputedPerElement())
    vectorizeInnermost();
  placeAnchors();
}

// A block of results in registers, the summed axes around it.
void Scheduler::columns() {
  splitTasks();
  vectorizeInnermost();
  for (const Anchor &anchor : anchors)
    placeInBlock(anchor);
}

// A tile of accumulators in registers: the inner axis runs over the whole tile, and the tile's consumer finishes it.
void Scheduler::matmul() {
  if (schedule.getTile().size() != 2 || anchors.size() != 1 || loops.axes.size() < 2)
    throw Halide::CompileError("a matmul schedule needs a tile of two sizes and a kernel with one product");
  splitTasks();
  int tileRows = schedule.getTile()[0], tileColumns = schedule.getTile()[1];
  size_t rank = loops.axes.size();
  int lanes = std::gcd(vector, tileColumns); // a tile is whole vectors
  Var row = loops.axes[rank - 2], column = loops.axes[rank - 1], rowInTile("row"), columnInTile("column");
  loops.stage.split(column, column, columnInTile, tileColumns, guarded)
      .split(row, row, rowInTile, tileRows, guarded)
      .reorder(columnInTile, rowInTile, row, column)
      .vectorize(columnInTile, lanes, guarded)
      .unroll(columnInTile)
      .unroll(rowInTile);
  const Anchor &product = anchors[0];
  Func sums = product.result;
  Var x = product.axes[rank - 1], y = product.axes[rank - 2];
  sums.compute_at(loops.output, row)
      .store_in(Halide::MemoryType::Stack)
      .bound_extent(x, tileColumns)
      .bound_extent(y, tileRows);
  sums.vectorize(x, lanes, guarded).unroll(x).unroll(y);
  sums.update().reorder(x, y, sums.rvars()[0]).vectorize(x, lanes, guarded).unroll(x).unroll(y);
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

// Whether the kernel's results are the accumulators themselves.
bool Scheduler::isDirectScatter() const {
  return anchors.size() == 1 && loops.output.name() == anchors[0].result.name();
}

// Fixed numbers of rows make the tasks, whoever runs them.
void Scheduler::splitTasks() {
  if (schedule.getParallel() <= 0 || loops.axes.empty())
    return;
  Var task("task");
  loops.stage.split(loops.axes[0], task, loops.axes[0], int(schedule.getParallel()), guarded).parallel(task);
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

static bool isPrefix(llvm::ArrayRef<SymbolicDim> prefix, llvm::ArrayRef<SymbolicDim> shape) {
  return prefix.size() <= shape.size() && shape.take_front(prefix.size()) == prefix;
}

// In the loop of the last axis that the anchor has; a single number in front of all loops.
void Scheduler::place(const Anchor &anchor) {
  std::vector<Func> parts{anchor.result};
  if (anchor.lanes.defined())
    parts.push_back(anchor.lanes);
  for (Func part : parts) {
    part.store_in(Halide::MemoryType::Stack);
    if (anchor.shape.empty() || loops.axes.empty() || anchor.pattern == AccessPattern::Scatter)
      part.compute_root();
    else if (isPrefix(anchor.shape, loops.shape))
      part.compute_at(loops.output, loops.axes[anchor.shape.size() - 1]);
    else
      part.compute_at(loops.output, loops.axes.back());
  }
  if (!anchor.lanes.defined())
    return;
  Func lanes = anchor.lanes;
  Var lane = lanes.args()[0];
  lanes.vectorize(lane, vector, guarded).unroll(lane);
  std::vector<VarOrRVar> order{lane};
  for (const RVar &summed : lanes.rvars(0))
    order.push_back(summed);
  lanes.update(0).reorder(order).vectorize(lane, vector, guarded).unroll(lane);
  if (lanes.num_update_definitions() > 1)
    lanes.update(1).unscheduled(); // the last, incomplete round of lanes
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
