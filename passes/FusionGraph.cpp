// The graph that fusion works on. See the header.
#include "passes/FusionGraph.h"
#include "dialects/Ops.h"
#include "passes/KernelCandidate.h"

#include <algorithm>
#include <queue>

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

// Ops -----------------------------------------------------------------------------------------------------------------

static bool standsAloneOp(Operation *op) { return isa<ScanOp>(op) || isView(op); }

// The operands whose elements an op reads; a view may only wait for others.
static OperandRange dataOf(Operation *op) { return isView(op) ? op->getOperands().take_front() : op->getOperands(); }

// A constant with different elements: it stays in the function and is an input of kernels.
static bool isTable(Operation *op) {
  auto constant = dyn_cast<ConstantOp>(op);
  return constant && !isa<SplatElementsAttr>(constant.getValue());
}

// A reshape that only makes one axis of several leading ones, or several of one: a kernel can take its rows apart.
static bool keepsRows(Operation *op) {
  auto reshape = dyn_cast<ReshapeOp>(op);
  if (!reshape)
    return false;
  Shape from = shapeOf(reshape.getX().getType()), to = shapeOf(reshape.getType());
  size_t same = std::min(from.size(), to.size());
  return same > 0 && ArrayRef(from).take_back(same - 1) == ArrayRef(to).take_back(same - 1);
}

bool computesInside(Operation *reader, Operation *cheap) {
  auto fusible = dyn_cast<FusibleOpInterface>(reader);
  if (!fusible)
    return false;
  if (fusible.getAccessPattern() != AccessPattern::Contraction)
    return true;
  // A product reads each element many times: it wants memory in order, unless that would only repeat a smaller tensor.
  return llvm::all_of(cheap->getOperandTypes(),
                      [&](Type type) { return elementCount(shapeOf(type)) != elementCount(resultShapeOf(cheap)); });
}

// Construction --------------------------------------------------------------------------------------------------------

// Work up to this on values that are cheap themselves costs less than reading the result from memory.
constexpr int64_t cheapFlops = 2;

// A reader computes all cheap ops behind a cheap op with it, those that it reaches in two ways twice.
constexpr int64_t mostCheapOps = 16;

// Index maps and generators without operands, and a little pointwise work on nothing but such.
void FusionGraph::findCheapOps(Block &body) {
  struct Cost {
    int64_t flops = 0, ops = 0;
  };
  DenseMap<Operation *, Cost> costs;
  for (Operation &op : body.without_terminator()) {
    bool isCheapView = keepsRows(&op) && costs.contains(op.getOperand(0).getDefiningOp());
    if (isTable(&op) || (standsAloneOp(&op) && !isCheapView))
      continue;
    Cost sum{0, 1};
    bool onlyCheapOperands = true;
    for (Value operand : op.getOperands()) {
      auto found = costs.find(operand.getDefiningOp());
      bool isCheap = found != costs.end();
      onlyCheapOperands &= isCheap;
      sum.flops += isCheap ? found->second.flops : 0;
      sum.ops += isCheap ? found->second.ops : 0;
    }
    AccessPattern pattern = patternOf(&op);
    if (pattern == AccessPattern::Pointwise)
      sum.flops += cast<FusibleOpInterface>(op).getFlopsPerElement();
    bool isCheap = isCheapView || pattern == AccessPattern::IndexMap ||
                   (pattern == AccessPattern::Generator && op.getNumOperands() == 0) ||
                   (pattern == AccessPattern::Pointwise && onlyCheapOperands && !resultShapeOf(&op).empty());
    if (isCheap && sum.flops <= cheapFlops && sum.ops <= mostCheapOps)
      costs[&op] = sum;
  }
  for (auto &[op, cost] : costs)
    cheapOps.insert(op);
}

FusionGraph::FusionGraph(Block &body, std::optional<int64_t> deviceExtent) : deviceExtent(deviceExtent) {
  findCheapOps(body);
  llvm::DenseSet<Operation *> stored; // cheap ops that somebody wants in memory
  for (Operation &op : llvm::reverse(body)) {
    bool isViewOfMemory = isView(&op) && stored.contains(&op);
    if (isCheap(&op) && !isViewOfMemory)
      continue; // computed where it is read, and its cheap operands with it
    for (Value operand : dataOf(&op))
      if (Operation *cheap = operand.getDefiningOp();
          cheap && isCheap(cheap) && (standsAloneOp(&op) || !computesInside(&op, cheap)))
        stored.insert(cheap);
  }
  for (Operation &op : body.without_terminator()) {
    if (isTable(&op) || (isCheap(&op) && !stored.contains(&op)))
      continue;
    unsigned index = groups.addNode();
    nodeOf[&op] = index;
    nodes.push_back({&op, {}, {}});
    addReads(index, &op, 0, ReadKind::Same, {});
  }
  for (Value value : body.getTerminator()->getOperands())
    if (auto found = nodeOf.find(value.getDefiningOp()); found != nodeOf.end())
      nodes[found->second].returned = true;
}

// How `reader` itself reads an operand.
static ReadKind readKind(Operation *reader) {
  if (standsAloneOp(reader))
    return ReadKind::Whole;
  switch (patternOf(reader)) {
  case AccessPattern::Pointwise:
  case AccessPattern::Reduction:
    return ReadKind::Same;
  case AccessPattern::IndexMap:
  case AccessPattern::Packing:
  case AccessPattern::Scatter:
    return ReadKind::Moved;
  case AccessPattern::Generator:
  case AccessPattern::View:
  case AccessPattern::Contraction:
    return ReadKind::Whole;
  }
}

// The elements that an op asks of an operand read element by element: its own, or those that it sums.
static SymbolicDim elementsAsked(Operation *op) {
  if (patternOf(op) == AccessPattern::Reduction || patternOf(op) == AccessPattern::Scatter)
    return elementCount(shapeOf(op->getOperand(0).getType()));
  return elementCount(resultShapeOf(op));
}

// Records what a node reads through `reader`: the node's own op, or the last of some cheap ops on the way.
void FusionGraph::addReads(unsigned consumer, Operation *reader, unsigned cheapOps, ReadKind kind,
                           ArrayRef<int64_t> dimensions) {
  for (Value operand : reader->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (!producer || isTable(producer))
      continue;
    bool isNode = cheapOps == 0;
    if (isNode && isView(reader) && !nodeOf.contains(producer))
      continue; // nothing to wait for
    ReadKind own = isNode ? readKind(reader) : kind;
    if (isCheap(producer) && !(isNode && standsAloneOp(reader)) && computesInside(reader, producer)) {
      // Pointwise work keeps the index. One broadcast keeps its name; anything longer is an index map like any other.
      auto broadcast = dyn_cast<BroadcastOp>(producer);
      bool keepsIndex =
          own == ReadKind::Whole || (own == ReadKind::Same && patternOf(producer) == AccessPattern::Pointwise);
      bool first = own == ReadKind::Same && broadcast;
      ReadKind through = keepsIndex ? own : first ? ReadKind::Repeat : ReadKind::Moved;
      addReads(consumer, producer, cheapOps + 1, through, first ? broadcast.getDimensions() : ArrayRef<int64_t>());
      continue;
    }
    Read read{nodeOf.at(producer), consumer, operand, own, dimensions, false, cheapOps};
    if (own != ReadKind::Whole)
      read.expands = elementsAsked(nodes[consumer].op) != elementCount(shapeOf(operand.getType()));
    nodes[consumer].operands.push_back(read);
    nodes[read.producer].readers.push_back(read);
    groups.addEdge(read.producer, consumer);
  }
}

// Groups --------------------------------------------------------------------------------------------------------------

bool FusionGraph::standsAlone(unsigned group) const {
  return !members(group).empty() && standsAloneOp(nodes[members(group)[0]].op);
}

std::optional<unsigned> FusionGraph::groupOf(Value value) const {
  auto found = nodeOf.find(value.getDefiningOp());
  return found == nodeOf.end() ? std::nullopt : std::optional(groupOf(found->second));
}

bool FusionGraph::hasAnchor(unsigned group) const {
  return llvm::any_of(members(group), [&](unsigned member) { return isAnchor(nodes[member].op); });
}

std::optional<unsigned> FusionGraph::onlyReader(unsigned group) const {
  std::optional<unsigned> only;
  for (unsigned member : members(group)) {
    if (nodes[member].returned)
      return std::nullopt;
    for (const Read &read : nodes[member].readers) {
      unsigned reader = groupOf(read.consumer);
      if (reader != group && reader != only.value_or(reader))
        return std::nullopt;
      if (reader != group)
        only = reader;
    }
  }
  return only;
}

SmallVector<Read> FusionGraph::readsBetween(unsigned producer, unsigned consumer) const {
  auto count = [&](unsigned group, SmallVector<Read, 2> Node::*reads) {
    size_t sum = 0;
    for (unsigned member : members(group))
      sum += (nodes[member].*reads).size();
    return sum;
  };
  SmallVector<Read> result;
  auto collect = [&](unsigned group, SmallVector<Read, 2> Node::*reads) {
    for (unsigned member : members(group))
      for (const Read &read : nodes[member].*reads)
        if (groupOf(read.producer) == producer && groupOf(read.consumer) == consumer)
          result.push_back(read);
  };
  // Many may read the one, and the other may read many.
  if (count(producer, &Node::readers) <= count(consumer, &Node::operands))
    collect(producer, &Node::readers);
  else
    collect(consumer, &Node::operands);
  return result;
}

int64_t FusionGraph::flopsOf(unsigned group) const {
  int64_t flops = 0;
  for (unsigned member : members(group))
    if (!isAnchor(nodes[member].op))
      flops += cast<FusibleOpInterface>(nodes[member].op).getFlopsPerElement();
  return flops;
}

bool FusionGraph::isStored(unsigned member) const {
  return nodes[member].returned || llvm::any_of(nodes[member].readers, [&](const Read &read) {
           return groupOf(read.consumer) != groupOf(member);
         });
}

SmallVector<Value> FusionGraph::resultsOf(unsigned group) const {
  SmallVector<Value> result, ofRows;
  std::optional<RankedTensorType> loops = resultType(group);
  for (unsigned member : members(group))
    if (isStored(member))
      for (Value value : nodes[member].op->getResults()) {
        bool isOfRow = cast<RankedTensorType>(value.getType()).getRank() < loops->getRank();
        (isOfRow && !standsAlone(group) ? ofRows : result).push_back(value);
      }
  llvm::append_range(result, ofRows);
  return result;
}

std::optional<RankedTensorType> FusionGraph::resultType(unsigned group) const {
  std::optional<RankedTensorType> widest;
  for (unsigned member : members(group))
    if (isStored(member))
      for (Type type : nodes[member].op->getResultTypes())
        if (auto tensor = cast<RankedTensorType>(type); !widest || tensor.getRank() > widest->getRank())
          widest = tensor;
  return widest;
}

std::optional<Shape> FusionGraph::resultShape(unsigned group) const {
  std::optional<RankedTensorType> type = resultType(group);
  return type ? std::optional(shapeOf(*type)) : std::nullopt;
}

static constexpr FusionReason loopAlone{"loop", "a loop's steps are a block of their own"},
    viewAlone{"reshape", "a reshape to {producer} stands between"},
    waitAlone{"checkpoint", "a checkpoint stands between: its reader computes it again when the gradients are there"},
    largeKernel{"large-kernel", "the kernel would have too many operations"},
    cycle{"cycle", "a cycle: {through} reads the one and is read by the other"},
    farApart{"far-apart", "too much stands between to see whether it could run before or after both"};

// What stands alone is no kernel, so nothing joins it.
static const FusionReason *aloneReason(Operation *op) {
  if (isa<ScanOp>(op))
    return &loopAlone;
  return op->getNumOperands() > 1 ? &waitAlone : &viewAlone;
}

const FusionReason *FusionGraph::kernelObstacle(unsigned a, unsigned b) const {
  assert(a != b && "a group is one already");
  for (unsigned group : {a, b})
    if (standsAlone(group))
      return aloneReason(nodes[members(group)[0]].op);
  size_t ops = members(a).size() + members(b).size();
  if (ops > mostOpsOfKernel)
    return &largeKernel;
  nodesTried += ops;
  NodeList both;
  std::merge(members(a).begin(), members(a).end(), members(b).begin(), members(b).end(), std::back_inserter(both));
  return bmc::kernelObstacle(nodes, both, deviceExtent);
}

std::optional<Refusal> FusionGraph::mergeObstacle(unsigned a, unsigned b) const {
  if (const FusionReason *reason = kernelObstacle(a, b))
    return Refusal{reason};
  std::optional<AcyclicPartition::Obstruction> obstruction = groups.obstruction(a, b);
  if (!obstruction)
    return std::nullopt;
  return Refusal{obstruction->through ? &cycle : &farApart, obstruction->through};
}

bool FusionGraph::merge(unsigned a, unsigned b) { return a != b && !kernelObstacle(a, b) && groups.merge(a, b); }

SmallVector<unsigned> FusionGraph::order() const {
  std::vector<unsigned> missing(groupCount(), 0); // producers that are not yet placed
  for (unsigned group = 0; group < groupCount(); ++group)
    for (unsigned reader : groups.successors(group))
      ++missing[reader];
  // Of those that can be next, the one that ends first in the program.
  using Entry = std::pair<unsigned, unsigned>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  auto offer = [&](unsigned group) {
    if (missing[group] == 0 && !members(group).empty())
      ready.push({members(group).back(), group});
  };
  for (unsigned group = 0; group < groupCount(); ++group)
    offer(group);
  SmallVector<unsigned> result;
  while (!ready.empty()) {
    unsigned group = ready.top().second;
    ready.pop();
    if (!resultsOf(group).empty())
      result.push_back(group);
    for (unsigned reader : groups.successors(group)) {
      --missing[reader];
      offer(reader);
    }
  }
  return result;
}

} // namespace bmc
