// The nodes of a graph without cycles, in groups that merge as long as the graph of the groups has no cycle either: two
// groups may become one if no path leads from one to the other through a third. The groups are kept in a topological
// order, so that only what lies between the two has to be searched (Pearce and Kelly 2006), from both ends at once: the
// search ends with the smaller side. A merge moves that side out of the way.
#ifndef BMC_PASSES_ACYCLIC_PARTITION_H
#define BMC_PASSES_ACYCLIC_PARTITION_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace bmc {

class AcyclicPartition {
public:
  /// A node behind all others, in a group of its own that has the node's number.
  unsigned addNode();
  /// An edge to the last node.
  void addEdge(unsigned from, unsigned to);

  size_t groupCount() const { return groups.size(); }
  unsigned groupOf(unsigned node) const { return nodes[node].group; }
  /// Ascending; none if the group was merged into another.
  llvm::ArrayRef<unsigned> members(unsigned group) const { return groups[group].members; }
  /// The groups that a group has edges to, ascending.
  llvm::SmallVector<unsigned> successors(unsigned group) const;

  /// Whether two groups may become one. A search that has seen `mostEdges` without an end says no, so that a graph of
  /// any size takes time in proportion to its size.
  bool canMerge(unsigned a, unsigned b) const { return !obstruction(a, b); }
  /// Why two groups may not become one: the group that a path leads through, or nothing if the search saw no end.
  struct Obstruction {
    std::optional<unsigned> through;
  };
  std::optional<Obstruction> obstruction(unsigned a, unsigned b) const;
  /// Merges b into a if they may become one.
  bool merge(unsigned a, unsigned b);

  static constexpr unsigned mostEdges = 1000;
  /// How many edges were looked at, and how many groups were moved, up to now.
  uint64_t work() const { return steps; }

private:
  struct Node {
    unsigned group;
    llvm::SmallVector<unsigned, 2> sources, targets;
  };
  struct Group {
    llvm::SmallVector<unsigned> members;
    uint64_t place;          ///< ascending along each edge
    unsigned previous, next; ///< in the order of places
  };
  enum class Direction { Forwards, Backwards };
  class Frontier;
  /// Groups that stand between two others, all that can be reached from one of the two.
  struct Obstacles {
    Direction direction;
    llvm::SmallVector<unsigned> groups;
  };
  using SearchResult = std::variant<Obstacles, Obstruction>;

  llvm::ArrayRef<unsigned> neighbours(unsigned node, Direction direction) const;
  SearchResult search(unsigned a, unsigned b) const;
  void moveBehind(unsigned previous, llvm::ArrayRef<unsigned> moved);
  void unlink(unsigned group);
  void spreadPlaces();

  static constexpr unsigned none = ~0u;
  std::vector<Node> nodes;
  std::vector<Group> groups;
  unsigned first = none, last = none;
  mutable uint64_t steps = 0;
};

} // namespace bmc

#endif
