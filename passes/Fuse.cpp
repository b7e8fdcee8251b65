// Groups the ops of each function, and of each loop's body, into kernels: by the rules of FusionRules.cpp, then once
// more when cheap values that groups read from each other are computed again instead (Recompute.cpp). The kernels are
// built when all is decided; then is known too why two are apart.
#include "dialects/Ops.h"
#include "mlir/IR/IRMapping.h"
#include "passes/FusionRules.h"
#include "passes/Passes.h"
#include "passes/Places.h"
#include "passes/Recompute.h"
#include "passes/Schedule.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_FUSE
#include "passes/Passes.h.inc"

namespace {
struct Grouping {
  bool merges, reasons;
  bool isForDevice;
};
} // namespace

static LogicalResult fuse(Block &body, const Grouping &options);

namespace {
struct Fuse : impl::FuseBase<Fuse> {
  using FuseBase::FuseBase;

  void runOnOperation() override {
    auto target = getOperation()->getAttrOfType<TargetAttr>("bm.target");
    Grouping options{merges, reasons, target && !target.getDevice().empty()};
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      // Inner loops first: a loop that is done is one node of the block around it.
      WalkResult loops = function.walk([&](ScanOp scan) { return WalkResult(fuse(scan.getBody().front(), options)); });
      if (loops.wasInterrupted() || failed(fuse(function.getBody().front(), options)) || failed(verifyFused(function)))
        return signalPassFailure();
    }
  }
};
} // namespace

static LogicalResult checkOps(Block &body) {
  for (Operation &op : body.without_terminator())
    if (!isa<ScanOp>(op) && (!isa<FusibleOpInterface>(op) || op.getNumResults() != 1))
      return op.emitError() << "'" << op.getName() << "' cannot be in a kernel";
  return success();
}

// Reasons -------------------------------------------------------------------------------------------------------------

static constexpr FusionReason unmerged{"not-optimized", "-O0 leaves each operation alone"};

namespace {
// Says of each kernel and loop why it is not one with the kernels whose values it reads.
class ReasonNotes {
public:
  ReasonNotes(const FusionGraph &graph, bool merges, bool wanted) : graph(graph), merges(merges), wanted(wanted) {}

  // `inputs` are the values that the group reads, as the graph knows them.
  void add(Operation *kernel, unsigned group, ValueRange inputs) const {
    if (!wanted)
      return;
    Builder builder(kernel->getContext());
    auto reasons = llvm::map_to_vector(inputs, [&](Value input) { return reasonFor(builder, group, input); });
    kernel->setAttr(apartAttrName, builder.getArrayAttr(reasons));
  }

private:
  Attribute reasonFor(Builder &builder, unsigned group, Value input) const {
    std::optional<unsigned> producer = graph.groupOf(input);
    if (!producer)
      return builder.getDictionaryAttr({});
    Refusal refusal = merges ? whyApart(graph, *producer, group) : Refusal{&unmerged};
    return reasonAttr(builder.getContext(), graph, refusal, *producer, group);
  }

  const FusionGraph &graph;
  bool merges, wanted;
};
} // namespace

// Building ------------------------------------------------------------------------------------------------------------

namespace {
// Builds the kernel of one group. `values` maps the block's old values to where they are now.
class KernelBuilder {
public:
  KernelBuilder(const FusionGraph &graph, unsigned group, DenseMap<Value, Value> &values, const ReasonNotes &notes)
      : graph(graph), group(group), values(values), notes(notes), results(graph.resultsOf(group)) {
    for (unsigned member : graph.members(group))
      members.insert(graph.node(member).op);
    for (Value result : results)
      collect(result.getDefiningOp());
  }

  void build(OpBuilder &builder) {
    SmallVector<Value> inputs = inputsInOrder();
    auto newInputs = llvm::map_to_vector(inputs, [&](Value input) { return values.lookup(input); });
    auto kernel = KernelOp::create(builder, place(builder), ValueRange(results).getTypes(), newInputs, ScheduleAttr(),
                                   DenseI64ArrayAttr(), ArrayAttr());
    fillBody(kernel, inputs);
    notes.add(kernel, group, inputs);
    for (auto [old, output] : llvm::zip_equal(results, kernel.getOutputs()))
      values[old] = output;
  }

private:
  // Where the ops come from; constants come last, since many share them. A folded constant has lost its place: then
  // where its value goes.
  Location place(OpBuilder &builder) const {
    SmallVector<Operation *> inProgram(ops);
    llvm::sort(inProgram, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    SmallVector<Location> places;
    for (bool constants : {false, true})
      for (Operation *op : inProgram)
        if (op->hasTrait<OpTrait::ConstantLike>() == constants && !isa<UnknownLoc>(op->getLoc()))
          places.push_back(op->getLoc());
    return places.empty() ? placeOfResult(results[0]) : builder.getFusedLoc(places);
  }

  // The members, and the cheap ops that they read, each behind its operands: an order that says nothing of the program,
  // so that equal layers have equal kernels.
  void collect(Operation *op) {
    if (!inside.insert(op).second)
      return;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && (members.contains(producer) || (graph.isCheap(producer) && computesInside(op, producer))))
        collect(producer);
    ops.push_back(op);
  }

  bool isInput(Operation *reader, Value operand) const {
    Operation *producer = operand.getDefiningOp();
    return !inside.contains(producer) || (graph.isCheap(producer) && !computesInside(reader, producer));
  }

  SmallVector<Value> inputsInOrder() const {
    llvm::SetVector<Value> inputs;
    for (Operation *op : ops)
      for (Value operand : op->getOperands())
        if (isInput(op, operand))
          inputs.insert(operand);
    return inputs.takeVector();
  }

  void fillBody(KernelOp kernel, ArrayRef<Value> inputs) {
    Block &body = kernel.getBody().emplaceBlock();
    OpBuilder builder = OpBuilder::atBlockEnd(&body);
    DenseMap<Value, Value> arguments, computed;
    for (Value input : inputs)
      arguments[input] = body.addArgument(input.getType(), input.getLoc());
    for (Operation *op : ops) {
      Operation *copy = builder.clone(*op);
      for (auto [number, operand] : llvm::enumerate(op->getOperands()))
        copy->setOperand(number, isInput(op, operand) ? arguments.at(operand) : computed.at(operand));
      computed[op->getResult(0)] = copy->getResult(0);
    }
    auto yielded = llvm::map_to_vector(results, [&](Value result) { return computed.at(result); });
    YieldOp::create(builder, kernel.getLoc(), yielded);
  }

  const FusionGraph &graph;
  unsigned group;
  DenseMap<Value, Value> &values;
  const ReasonNotes &notes;
  SmallVector<Value> results;
  SmallVector<Operation *> ops;
  llvm::DenseSet<Operation *> members, inside;
};
} // namespace

static void buildKernels(Block &body, const FusionGraph &graph, const ReasonNotes &notes) {
  Operation *terminator = body.getTerminator();
  SmallVector<Operation *> oldOps = llvm::map_to_vector(body.without_terminator(), [](Operation &op) { return &op; });
  DenseMap<Value, Value> values;
  for (Value argument : body.getArguments())
    values[argument] = argument;
  OpBuilder builder(terminator);
  for (Operation *op : oldOps)
    if (isa<ConstantOp>(op)) // those that kernels compute themselves go again below
      values[op->getResult(0)] = builder.clone(*op)->getResult(0);

  for (unsigned group : graph.order()) {
    Operation *first = graph.node(graph.members(group)[0]).op;
    if (!graph.standsAlone(group)) {
      KernelBuilder(graph, group, values, notes).build(builder);
      continue;
    }
    Operation *copy = builder.clone(*first);
    // What a view only waits for may be computed in its readers: then there is nothing to wait for.
    SmallVector<Value> operands;
    for (Value operand : first->getOperands())
      if (Value now = values.lookup(operand))
        operands.push_back(now);
    copy->setOperands(operands);
    if (isa<ScanOp>(copy))
      notes.add(copy, group, first->getOperands());
    for (auto [old, result] : llvm::zip_equal(first->getResults(), copy->getResults()))
      values[old] = result;
  }
  for (OpOperand &operand : terminator->getOpOperands())
    operand.set(values.at(operand.get()));
  for (Operation *op : llvm::reverse(oldOps))
    op->erase();
  for (auto constant : llvm::make_early_inc_range(body.getOps<ConstantOp>()))
    if (constant->use_empty())
      constant->erase();
}

static LogicalResult fuse(Block &body, const Grouping &options) {
  // Text of a later stage, perhaps edited, is grouped already.
  if (!body.getOps<KernelOp>().empty())
    return success();
  if (failed(checkOps(body)))
    return failure();
  std::optional<int64_t> deviceExtent;
  if (options.isForDevice)
    deviceExtent = openExtent(body.getTerminator());
  auto graph = std::make_unique<FusionGraph>(body, deviceExtent);
  if (options.merges)
    groupOps(*graph);
  if (options.merges && recomputeInReaders(*graph)) {
    graph = std::make_unique<FusionGraph>(body, deviceExtent);
    groupOps(*graph);
  }
  buildKernels(body, *graph, ReasonNotes(*graph, options.merges, options.reasons));
  return success();
}

} // namespace bmc
