// The graph that fusion works on: the ops of one block, a function's or a loop's. A node is an op that must be computed
// somewhere; cheap ops (splat constants, iota, broadcasts, slices, a sum of such, such with rows split or joined) are
// not nodes: they are copied into every kernel that reads them. A group of nodes becomes one kernel; views and loops
// are groups of their own, and no kernels. This file knows what a kernel may hold; which groups are worth merging is
// for Fuse.cpp.
#ifndef BMC_PASSES_FUSION_GRAPH_H
#define BMC_PASSES_FUSION_GRAPH_H

#include "dialects/Dialect.h"
#include "mlir/IR/Block.h"
#include "passes/AcyclicPartition.h"
#include "passes/FusionReason.h"

namespace bmc {

/// How an op reads another's result, with the cheap ops between them.
enum class ReadKind {
  Same,   ///< element i reads element i
  Repeat, ///< through one broadcast
  Moved,  ///< at a computed index
  Whole   ///< anywhere: operands of products and of random numbers
};

struct Read {
  unsigned producer, consumer; ///< nodes
  mlir::Value value;           ///< the producer's result
  ReadKind kind;
  llvm::ArrayRef<int64_t> dimensions; ///< of the broadcast, for Repeat
  bool expands;      ///< the consumer asks for more elements than the producer has: each is asked for several times
  unsigned cheapOps; ///< that stand between the two
};

struct Node {
  mlir::Operation *op;
  llvm::SmallVector<Read, 2> operands; ///< reads of other nodes
  llvm::SmallVector<Read, 2> readers;
  bool returned = false;
};

using NodeList = llvm::SmallVector<unsigned>; ///< ascending: in program order

class FusionGraph {
public:
  /// For a device `deviceExtent` says what extents that are open are taken for.
  explicit FusionGraph(mlir::Block &body, std::optional<int64_t> deviceExtent = std::nullopt);

  /// Whether an op is cheap enough to be computed again wherever it is read.
  bool isCheap(mlir::Operation *op) const { return cheapOps.contains(op); }

  llvm::ArrayRef<unsigned> members(unsigned group) const { return groups.members(group); }
  unsigned groupCount() const { return groups.groupCount(); }
  unsigned groupOf(unsigned node) const { return groups.groupOf(node); }
  const Node &node(unsigned index) const { return nodes[index]; }
  /// The group that computes a value, if the block computes it and keeps it in memory.
  std::optional<unsigned> groupOf(mlir::Value value) const;

  /// Whether a group is no kernel: a view (a reshape) or a loop.
  bool standsAlone(unsigned group) const;
  bool hasAnchor(unsigned group) const;
  /// The only group that reads a group, if it is one and the block gives none of its values away.
  std::optional<unsigned> onlyReader(unsigned group) const;
  /// The reads of a group's values by another group.
  llvm::SmallVector<Read> readsBetween(unsigned producer, unsigned consumer) const;
  /// Floating-point operations for one element, anchors not counted.
  int64_t flopsOf(unsigned group) const;
  /// The type of the group's first result, whose shape its loops have; nothing if it has none (nobody reads it).
  std::optional<mlir::RankedTensorType> resultType(unsigned group) const;
  std::optional<bm::Shape> resultShape(unsigned group) const;
  /// Whether a node's value is read outside of its group.
  bool isStored(unsigned member) const;
  /// The values of the group that are read outside, those of its rows last.
  llvm::SmallVector<mlir::Value> resultsOf(unsigned group) const;

  /// Why two groups may not become one: a kernel cannot hold their ops, or a third group would stand between.
  std::optional<Refusal> mergeObstacle(unsigned a, unsigned b) const;
  bool canMerge(unsigned a, unsigned b) const { return !mergeObstacle(a, b); }
  /// Merges b into a if they may become one; b is empty afterwards.
  bool merge(unsigned a, unsigned b);

  /// The groups, each after those that it reads; empty ones and those without results are left out.
  llvm::SmallVector<unsigned> order() const;

  /// What the questions about merges cost: nodes of kernels and edges that were looked at.
  uint64_t work() const { return groups.work() + nodesTried; }

private:
  void findCheapOps(mlir::Block &body);
  void addReads(unsigned consumer, mlir::Operation *reader, unsigned cheapOps, ReadKind kind,
                llvm::ArrayRef<int64_t> dimensions);
  const FusionReason *kernelObstacle(unsigned a, unsigned b) const;

  std::optional<int64_t> deviceExtent;
  std::vector<Node> nodes;
  AcyclicPartition groups;
  mutable uint64_t nodesTried = 0;
  llvm::DenseMap<mlir::Operation *, unsigned> nodeOf;
  llvm::DenseSet<mlir::Operation *> cheapOps;
};

/// Whether a kernel that has `reader` in it computes its operand `cheap` as well, or reads it from memory.
bool computesInside(mlir::Operation *reader, mlir::Operation *cheap);

} // namespace bmc

#endif
