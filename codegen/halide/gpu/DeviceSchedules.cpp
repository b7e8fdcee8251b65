// What a device's `#bm.schedule` says, done literally: one function a kind. Tails are guarded. See the header.
#include "codegen/halide/gpu/DeviceSchedules.h"
#include "codegen/halide/ScheduleParts.h"
#include "codegen/halide/gpu/DeviceProduct.h"
#include "codegen/halide/gpu/FusedAxes.h"
#include "dialects/DeviceGrid.h"

using namespace bmc::bm;
using Halide::Func;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

namespace bmc::codegen {

namespace {
class DeviceScheduler {
public:
  DeviceScheduler(ScheduleAttr schedule, llvm::ArrayRef<Anchor> anchors, OutputLoops loops)
      : schedule(schedule), anchors(anchors), loops(std::move(loops)), threads(int(schedule.getThreads())) {}

  void elements();
  void rows();
  void columns();
  void matmul();
  void scatter();

private:
  // Where results are written in place the output's first definition leaves everything as it is, and no code comes of
  // it; but if it were not the device's Halide would want the results on the host.
  std::vector<Stage> outputStages() const { return definitionsOf(loops.output); }
  Var makeGrid(Stage &stage) const;
  void valuesOfRows(const Var &block, const Var &thread);
  void placeInBlock(const Anchor &anchor, const Var &block, const Var &thread);
  void placeInFirstThread(Func sum, const Var &block);

  ScheduleAttr schedule;
  llvm::ArrayRef<Anchor> anchors;
  OutputLoops loops;
  int threads; // of a block
};
} // namespace

// A person may have written it.
static void check(ScheduleAttr schedule) {
  constexpr int64_t mostThreads = 1024;
  int64_t threads = schedule.getThreads(), partial = schedule.getPartial();
  if (threads > mostThreads)
    throw Halide::CompileError("a block has at most 1024 threads");
  if (partial < 1 || partial > threads || (partial > foldedThreadCount && partial % foldedThreadCount != 0))
    throw Halide::CompileError(
        "a device's partial sums are at most as many as threads, and up to 8 or a multiple of 8");
  if (schedule.getKind() == "gpu_columns" && threads % partial != 0)
    throw Halide::CompileError("the threads of a gpu_columns schedule are a multiple of its partial sums");
}

void applyDeviceSchedule(ScheduleAttr schedule, llvm::ArrayRef<Anchor> anchors, OutputLoops loops) {
  check(schedule);
  llvm::StringRef kind = schedule.getKind();
  if (loops.rows && kind != "gpu_rows")
    throw Halide::CompileError("values of rows beside elements need a gpu_rows schedule");
  DeviceScheduler scheduler(schedule, anchors, std::move(loops));
  if (kind == "gpu_rows")
    scheduler.rows();
  else if (kind == "gpu_columns")
    scheduler.columns();
  else if (kind == "gpu_matmul")
    scheduler.matmul();
  else if (kind == "gpu_scatter")
    scheduler.scatter();
  else
    scheduler.elements();
}

// A thread computes one element, with all that is summed up for it, or an aligned vector of elements.
void DeviceScheduler::elements() {
  Var block("block"), thread("thread"), inVector("in_vector");
  auto vector = int(schedule.getVector());
  bool areWhole =
      !loops.shape.empty() && loops.shape.back().isConstant() && *loops.shape.back().constant() % vector == 0;
  if (vector > 1 && !(areWhole && anchors.empty()))
    throw Halide::CompileError(
        "a gpu_elements schedule with vectors needs an innermost axis that is whole vectors, and "
        "no sums");
  for (Stage stage : outputStages()) {
    if (vector > 1)
      stage.split(loops.axes.back(), loops.axes.back(), inVector, vector, TailStrategy::RoundUp).vectorize(inVector);
    std::vector<Var> elements =
        anchors.empty() ? std::vector{fuse(stage, loops.axes)} : fuseInOrder(stage, loops.axes, loops.shape);
    stage.split(elements[0], block, thread, threads, TailStrategy::GuardWithIf).gpu_threads(thread).gpu_blocks(block);
    for (const Var &outer : llvm::ArrayRef(elements).drop_front())
      stage.gpu_blocks(outer);
  }
  for (const Anchor &anchor : anchors)
    for (Func part : {anchor.result, anchor.lanes, anchor.foldedLanes})
      if (part.defined())
        part.compute_at(loops.output, thread).store_in(Halide::MemoryType::Stack);
}

// A block a row, whose threads share its reductions and then its elements. A row that gives one number has no loop of
// threads of its own.
void DeviceScheduler::rows() {
  Var thread("thread"), step("step"), block("block");
  llvm::ArrayRef<Var> axes = loops.axes;
  size_t kept = anchors.empty() ? 0 : anchors[0].shape.size();
  bool hasElements = kept < axes.size();
  for (Stage stage : outputStages()) {
    if (hasElements)
      stage.split(fuse(stage, axes.drop_front(kept)), step, thread, threads, TailStrategy::GuardWithIf)
          .reorder(step, thread)
          .gpu_threads(thread);
    if (loops.rows)
      stage.rename(makeGrid(stage), block).gpu_blocks(block);
    else if (kept > 0)
      stage.rename(fuse(stage, axes.take_front(kept)), block).gpu_blocks(block);
    else
      stage.split(Var::outermost(), Var::outermost(), block, 1).gpu_blocks(block);
  }
  for (const Anchor &anchor : anchors)
    placeInBlock(anchor, block, hasElements ? thread : block);
  if (loops.rows)
    valuesOfRows(block, thread);
}

// Where values of rows are stored each axis of the rows is one of the grid: of fused ones Halide would not see that the
// loops of two Funcs are in the same row.
Var DeviceScheduler::makeGrid(Stage &stage) const {
  std::vector<Var> grid;
  for (size_t axis = loops.rowAxes; axis-- > 0;)
    grid.insert(isFirstOfGrid(loops.shape[axis]) ? grid.begin() : grid.end(), loops.axes[axis]);
  stage.reorder(std::vector<Halide::VarOrRVar>(grid.begin(), grid.end()));
  for (const Var &axis : llvm::drop_begin(grid))
    stage.gpu_blocks(axis);
  return grid.front();
}

// Stored by the first thread in the block of their row. What the block computes has room for one row: Halide does not
// see that where the loops of two Funcs are one.
void DeviceScheduler::valuesOfRows(const Var &block, const Var &thread) {
  llvm::ArrayRef<SymbolicDim> rows = llvm::ArrayRef(loops.shape).take_front(loops.rowAxes);
  if (anchors.empty() || anchors[0].shape != Shape(rows) || !isGrid(rows))
    throw Halide::CompileError("values of rows beside elements need sums along these rows, and rows of at most three "
                               "axes, of which one may be open or longer than 65535");
  for (const Anchor &anchor : anchors)
    for (Func part : {anchor.result, anchor.lanes, anchor.foldedLanes})
      if (part.defined())
        for (const Var &axis : anchor.axes)
          part.bound_storage(axis, 1);
  Stage values(*loops.rows);
  values.split(makeGrid(values), block, thread, 1, TailStrategy::RoundUp).gpu_blocks(block).gpu_threads(thread);
  loops.rows->compute_with(Halide::LoopLevel(loops.output, block, loops.stageNumber));
}

// A block some columns, for each of which several threads add up some of the rows.
void DeviceScheduler::columns() {
  Var block("block"), thread("thread");
  llvm::ArrayRef<Var> axes = loops.axes;
  for (Stage stage : outputStages()) {
    stage.split(axes.back(), block, thread, threads / int(schedule.getPartial()), TailStrategy::GuardWithIf)
        .gpu_threads(thread);
    if (axes.size() == 1)
      stage.gpu_blocks(block);
    else
      stage.gpu_blocks(block, fuseAxes(stage, axes.drop_back(), llvm::ArrayRef(loops.shape).drop_back()));
  }
  for (const Anchor &anchor : anchors)
    placeInBlock(anchor, block, thread);
}

// Partial sums and their folds are in shared memory, a thread each; what is left to add up is little, and each thread
// does it for itself. What has no partial sums is computed by the thread that asks for it.
void DeviceScheduler::placeInBlock(const Anchor &anchor, const Var &block, const Var &thread) {
  Func result = anchor.result;
  if (!anchor.lanes.defined() && loops.rows)
    return placeInFirstThread(result, block);
  if (!anchor.lanes.defined())
    return void(result.compute_at(loops.output, thread).store_in(Halide::MemoryType::Stack));
  for (Func part : {anchor.lanes, anchor.foldedLanes}) {
    if (!part.defined())
      continue;
    part.compute_at(loops.output, block).store_in(Halide::MemoryType::GPUShared);
    std::vector<Halide::VarOrRVar> order;
    if (schedule.getKind() == "gpu_columns") {
      Var column = part.args()[1];
      part.bound_extent(column, threads / int(schedule.getPartial()));
      order.push_back(column);
    }
    order.push_back(part.args()[0]);
    for (auto [definition, stage] : llvm::enumerate(definitionsOf(part))) {
      stage.reorder(order);
      if (definition > 0) // the additions of a round follow each other, behind all loads for them
        stage.unroll(part.rvars(int(definition) - 1)[0]);
      if (order.size() == 2)
        stage.gpu_threads(order[0], order[1]);
      else
        stage.gpu_threads(order[0]);
    }
  }
}

// A sum that has no partial ones, for the loops of two results.
void DeviceScheduler::placeInFirstThread(Func sum, const Var &block) {
  Var row = sum.args()[0], first("first");
  sum.compute_at(loops.output, block).store_in(Halide::MemoryType::GPUShared);
  for (auto [definition, stage] : llvm::enumerate(definitionsOf(sum))) {
    std::vector<Halide::VarOrRVar> order;
    if (definition > 0)
      llvm::append_range(order, sum.rvars(int(definition) - 1));
    order.push_back(first);
    stage.split(row, row, first, 1, TailStrategy::RoundUp).reorder(order).gpu_threads(first);
  }
}

void DeviceScheduler::matmul() {
  if (anchors.size() != 1 || anchors[0].staged.size() != 2 || loops.axes.size() < 2)
    throw Halide::CompileError("a gpu_matmul schedule needs a kernel with one product");
  scheduleDeviceProduct(schedule, anchors[0], outputStages(), loops);
}

// A block an update and some elements of its slice: a thread adds one up. First of all everything is zero. Blocks of
// one place store the same values, so their race has no loser.
void DeviceScheduler::scatter() {
  if (anchors.size() != 1 || anchors[0].pattern != AccessPattern::Scatter || anchors[0].staged.empty() ||
      loops.output.num_update_definitions() != 1)
    throw Halide::CompileError("a gpu_scatter schedule needs a kernel of one scatter, and nothing else");
  Var block("block"), thread("thread");
  Func output = loops.output;
  Stage zeros(output);
  zeros.split(fuse(zeros, loops.axes), block, thread, threads, TailStrategy::GuardWithIf)
      .gpu_blocks(block)
      .gpu_threads(thread);
  Stage updates = output.update(0);
  updates.allow_race_conditions();
  std::vector<Halide::RVar> domain = output.rvars(0);
  if (domain.empty())
    throw Halide::CompileError("a gpu_scatter schedule needs indices with an axis");
  Halide::RVar update = domain[0];
  for (size_t i = 1; i < domain.size(); ++i) {
    Halide::RVar wider("updates" + std::to_string(i));
    updates.fuse(update, domain[i], wider);
    update = wider;
  }
  std::vector<Var> slice; // all axes but the one that updates choose a place on
  std::vector<Var> own = anchors[0].staged[0].args();
  for (const Var &axis : loops.axes)
    if (llvm::any_of(own, [&](const Var &argument) { return argument.same_as(axis); }))
      slice.push_back(axis);
  Func total = anchors[0].staged[0];
  total.store_in(Halide::MemoryType::Stack);
  if (slice.empty()) {
    Halide::RVar ofBlock("block"), ofThread("thread");
    updates.split(update, ofBlock, ofThread, threads, TailStrategy::GuardWithIf)
        .gpu_blocks(ofBlock)
        .gpu_threads(ofThread);
    total.compute_at(output, ofThread);
    return;
  }
  updates.split(fuse(updates, slice), block, thread, threads, TailStrategy::GuardWithIf)
      .reorder(thread, update, block)
      .gpu_blocks(update, block)
      .gpu_threads(thread);
  total.compute_at(output, thread);
}

} // namespace bmc::codegen
