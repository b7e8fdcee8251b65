// What one kernel can hold. See the header.
#include "passes/KernelCandidate.h"
#include "dialects/DeviceGrid.h"
#include "passes/DeviceGrain.h"
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
  Candidate(ArrayRef<Node> nodes, ArrayRef<unsigned> members, std::optional<int64_t> deviceExtent)
      : nodes(nodes), members(members), deviceExtent(deviceExtent) {
    inside.insert(members.begin(), members.end());
    for (unsigned member : members) {
      bool isOne = isAnchor(nodes[member].op);
      if (isOne)
        anchors.push_back(member);
      if (isOne || llvm::any_of(nodes[member].operands, [&](const Read &read) { return isBehind(read.producer); }))
        behindAnchor.insert(member);
      if (isStored(member))
        stored.push_back(member);
    }
    onlyReductions = !anchors.empty() && llvm::all_of(anchors, [&](unsigned anchor) {
      return patternOf(op(anchor)) == AccessPattern::Reduction;
    });
  }

  // The rules. Each says whether the candidate breaks it.

  // An operand of a product, or a random key, must be complete before the loop starts.
  bool readsWhole() const {
    return llvm::any_of(members, [&](unsigned member) {
      return llvm::any_of(nodes[member].operands, [&](const Read &read) {
        return read.kind == ReadKind::Whole && inside.contains(read.producer);
      });
    });
  }

  bool hasProductWithCompany() const { return anchors.size() > 1 && !onlyReductions; }

  // Reductions in one kernel run over the same axes of one shape.
  bool hasDifferentSums() const {
    return onlyReductions && llvm::any_of(anchors, [&](unsigned anchor) {
             return axesOf(anchor) != axesOf(anchors[0]) || summedShape(anchor) != summedShape(anchors[0]);
           });
  }

  // Over trailing axes a row's results can be used again in the row; columns are complete only at the end.
  bool hasSeveralColumnSums() const { return onlyReductions && anchors.size() > 1 && !sumsRows(); }

  bool readsIncompleteSums() const {
    return !anchors.empty() && (isRowKernel() ? !readsSumsInRows() : !readsSumsInPlace());
  }

  bool hasDifferentLoops() const {
    if (stored.empty())
      return false;
    Shape shape = resultShape();
    if (llvm::any_of(stored, [&](unsigned member) {
          Shape own = resultShapeOf(op(member));
          return own != shape && !(isRowKernel() && own == anchorShape());
        }))
      return true;
    return !anchors.empty() && shape != anchorShape() && !(isRowKernel() && shape == summedShape(anchors[0]));
  }

  // On a device a block that sums a row together stores values of it beside its elements; of short rows a thread
  // stores one number, whichever it is.
  bool storesValuesOfShortRows() const {
    return deviceExtent && isRowKernel() && hasSeveralShapes() && rowLength(*deviceExtent) < sharedLength;
  }

  bool storesValuesOfRowsBeyondGrid() const {
    return deviceExtent && isRowKernel() && hasSeveralShapes() && !isGrid(anchorShape());
  }

  bool isLargeScatterWithCompany() const {
    return anchors.size() == 1 && isLargeScatter(op(anchors[0])) && (stored.size() != 1 || behindAnchor.size() != 1);
  }

  bool hasTooManyResults() const { return stored.size() > mostResultsOfKernel; }

  // A scalar would be computed again for each element: it belongs in a kernel of scalars.
  bool hasScalarWorkInLoop() const {
    return !stored.empty() && !resultShape().empty() && llvm::any_of(members, [&](unsigned member) {
      return resultShapeOf(op(member)).empty() && !isAnchor(op(member));
    });
  }

  // Ops are computed where they are read. What is read twice stands twice in the code that a kernel starts as, and
  // what that reads four times.
  bool isTooLargeAnExpression() const {
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
    return all > mostEvaluations;
  }

private:
  Operation *op(unsigned member) const { return nodes[member].op; }
  bool isBehind(unsigned member) const { return behindAnchor.contains(member); }

  bool isStored(unsigned member) const {
    return nodes[member].returned ||
           llvm::any_of(nodes[member].readers, [&](const Read &read) { return !inside.contains(read.consumer); });
  }

  bool hasSeveralShapes() const {
    return llvm::any_of(stored, [&](unsigned member) { return resultShapeOf(op(member)) != resultShape(); });
  }

  // That of the loops.
  Shape resultShape() const {
    unsigned widest = stored[0];
    for (unsigned member : stored)
      if (resultShapeOf(op(member)).size() > resultShapeOf(op(widest)).size())
        widest = member;
    return resultShapeOf(op(widest));
  }
  Shape anchorShape() const { return resultShapeOf(op(anchors[0])); }
  Shape summedShape(unsigned anchor) const { return shapeOf(op(anchor)->getOperand(0).getType()); }
  int64_t rowLength(int64_t open) const {
    return elementsWith(ArrayRef(summedShape(anchors[0])).drop_front(anchorShape().size()), open);
  }
  SmallVector<int64_t> axesOf(unsigned anchor) const { return cast<FusibleOpInterface>(op(anchor)).getReducedAxes(); }

  // Whether the sums run over trailing axes.
  bool sumsRows() const {
    SmallVector<int64_t> axes = axesOf(anchors[0]);
    return axes.empty() || axes.front() == int64_t(anchorShape().size());
  }
  bool isRowKernel() const { return onlyReductions && sumsRows() && !anchorShape().empty(); }

  // Behind the anchor there is only pointwise work on its result.
  bool readsSumsInPlace() const {
    Shape shape = anchorShape();
    for (unsigned member : members) {
      if (!isBehind(member))
        continue;
      for (const Read &read : nodes[member].operands)
        if (isBehind(read.producer) && (isAnchor(op(member)) || read.kind != ReadKind::Same))
          return false;
      if (!isAnchor(op(member)) &&
          (patternOf(op(member)) != AccessPattern::Pointwise || resultShapeOf(op(member)) != shape))
        return false;
    }
    return true;
  }

  bool readsSumsInRows() const {
    Shape full = summedShape(anchors[0]), row = anchorShape();
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
  std::optional<int64_t> deviceExtent;
  llvm::DenseSet<unsigned> inside, behindAnchor;
  SmallVector<unsigned> anchors, stored;
  bool onlyReductions;
};

struct KernelRule {
  FusionReason reason;
  bool (Candidate::*isBroken)() const;
};

// The reason that tells a user most comes first; what takes long to find out is last.
constexpr KernelRule kernelRules[] = {
    {{"operand-complete",
      "all of it is needed before a result can begin; inside it would be computed again for each read"},
     &Candidate::readsWhole},
    {{"one-product", "a kernel has one product, scatter or packing, and no other sums beside it"},
     &Candidate::hasProductWithCompany},
    {{"different-sums", "their sums run over different axes or shapes"}, &Candidate::hasDifferentSums},
    {{"sum-complete", "the sums must be complete before they are read in this order"}, &Candidate::readsIncompleteSums},
    {{"column-sums", "a kernel sums columns once: what is read is not kept for a second sum"},
     &Candidate::hasSeveralColumnSums},
    {{"different-loops", "different loops: results of {producer} and of {consumer}"}, &Candidate::hasDifferentLoops},
    {{"short-rows", "on a device values of rows are stored beside elements only where rows have 32 elements or more"},
     &Candidate::storesValuesOfShortRows},
    {{"row-grid", "on a device values of rows are stored beside elements only where the rows are a grid of up to three "
                  "axes, of which one may be open or longer than 65535"},
     &Candidate::storesValuesOfRowsBeyondGrid},
    {{"large-scatter", "a large scatter adds up in its result's memory, so its kernel stores nothing else"},
     &Candidate::isLargeScatterWithCompany},
    {{"many-results", "the kernel would have too many results"}, &Candidate::hasTooManyResults},
    {{"scalar-work", "a scalar would be computed again for each element"}, &Candidate::hasScalarWorkInLoop},
    {{"large-expression", "the kernel would compute too many operations for one element"},
     &Candidate::isTooLargeAnExpression},
};
} // namespace

const FusionReason *kernelObstacle(ArrayRef<Node> nodes, ArrayRef<unsigned> members,
                                   std::optional<int64_t> deviceExtent) {
  Candidate candidate(nodes, members, deviceExtent);
  for (const KernelRule &rule : kernelRules)
    if ((candidate.*rule.isBroken)())
      return &rule.reason;
  return nullptr;
}

} // namespace bmc
