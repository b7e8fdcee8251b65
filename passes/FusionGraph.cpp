// The graph that fusion works on. See the header.
#include "passes/FusionGraph.h"
#include "dialects/Ops.h"

#include <algorithm>
#include <queue>

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

// Ops -----------------------------------------------------------------------------------------------------------------

static AccessPattern patternOf(Operation *op) { return cast<FusibleOpInterface>(op).getAccessPattern(); }
static Shape resultShapeOf(Operation *op) { return shapeOf(op->getResult(0).getType()); }
static bool standsAloneOp(Operation *op) { return isa<ScanOp>(op) || isView(op); }

// The operands whose elements an op reads; a view may only wait for others.
static OperandRange dataOf(Operation *op) { return isView(op) ? op->getOperands().take_front() : op->getOperands(); }

static bool isAnchor(Operation *op) {
  if (standsAloneOp(op))
    return false;
  AccessPattern pattern = patternOf(op);
  return pattern == AccessPattern::Packing || pattern == AccessPattern::Reduction ||
         pattern == AccessPattern::Contraction || pattern == AccessPattern::Scatter;
}

// A constant with different elements: it stays in the function and is an input of kernels.
static bool isTable(Operation *op) {
  auto constant = dyn_cast<ConstantOp>(op);
  return constant && !isa<SplatElementsAttr>(constant.getValue());
}

bool computesInside(Operation *reader, Operation *cheap) {
  auto fusible = dyn_cast<FusibleOpInterface>(reader);
  if (!fusible || standsAloneOp(reader))
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

// Index maps and generators without operands, and a little pointwise work on nothing but such.
void FusionGraph::findCheapOps(Block &body) {
  DenseMap<Operation *, int64_t> flops;
  for (Operation &op : body.without_terminator()) {
    if (isTable(&op) || standsAloneOp(&op))
      continue;
    int64_t sum = 0;
    bool onlyCheapOperands = true;
    for (Value operand : op.getOperands()) {
      auto found = flops.find(operand.getDefiningOp());
      onlyCheapOperands &= found != flops.end();
      sum += found != flops.end() ? found->second : 0;
    }
    AccessPattern pattern = patternOf(&op);
    if (pattern == AccessPattern::Pointwise)
      sum += cast<FusibleOpInterface>(op).getFlopsPerElement();
    bool isCheap = pattern == AccessPattern::IndexMap ||
                   (pattern == AccessPattern::Generator && op.getNumOperands() == 0) ||
                   (pattern == AccessPattern::Pointwise && onlyCheapOperands && !resultShapeOf(&op).empty());
    if (isCheap && sum <= cheapFlops)
      flops[&op] = sum;
  }
  for (auto [op, sum] : flops)
    cheapOps.insert(op);
}

FusionGraph::FusionGraph(Block &body) {
  findCheapOps(body);
  llvm::DenseSet<Operation *> stored; // cheap ops that somebody wants in memory
  for (Operation &op : body) {
    if (isCheap(&op))
      continue; // computed where it is read, and its cheap operands with it
    for (Value operand : dataOf(&op))
      if (Operation *cheap = operand.getDefiningOp(); cheap && isCheap(cheap) && !computesInside(&op, cheap))
        stored.insert(cheap);
  }
  for (Operation &op : body.without_terminator()) {
    if (isTable(&op) || (isCheap(&op) && !stored.contains(&op)))
      continue;
    unsigned index = nodes.size();
    nodeOf[&op] = index;
    nodes.push_back({&op, index, {}, {}});
    groups.push_back({index});
    addReads(index, &op, nullptr, ReadKind::Same, {});
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

// Records what a node reads through `reader`: the node's own op, or a cheap op on the way.
void FusionGraph::addReads(unsigned consumer, Operation *reader, Operation *throughCheap, ReadKind kind,
                           ArrayRef<int64_t> dimensions) {
  for (Value operand : reader->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (!producer || isTable(producer))
      continue;
    if (isView(reader) && !nodeOf.contains(producer))
      continue; // nothing to wait for
    ReadKind own = throughCheap ? kind : readKind(reader);
    if (isCheap(producer) && computesInside(reader, producer)) {
      // Pointwise work keeps the index. One broadcast keeps its name; anything longer is an index map like any other.
      auto broadcast = dyn_cast<BroadcastOp>(producer);
      bool keepsIndex =
          own == ReadKind::Whole || (own == ReadKind::Same && patternOf(producer) == AccessPattern::Pointwise);
      bool first = own == ReadKind::Same && broadcast;
      ReadKind through = keepsIndex ? own : first ? ReadKind::Repeat : ReadKind::Moved;
      addReads(consumer, producer, producer, through, first ? broadcast.getDimensions() : ArrayRef<int64_t>());
      continue;
    }
    Read read{nodeOf.at(producer), consumer, operand, own, dimensions, false};
    if (own != ReadKind::Whole)
      read.expands = elementsAsked(nodes[consumer].op) != elementCount(shapeOf(operand.getType()));
    nodes[consumer].operands.push_back(read);
    nodes[read.producer].readers.push_back(read);
  }
}

// Groups --------------------------------------------------------------------------------------------------------------

bool FusionGraph::standsAlone(unsigned group) const {
  return !groups[group].empty() && standsAloneOp(nodes[groups[group][0]].op);
}

bool FusionGraph::hasAnchor(unsigned group) const {
  return llvm::any_of(groups[group], [&](unsigned member) { return isAnchor(nodes[member].op); });
}

SmallVector<unsigned> FusionGraph::readersOf(unsigned group) const {
  SmallVector<unsigned> result;
  for (unsigned member : groups[group])
    for (const Read &read : nodes[member].readers)
      if (nodes[read.consumer].group != group)
        result.push_back(nodes[read.consumer].group);
  llvm::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool FusionGraph::isReturned(unsigned group) const {
  return llvm::any_of(groups[group], [&](unsigned member) { return nodes[member].returned; });
}

SmallVector<Read> FusionGraph::readsBetween(unsigned producer, unsigned consumer) const {
  SmallVector<Read> result;
  for (unsigned member : groups[producer])
    for (const Read &read : nodes[member].readers)
      if (nodes[read.consumer].group == consumer)
        result.push_back(read);
  return result;
}

int64_t FusionGraph::flopsOf(unsigned group) const {
  int64_t flops = 0;
  for (unsigned member : groups[group])
    if (!isAnchor(nodes[member].op))
      flops += cast<FusibleOpInterface>(nodes[member].op).getFlopsPerElement();
  return flops;
}

SmallVector<Value> FusionGraph::resultsOf(unsigned group) const {
  SmallVector<Value> result;
  for (unsigned member : groups[group])
    if (nodes[member].returned ||
        llvm::any_of(nodes[member].readers, [&](const Read &read) { return nodes[read.consumer].group != group; }))
      llvm::append_range(result, nodes[member].op->getResults());
  return result;
}

std::optional<Shape> FusionGraph::resultShape(unsigned group) const {
  SmallVector<Value> results = resultsOf(group);
  return results.empty() ? std::nullopt : std::optional(shapeOf(results[0].getType()));
}

bool FusionGraph::canMerge(unsigned a, unsigned b) const {
  if (a == b || standsAlone(a) || standsAlone(b))
    return false;
  NodeList members;
  std::merge(groups[a].begin(), groups[a].end(), groups[b].begin(), groups[b].end(), std::back_inserter(members));
  return isKernel(members) && !pathAround(a, b) && !pathAround(b, a);
}

void FusionGraph::merge(unsigned a, unsigned b) {
  NodeList members;
  std::merge(groups[a].begin(), groups[a].end(), groups[b].begin(), groups[b].end(), std::back_inserter(members));
  for (unsigned member : groups[b])
    nodes[member].group = a;
  groups[a] = std::move(members);
  groups[b].clear();
}

// Whether a path leads from one group to another through a third.
bool FusionGraph::pathAround(unsigned from, unsigned to) const {
  llvm::DenseSet<unsigned> seen{from};
  SmallVector<unsigned> rest;
  auto push = [&](unsigned group) {
    for (unsigned reader : readersOf(group))
      if (!(group == from && reader == to) && seen.insert(reader).second)
        rest.push_back(reader);
  };
  for (push(from); !rest.empty();) {
    unsigned group = rest.pop_back_val();
    if (group == to)
      return true;
    push(group);
  }
  return false;
}

SmallVector<unsigned> FusionGraph::order() const {
  std::vector<unsigned> missing(groups.size(), 0); // producers that are not yet placed
  for (unsigned group = 0; group < groups.size(); ++group)
    for (unsigned reader : readersOf(group))
      ++missing[reader];
  // Of those that can be next, the one that ends first in the program.
  using Entry = std::pair<unsigned, unsigned>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  auto offer = [&](unsigned group) {
    if (missing[group] == 0 && !groups[group].empty())
      ready.push({groups[group].back(), group});
  };
  for (unsigned group = 0; group < groups.size(); ++group)
    offer(group);
  SmallVector<unsigned> result;
  while (!ready.empty()) {
    unsigned group = ready.top().second;
    ready.pop();
    if (!resultsOf(group).empty())
      result.push_back(group);
    for (unsigned reader : readersOf(group)) {
      --missing[reader];
      offer(reader);
    }
  }
  return result;
}

// What a kernel may hold ----------------------------------------------------------------------------------------------

// A scatter adds up in the buffer of its result if its kernel stores nothing else, and on the stack otherwise: only
// small ones have company.
constexpr int64_t maxScatterBytes = 16 * 1024;

static bool isLargeScatter(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  std::optional<int64_t> elements = elementCount(shapeOf(type)).constant();
  return patternOf(op) == AccessPattern::Scatter &&
         (!elements || *elements > maxScatterBytes / elementBytes(type.getElementType()));
}

namespace {
// A set of nodes, looked at as a kernel.
class Candidate {
public:
  Candidate(ArrayRef<Node> nodes, ArrayRef<unsigned> members) : nodes(nodes), members(members) {
    inside.insert(members.begin(), members.end());
    for (unsigned member : members) {
      bool isOne = isAnchor(nodes[member].op);
      if (isOne)
        anchors.push_back(member);
      if (isOne || llvm::any_of(nodes[member].operands, [&](const Read &read) { return isBehind(read.producer); }))
        behindAnchor.insert(member);
    }
  }

  bool isKernel() {
    if (!haveOneResultShape() || readWhole() || scalarWorkInLoop())
      return false;
    if (anchors.empty())
      return true;
    if (llvm::any_of(anchors, [&](unsigned anchor) { return patternOf(op(anchor)) != AccessPattern::Reduction; }))
      return anchors.size() == 1 && onlyEpilogue(resultShapeOf(op(anchors[0]))) &&
             (!isLargeScatter(op(anchors[0])) || (storedCount == 1 && behindAnchor.size() == 1));
    return areReductions();
  }

private:
  Operation *op(unsigned member) const { return nodes[member].op; }
  bool isBehind(unsigned member) const { return behindAnchor.contains(member); }

  bool haveOneResultShape() {
    for (unsigned member : members) {
      if (!nodes[member].returned &&
          llvm::all_of(nodes[member].readers, [&](const Read &read) { return inside.contains(read.consumer); }))
        continue;
      Shape shape = resultShapeOf(op(member));
      if (results && *results != shape)
        return false;
      results = shape;
      ++storedCount;
    }
    return true;
  }

  // An operand of a product, or a random key, must be complete before the loop starts.
  bool readWhole() const {
    return llvm::any_of(members, [&](unsigned member) {
      return llvm::any_of(nodes[member].operands, [&](const Read &read) {
        return read.kind == ReadKind::Whole && inside.contains(read.producer);
      });
    });
  }

  // A scalar would be computed again for each element: it belongs in a kernel of scalars.
  bool scalarWorkInLoop() const {
    return results && !results->empty() && llvm::any_of(members, [&](unsigned member) {
             return resultShapeOf(op(member)).empty() && !isAnchor(op(member));
           });
  }

  // Behind the anchor there is only pointwise work on its result.
  bool onlyEpilogue(ArrayRef<SymbolicDim> shape) const {
    if (results && ArrayRef(*results) != shape)
      return false;
    for (unsigned member : members) {
      if (!isBehind(member))
        continue;
      for (const Read &read : nodes[member].operands)
        if (isBehind(read.producer) && (isAnchor(op(member)) || read.kind != ReadKind::Same))
          return false;
      if (!isAnchor(op(member)) &&
          (patternOf(op(member)) != AccessPattern::Pointwise || ArrayRef(resultShapeOf(op(member))) != shape))
        return false;
    }
    return true;
  }

  // All over the same axes of one shape. Over trailing axes a row's results can be used again in the row.
  bool areReductions() const {
    Operation *first = op(anchors[0]);
    SmallVector<int64_t> axes = cast<FusibleOpInterface>(first).getReducedAxes();
    Shape full = shapeOf(first->getOperand(0).getType()), row = resultShapeOf(first);
    for (unsigned anchor : anchors)
      if (cast<FusibleOpInterface>(op(anchor)).getReducedAxes() != axes ||
          shapeOf(op(anchor)->getOperand(0).getType()) != full)
        return false;
    bool trailing = axes.empty() || axes.front() == int64_t(row.size());
    if (row.empty() || !trailing)
      return (anchors.size() == 1 || trailing) && onlyEpilogue(row);
    return isRowKernel(full, row);
  }

  bool isRowKernel(const Shape &full, const Shape &row) const {
    if (results && *results != full && *results != row)
      return false;
    for (unsigned member : members) {
      if (!isBehind(member))
        continue;
      bool reduces = isAnchor(op(member));
      if (!reduces && patternOf(op(member)) != AccessPattern::Pointwise)
        return false;
      Shape shape = reduces ? full : resultShapeOf(op(member)); // of the elements that it reads
      if (shape != full && shape != row)
        return false;
      for (const Read &read : nodes[member].operands)
        if (isBehind(read.producer) && !readsInRow(read, shape, full, row))
          return false;
    }
    return true;
  }

  // A value of the same row, or one of the row's own results repeated over it.
  bool readsInRow(const Read &read, const Shape &shape, const Shape &full, const Shape &row) const {
    Shape producer = resultShapeOf(op(read.producer));
    if (read.kind == ReadKind::Same)
      return producer == shape;
    if (read.kind != ReadKind::Repeat || shape != full || producer != row)
      return false;
    for (auto [axis, dimension] : llvm::enumerate(read.dimensions))
      if (dimension != int64_t(axis))
        return false;
    return true;
  }

  ArrayRef<Node> nodes;
  ArrayRef<unsigned> members;
  llvm::DenseSet<unsigned> inside, behindAnchor;
  SmallVector<unsigned> anchors;
  std::optional<Shape> results;
  unsigned storedCount = 0;
};
} // namespace

bool FusionGraph::isKernel(ArrayRef<unsigned> members) const { return Candidate(nodes, members).isKernel(); }

} // namespace bmc
