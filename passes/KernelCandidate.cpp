// What one kernel can hold. See the header.
#include "passes/KernelCandidate.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

bool isAnchor(Operation *op) {
  if (isa<ScanOp>(op) || isView(op))
    return false;
  AccessPattern pattern = patternOf(op);
  return pattern == AccessPattern::Packing || pattern == AccessPattern::Reduction ||
         pattern == AccessPattern::Contraction || pattern == AccessPattern::Scatter;
}

// An expression of this size takes a second to compile; each op more that reads its operand twice would double that.
constexpr uint64_t mostEvaluations = 1024;

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
    if (!haveOneResultShape() || storedCount > mostResultsOfKernel || readWhole() || scalarWorkInLoop() ||
        evaluations() > mostEvaluations)
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

  bool isStored(unsigned member) const {
    return nodes[member].returned ||
           llvm::any_of(nodes[member].readers, [&](const Read &read) { return !inside.contains(read.consumer); });
  }

  bool haveOneResultShape() {
    for (unsigned member : members) {
      if (!isStored(member))
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

  // Ops are computed where they are read. What is read twice stands twice in the code that a kernel starts as, and
  // what that reads four times.
  uint64_t evaluations() const {
    llvm::DenseMap<unsigned, uint64_t> of;
    uint64_t all = 0; // of each loop: those of the anchors, and those that store
    for (unsigned member : members) {
      uint64_t sum = 1;
      for (const Read &read : nodes[member].operands)
        sum += read.cheapOps + (isAnchor(op(read.producer)) ? 0 : of.lookup(read.producer));
      of[member] = std::min(sum, mostEvaluations + 1);
      if (isAnchor(op(member)) || isStored(member))
        all += of[member];
    }
    return all;
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

bool canBeKernel(ArrayRef<Node> nodes, ArrayRef<unsigned> members) { return Candidate(nodes, members).isKernel(); }

} // namespace bmc
