// Groups the ops of each function, and of each loop's body, into kernels. FusionGraph knows what one kernel may hold;
// the rules here say what is worth holding together. They only ever merge two groups into one; the kernels are built
// when all is decided:
//
//   1. pointwise work joins the pointwise work that reads it;
//   2. pointwise work joins the anchor (product, reduction, scatter) that it reads: bias, activation, optimizer update;
//      so does a reduction over the same rows;
//   3. what one kernel alone reads joins that kernel: the square in a sum of squares, the sums of a softmax;
//   4. kernels of one shape that read the same values become one with several results.
//
// The order matters: rule 1 brings the gradient of an activation to where it is used, before rule 2 could tie it to the
// forward product; rule 2 keeps a bias with its product, before rule 3 could move it into the softmax behind.
//
// Then cheap values that groups read from each other are computed again instead (Recompute.cpp), and the rules start
// anew.
#include "dialects/Ops.h"
#include "mlir/IR/IRMapping.h"
#include "passes/FusionGraph.h"
#include "passes/Passes.h"
#include "passes/Places.h"
#include "passes/Recompute.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_FUSE
#include "passes/Passes.h.inc"

static LogicalResult fuse(Block &body, bool merges);

namespace {
struct Fuse : impl::FuseBase<Fuse> {
  using FuseBase::FuseBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      // Inner loops first: a loop that is done is one node of the block around it.
      WalkResult loops = function.walk([&](ScanOp scan) { return WalkResult(fuse(scan.getBody().front(), merges)); });
      if (loops.wasInterrupted() || failed(fuse(function.getBody().front(), merges)) || failed(verifyFused(function)))
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

// Deciding ------------------------------------------------------------------------------------------------------------

// Work this small is done again for each element rather than kept in memory for one more kernel.
constexpr int64_t cheapFlopsPerElement = 2;
// Work up to this is done again by each loop of a kernel with several (the maximum, the sum and the quotient of a
// softmax).
constexpr int64_t cheapFlopsAgain = 16;

static bool isPointwise(const FusionGraph &graph, unsigned group) {
  return !graph.members(group).empty() && !graph.standsAlone(group) && !graph.hasAnchor(group);
}

// The only group that reads this one, if it is one and the value is not returned.
static std::optional<unsigned> onlyReader(const FusionGraph &graph, unsigned group) {
  SmallVector<unsigned> readers = graph.readersOf(group);
  if (readers.size() != 1 || graph.isReturned(group) || graph.standsAlone(readers[0]))
    return std::nullopt;
  return readers[0];
}

static bool mergeIfLegal(FusionGraph &graph, unsigned into, unsigned from) {
  if (!graph.canMerge(into, from))
    return false;
  graph.merge(into, from);
  return true;
}

// Rule 1. Backwards, so that a chain collects in its last op.
static bool joinPointwiseReaders(FusionGraph &graph) {
  bool changed = false;
  for (unsigned group = graph.groupCount(); group-- > 0;) {
    std::optional<unsigned> reader = isPointwise(graph, group) ? onlyReader(graph, group) : std::nullopt;
    if (!reader || !isPointwise(graph, *reader))
      continue;
    if (llvm::none_of(graph.readsBetween(group, *reader), [](const Read &read) { return read.expands; }))
      changed |= mergeIfLegal(graph, *reader, group);
  }
  return changed;
}

// The groups of the same shape that a group reads element by element or over its rows: anchors first, then later ones.
static SmallVector<unsigned> producersOfSameShape(const FusionGraph &graph, unsigned group) {
  llvm::SetVector<unsigned> found;
  for (unsigned member : graph.members(group))
    for (const Read &read : graph.node(member).operands) {
      unsigned producer = graph.node(read.producer).group;
      bool inOrder = read.kind == ReadKind::Same || read.kind == ReadKind::Repeat;
      if (producer != group && !graph.standsAlone(producer) && inOrder &&
          graph.resultShape(producer) == graph.resultShape(group))
        found.insert(producer);
    }
  SmallVector<unsigned> result = found.takeVector();
  llvm::sort(result, [&](unsigned a, unsigned b) {
    auto rank = [&](unsigned group) { return std::pair(graph.hasAnchor(group), graph.members(group).back()); };
    return rank(a) > rank(b);
  });
  return result;
}

// Whether another reduction, which alone reads the group, can compute it on the way, and `producer` has to be in memory
// anyway because others read it too. Then joining the producer would only store one more tensor.
static bool betterInItsReader(const FusionGraph &graph, unsigned group, unsigned producer) {
  std::optional<unsigned> reader = onlyReader(graph, group);
  if (!reader || !graph.canMerge(*reader, group))
    return false;
  for (const Read &read : graph.readsBetween(producer, group)) {
    const Node &node = graph.node(read.producer);
    bool othersRead = llvm::any_of(node.readers, [&](const Read &other) {
      unsigned consumer = graph.node(other.consumer).group;
      return consumer != group && consumer != producer;
    });
    if (!othersRead && !node.returned)
      return false;
  }
  return true;
}

// Rule 2.
static bool joinProducers(FusionGraph &graph) {
  bool changed = false;
  for (unsigned group = 0; group < graph.groupCount(); ++group) {
    if (graph.members(group).empty() || graph.standsAlone(group))
      continue;
    for (unsigned producer : producersOfSameShape(graph, group)) {
      if (betterInItsReader(graph, group, producer) || !mergeIfLegal(graph, producer, group))
        continue;
      changed = true;
      break;
    }
  }
  return changed;
}

// Whether computing a group inside its reader costs little more than reading its values would.
static bool isCheapInside(const FusionGraph &graph, unsigned group, unsigned reader) {
  if (graph.hasAnchor(group))
    return true; // computed once a row, before the row's loop
  SmallVector<Read> reads = graph.readsBetween(group, reader);
  if (llvm::any_of(reads, [](const Read &read) { return read.expands; }))
    return graph.flopsOf(group) <= cheapFlopsPerElement;
  return reads.size() == 1 || !graph.hasAnchor(reader) || graph.flopsOf(group) <= cheapFlopsAgain;
}

// Rule 3. Backwards: when the sums of a softmax are in, the exponentials have only one reader left.
static bool joinOnlyReader(FusionGraph &graph) {
  bool changed = false;
  for (unsigned group = graph.groupCount(); group-- > 0;) {
    if (graph.members(group).empty() || graph.standsAlone(group))
      continue;
    std::optional<unsigned> reader = onlyReader(graph, group);
    if (reader && isCheapInside(graph, group, *reader))
      changed |= mergeIfLegal(graph, *reader, group);
  }
  return changed;
}

// The tensors that a group reads from outside, scalars left out.
static llvm::SetVector<Value> tensorsRead(const FusionGraph &graph, unsigned group) {
  llvm::SetVector<Value> result;
  SmallVector<Operation *> rest;
  for (unsigned member : graph.members(group))
    rest.push_back(graph.node(member).op);
  llvm::DenseSet<Operation *> seen(rest.begin(), rest.end());
  while (!rest.empty())
    for (Value operand : rest.pop_back_val()->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && graph.isCheap(producer)) {
        if (seen.insert(producer).second)
          rest.push_back(producer);
      } else if (!seen.contains(producer) && cast<RankedTensorType>(operand.getType()).getRank() > 0) {
        result.insert(operand);
      }
    }
  return result;
}

// Rule 4: pointwise kernels, or reductions, that read one tensor; those that give scalars in any case.
static bool joinSiblings(FusionGraph &graph) {
  bool changed = false;
  llvm::MapVector<Value, SmallVector<unsigned>> readers; // a null value stands for no tensor at all
  for (unsigned group = 0; group < graph.groupCount(); ++group) {
    std::optional<Shape> shape = graph.resultShape(group);
    if (!shape || graph.standsAlone(group))
      continue;
    if (shape->empty())
      readers[Value()].push_back(group);
    for (Value value : tensorsRead(graph, group))
      readers[value].push_back(group);
  }
  SmallVector<unsigned> mergedInto = llvm::to_vector(llvm::seq<unsigned>(0, graph.groupCount()));
  for (auto &[value, groups] : readers)
    for (size_t i = 0; i < groups.size(); ++i)
      for (size_t j = i + 1; j < groups.size(); ++j) {
        unsigned a = mergedInto[groups[i]], b = mergedInto[groups[j]];
        if (a == b || graph.hasAnchor(a) != graph.hasAnchor(b) || graph.resultShape(a) != graph.resultShape(b) ||
            !mergeIfLegal(graph, a, b))
          continue;
        llvm::replace(mergedInto, b, a);
        changed = true;
      }
  return changed;
}

static void groupOps(FusionGraph &graph) {
  while (joinPointwiseReaders(graph)) {
  }
  // A merge can leave another group with one reader, or one producer less: repeat until nothing changes. Each change is
  // a merge, so this ends.
  for (bool changed = true; changed;) {
    changed = joinProducers(graph);
    changed |= joinOnlyReader(graph);
    changed |= joinSiblings(graph);
  }
}

// Building ------------------------------------------------------------------------------------------------------------

namespace {
// Builds the kernel of one group. `values` maps the block's old values to where they are now.
class KernelBuilder {
public:
  KernelBuilder(const FusionGraph &graph, unsigned group, DenseMap<Value, Value> &values)
      : graph(graph), values(values), results(graph.resultsOf(group)) {
    for (unsigned member : graph.members(group))
      collect(graph.node(member).op);
    llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  }

  void build(OpBuilder &builder) {
    SmallVector<Value> inputs = inputsInOrder();
    auto newInputs = llvm::map_to_vector(inputs, [&](Value input) { return values.lookup(input); });
    auto kernel = KernelOp::create(builder, place(builder), ValueRange(results).getTypes(), newInputs, ScheduleAttr(),
                                   DenseI64ArrayAttr(), ArrayAttr());
    fillBody(kernel, inputs);
    for (auto [old, output] : llvm::zip_equal(results, kernel.getOutputs()))
      values[old] = output;
  }

private:
  // Where the ops come from. A folded constant has lost its place: then where its value goes.
  Location place(OpBuilder &builder) const {
    SmallVector<Location> places;
    for (Operation *op : ops)
      if (!isa<UnknownLoc>(op->getLoc()))
        places.push_back(op->getLoc());
    return places.empty() ? placeOfResult(results[0]) : builder.getFusedLoc(places);
  }

  // The members, and the cheap ops that they read.
  void collect(Operation *op) {
    if (!inside.insert(op).second)
      return;
    ops.push_back(op);
    for (Value operand : op->getOperands())
      if (Operation *cheap = operand.getDefiningOp(); cheap && graph.isCheap(cheap) && computesInside(op, cheap))
        collect(cheap);
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
  DenseMap<Value, Value> &values;
  SmallVector<Value> results;
  SmallVector<Operation *> ops;
  llvm::DenseSet<Operation *> inside;
};
} // namespace

static void buildKernels(Block &body, const FusionGraph &graph) {
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
      KernelBuilder(graph, group, values).build(builder);
      continue;
    }
    Operation *copy = builder.clone(*first);
    // What a view only waits for may be computed in its readers: then there is nothing to wait for.
    SmallVector<Value> operands;
    for (Value operand : first->getOperands())
      if (Value now = values.lookup(operand))
        operands.push_back(now);
    copy->setOperands(operands);
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

static LogicalResult fuse(Block &body, bool merges) {
  if (failed(checkOps(body)))
    return failure();
  auto graph = std::make_unique<FusionGraph>(body);
  if (merges)
    groupOps(*graph);
  if (merges && recomputeInReaders(*graph)) {
    graph = std::make_unique<FusionGraph>(body);
    groupOps(*graph);
  }
  buildKernels(body, *graph);
  return success();
}

} // namespace bmc
