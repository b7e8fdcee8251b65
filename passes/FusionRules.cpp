// Which groups become one kernel. FusionGraph knows what one kernel may hold; the rules here say what is worth holding
// together. They only ever merge two groups into one:
//
//   1. pointwise work joins the pointwise work that reads it;
//   2. pointwise work joins the anchor (product, reduction, scatter) that it reads: bias, activation, optimizer update;
//      so does a reduction over the same rows, and work on a value of each row;
//   3. what one kernel alone reads joins that kernel: the square in a sum of squares, the sums of a softmax;
//   4. kernels of one shape that read the same values become one with several results, pointwise work and reductions
//      along its rows in one too.
//
// The order matters: rule 1 brings the gradient of an activation to where it is used, before rule 2 could tie it to the
// forward product; rule 2 keeps a bias with its product, before rule 3 could move it into the softmax behind.
#include "passes/FusionRules.h"
#include "dialects/Ops.h"
#include "passes/KernelCandidate.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

// Work this small is done again for each element rather than kept in memory for one more kernel.
constexpr int64_t cheapFlopsPerElement = 2;
// Work up to this is done again by each loop of a kernel with several (the maximum, the sum and the quotient of a
// softmax).
constexpr int64_t cheapFlopsAgain = 16;

static bool isPointwise(const FusionGraph &graph, unsigned group) {
  return !graph.members(group).empty() && !graph.standsAlone(group) && !graph.hasAnchor(group);
}

// The only kernel that reads a group, if it is one and the value is not returned.
static std::optional<unsigned> onlyReader(const FusionGraph &graph, unsigned group) {
  std::optional<unsigned> reader = graph.onlyReader(group);
  return reader && !graph.standsAlone(*reader) ? reader : std::nullopt;
}

static bool anyExpands(ArrayRef<Read> reads) {
  return llvm::any_of(reads, [](const Read &read) { return read.expands; });
}

// Rule 1. Backwards, so that a chain collects in its last op.
static bool joinPointwiseReaders(FusionGraph &graph) {
  bool changed = false;
  for (unsigned group = graph.groupCount(); group-- > 0;) {
    std::optional<unsigned> reader = isPointwise(graph, group) ? onlyReader(graph, group) : std::nullopt;
    if (reader && isPointwise(graph, *reader) && !anyExpands(graph.readsBetween(group, *reader)))
      changed |= graph.merge(*reader, group);
  }
  return changed;
}

// Whether two groups can have one loop nest as far as their results' shapes tell: equal ones, or one's first axes are
// the other's rows.
static bool haveShapesOfOneLoop(const FusionGraph &graph, unsigned a, unsigned b) {
  std::optional<Shape> first = graph.resultShape(a), second = graph.resultShape(b);
  if (!first || !second)
    return first == second;
  size_t rows = std::min(first->size(), second->size());
  return (rows > 0 || first == second) && ArrayRef(*first).take_front(rows) == ArrayRef(*second).take_front(rows);
}

// The groups of one loop that a group reads element by element or over its rows: anchors first, then later ones.
static SmallVector<unsigned> producersOfSameLoop(const FusionGraph &graph, unsigned group) {
  llvm::SetVector<unsigned> found;
  for (unsigned member : graph.members(group))
    for (const Read &read : graph.node(member).operands) {
      unsigned producer = graph.groupOf(read.producer);
      bool inOrder = read.kind == ReadKind::Same || read.kind == ReadKind::Repeat;
      if (producer != group && !graph.standsAlone(producer) && inOrder && haveShapesOfOneLoop(graph, producer, group))
        found.insert(producer);
    }
  SmallVector<unsigned> result = found.takeVector();
  llvm::sort(result, [&](unsigned a, unsigned b) {
    auto rank = [&](unsigned group) { return std::pair(graph.hasAnchor(group), graph.members(group).back()); };
    return rank(a) > rank(b);
  });
  return result;
}

static constexpr FusionReason readByOthers{"read-by-others", "others read it too, so it is in memory anyway"},
    leavesBlock{"returned", "the function returns it, so it is in memory anyway"},
    computedAgain{"computed-again",
                  "each of its elements is read several times, and would be computed again each time"},
    severalLoops{"several-loops",
                 "its reader's kernel reads it in more than one loop, and each would compute it again"};

// Why computing a group inside its reader costs more than reading its values would; null if it does not.
static const FusionReason *costInside(const FusionGraph &graph, unsigned group, unsigned reader) {
  if (graph.hasAnchor(group))
    return nullptr; // computed once a row, before the row's loop
  SmallVector<Read> reads = graph.readsBetween(group, reader);
  if (anyExpands(reads))
    return graph.flopsOf(group) <= cheapFlopsPerElement ? nullptr : &computedAgain;
  bool isOnce = reads.size() == 1 || !graph.hasAnchor(reader) || graph.flopsOf(group) <= cheapFlopsAgain;
  return isOnce ? nullptr : &severalLoops;
}

// Whether another reduction, which alone reads the group, can compute it on the way, and `producer` has to be in memory
// anyway because others read it too. Then joining the producer would only store one more tensor.
static bool betterInItsReader(const FusionGraph &graph, unsigned group, unsigned producer) {
  std::optional<unsigned> reader = onlyReader(graph, group);
  if (!reader || costInside(graph, group, *reader) || !graph.canMerge(*reader, group))
    return false;
  for (const Read &read : graph.readsBetween(producer, group)) {
    const Node &node = graph.node(read.producer);
    bool othersRead = llvm::any_of(node.readers, [&](const Read &other) {
      unsigned consumer = graph.groupOf(other.consumer);
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
    for (unsigned producer : producersOfSameLoop(graph, group)) {
      bool isOfRows = graph.resultShape(producer) != graph.resultShape(group);
      if ((isOfRows && costInside(graph, producer, group)) || betterInItsReader(graph, group, producer) ||
          !graph.merge(producer, group))
        continue;
      changed = true;
      break;
    }
  }
  return changed;
}

// Rule 3. Backwards: when the sums of a softmax are in, the exponentials have only one reader left.
static bool joinOnlyReader(FusionGraph &graph) {
  bool changed = false;
  for (unsigned group = graph.groupCount(); group-- > 0;) {
    if (graph.members(group).empty() || graph.standsAlone(group))
      continue;
    std::optional<unsigned> reader = onlyReader(graph, group);
    if (reader && !costInside(graph, group, *reader))
      changed |= graph.merge(*reader, group);
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

// A group is offered to so many of its siblings that cannot take it, then it stays by itself: a value may have
// thousands of readers.
constexpr unsigned mostRefusals = 32;

static bool joinSiblings(FusionGraph &graph, ArrayRef<unsigned> siblings) {
  bool changed = false;
  for (size_t i = 0; i < siblings.size(); ++i) {
    unsigned refusals = 0;
    for (size_t j = i + 1; j < siblings.size() && refusals < mostRefusals; ++j) {
      // A group has the number of one of its nodes, which knows where the group has gone.
      unsigned a = graph.groupOf(siblings[i]), b = graph.groupOf(siblings[j]);
      if (a == b)
        continue;
      bool merged = graph.merge(a, b);
      changed |= merged;
      refusals += !merged;
    }
  }
  return changed;
}

// Random numbers and keys: what they read is a key of a few bytes, and by themselves those of equal layers are equal.
static bool isGenerated(const FusionGraph &graph, unsigned group) {
  return llvm::all_of(graph.members(group), [&](unsigned member) {
    Operation *op = graph.node(member).op;
    return patternOf(op) == AccessPattern::Generator && op->getNumOperands() > 0;
  });
}

// Whether a kernel's loop runs over elements, perhaps with reductions along their rows.
static bool isElementwise(const FusionGraph &graph, unsigned group) {
  int64_t rank = graph.resultType(group)->getRank();
  return llvm::all_of(graph.members(group), [&](unsigned member) {
    Operation *op = graph.node(member).op;
    int64_t ownRank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
    return !isAnchor(op) || (patternOf(op) == AccessPattern::Reduction && ownRank > 0 && ownRank < rank);
  });
}

// Rule 4: elementwise kernels, or others, that read one tensor; those that give scalars in any case.
static bool joinSiblings(FusionGraph &graph) {
  using Key = std::pair<Value, Type>; // what is read, null for no tensor at all, and the shape of the results
  llvm::MapVector<Key, SmallVector<unsigned>> readers[2]; // elementwise kernels, and others
  for (unsigned group = 0; group < graph.groupCount(); ++group) {
    std::optional<RankedTensorType> type = graph.resultType(group);
    if (!type || graph.standsAlone(group) || isGenerated(graph, group))
      continue;
    auto &ofKind = readers[!isElementwise(graph, group)];
    Type shape = type->clone(IntegerType::get(type->getContext(), 1));
    if (type->getRank() == 0)
      ofKind[{Value(), shape}].push_back(group);
    for (Value value : tensorsRead(graph, group))
      ofKind[{value, shape}].push_back(group);
  }
  bool changed = false;
  for (auto &ofKind : readers)
    for (auto &[key, siblings] : ofKind)
      changed |= joinSiblings(graph, siblings);
  return changed;
}

void groupOps(FusionGraph &graph) {
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

// What a kernel cannot hold no rule can join. Rule 3 left apart what it can hold.
Refusal whyApart(const FusionGraph &graph, unsigned producer, unsigned reader) {
  if (std::optional<Refusal> refusal = graph.mergeObstacle(producer, reader))
    return *refusal;
  if (llvm::any_of(graph.members(producer), [&](unsigned member) { return graph.node(member).returned; }))
    return {&leavesBlock};
  if (const FusionReason *cost = onlyReader(graph, producer) ? costInside(graph, producer, reader) : nullptr)
    return {cost};
  return {&readByOthers};
}

} // namespace bmc
