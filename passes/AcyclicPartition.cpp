// Groups that merge without cycles. See the header.
#include "passes/AcyclicPartition.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <optional>

namespace bmc {

// Places are this far apart at first; a group that moves gets one between two others.
static constexpr uint64_t distance = uint64_t(1) << 32;

unsigned AcyclicPartition::addNode() {
  unsigned node = nodes.size();
  nodes.push_back({node, {}, {}});
  groups.push_back({{node}, last == none ? distance : groups[last].place + distance, last, none});
  (last == none ? first : groups[last].next) = node;
  last = node;
  return node;
}

void AcyclicPartition::addEdge(unsigned from, unsigned to) {
  assert(from < to && to + 1 == nodes.size() && "edges lead to the last node");
  nodes[from].targets.push_back(to);
  nodes[to].sources.push_back(from);
}

llvm::ArrayRef<unsigned> AcyclicPartition::neighbours(unsigned node, Direction direction) const {
  return direction == Direction::Forwards ? nodes[node].targets : nodes[node].sources;
}

llvm::SmallVector<unsigned> AcyclicPartition::successors(unsigned group) const {
  llvm::SmallVector<unsigned> result;
  for (unsigned member : members(group))
    for (unsigned target : nodes[member].targets)
      if (groupOf(target) != group)
        result.push_back(groupOf(target));
  llvm::sort(result);
  result.erase(llvm::unique(result), result.end());
  return result;
}

// Searching -----------------------------------------------------------------------------------------------------------

/// One side of a search: the groups that were reached, and where it goes on, one edge at a time.
class AcyclicPartition::Frontier {
public:
  Frontier(const AcyclicPartition &partition, unsigned start, unsigned end, Direction direction)
      : partition(partition), start(start), end(end), direction(direction) {}

  enum class Step { Nothing, Reached, Exhausted };

  /// Looks at the next edge; `reached` is the group that was reached for the first time.
  Step next() {
    for (;;) {
      unsigned group = current();
      llvm::ArrayRef<unsigned> members = partition.members(group);
      if (member == members.size()) {
        if (visited == reachedGroups.size())
          return Step::Exhausted;
        ++visited;
        member = edge = 0;
        continue;
      }
      llvm::ArrayRef<unsigned> edges = partition.neighbours(members[member], direction);
      if (edge == edges.size()) {
        ++member;
        edge = 0;
        continue;
      }
      return visit(group, partition.groupOf(edges[edge++]));
    }
  }

  bool contains(unsigned group) const { return seen.contains(group); }
  unsigned lastReached() const { return reachedGroups.back(); }
  /// The group whose edges are looked at.
  unsigned current() const { return visited == 0 ? start : reachedGroups[visited - 1]; }
  llvm::SmallVector<unsigned> groups() const { return reachedGroups; }

private:
  Step visit(unsigned from, unsigned group) {
    if (group == start || (group == end && from == start) || !isBetween(group) || !seen.insert(group).second)
      return Step::Nothing;
    reachedGroups.push_back(group);
    return Step::Reached;
  }

  bool isBetween(unsigned group) const {
    uint64_t place = partition.groups[group].place, limit = partition.groups[end].place;
    return direction == Direction::Forwards ? place <= limit : place >= limit;
  }

  const AcyclicPartition &partition;
  unsigned start, end;
  Direction direction;
  llvm::SmallVector<unsigned> reachedGroups;
  llvm::DenseSet<unsigned> seen;
  size_t visited = 0, member = 0, edge = 0;
};

// What stands between two groups, as few as one of the two sides has, unless a path leads through it.
AcyclicPartition::SearchResult AcyclicPartition::search(unsigned a, unsigned b) const {
  if (groups[a].place > groups[b].place)
    std::swap(a, b);
  Frontier forwards(*this, a, b, Direction::Forwards), backwards(*this, b, a, Direction::Backwards);
  for (unsigned edges = 0; edges < mostEdges; ++edges) {
    bool isForwards = edges % 2 == 0;
    Frontier &side = isForwards ? forwards : backwards, &other = isForwards ? backwards : forwards;
    ++steps;
    switch (side.next()) {
    case Frontier::Step::Nothing:
      break;
    case Frontier::Step::Reached:
      if (unsigned reached = side.lastReached(); reached == (isForwards ? b : a))
        return Obstruction{side.current()};
      else if (other.contains(reached))
        return Obstruction{reached};
      break;
    case Frontier::Step::Exhausted:
      return Obstacles{isForwards ? Direction::Forwards : Direction::Backwards, side.groups()};
    }
  }
  return Obstruction{};
}

std::optional<AcyclicPartition::Obstruction> AcyclicPartition::obstruction(unsigned a, unsigned b) const {
  SearchResult found = search(a, b);
  const Obstruction *obstruction = std::get_if<Obstruction>(&found);
  return obstruction ? std::optional(*obstruction) : std::nullopt;
}

// Merging -------------------------------------------------------------------------------------------------------------

bool AcyclicPartition::merge(unsigned a, unsigned b) {
  SearchResult found = search(a, b);
  Obstacles *obstacles = std::get_if<Obstacles>(&found);
  if (!obstacles)
    return false;
  unsigned early = a, late = b;
  if (groups[early].place > groups[late].place)
    std::swap(early, late);
  // What the early one leads to goes behind the late one, or what leads to the late one goes in front of the early one.
  llvm::sort(obstacles->groups, [&](unsigned x, unsigned y) { return groups[x].place < groups[y].place; });
  bool isForwards = obstacles->direction == Direction::Forwards;
  moveBehind(isForwards ? late : groups[early].previous, obstacles->groups);

  // The merged group takes the place that is free now.
  unsigned kept = isForwards ? late : early;
  llvm::SmallVector<unsigned> members;
  std::merge(groups[a].members.begin(), groups[a].members.end(), groups[b].members.begin(), groups[b].members.end(),
             std::back_inserter(members));
  for (unsigned member : groups[b].members)
    nodes[member].group = a;
  groups[a].members = std::move(members);
  groups[b].members.clear();
  if (kept == b) {
    unlink(a);
    groups[a].place = groups[b].place;
    groups[a].previous = groups[b].previous;
    groups[a].next = groups[b].next;
    (groups[a].previous == none ? first : groups[groups[a].previous].next) = a;
    (groups[a].next == none ? last : groups[groups[a].next].previous) = a;
  } else {
    unlink(b);
  }
  return true;
}

void AcyclicPartition::unlink(unsigned group) {
  auto [previous, next] = std::pair(groups[group].previous, groups[group].next);
  (previous == none ? first : groups[previous].next) = next;
  (next == none ? last : groups[next].previous) = previous;
}

// Puts groups behind another one, or in front of all, in the order given.
void AcyclicPartition::moveBehind(unsigned previous, llvm::ArrayRef<unsigned> moved) {
  if (moved.empty())
    return;
  steps += moved.size();
  for (unsigned group : moved)
    unlink(group);
  unsigned next = previous == none ? first : groups[previous].next;
  auto low = [&] { return previous == none ? 0 : groups[previous].place; };
  auto high = [&] { return next == none ? low() + distance * (moved.size() + 1) : groups[next].place; };
  if (high() - low() <= moved.size())
    spreadPlaces();
  uint64_t gap = (high() - low()) / (moved.size() + 1), place = low();
  for (unsigned group : moved) {
    groups[group].place = place += gap;
    groups[group].previous = previous;
    (previous == none ? first : groups[previous].next) = group;
    previous = group;
  }
  groups[previous].next = next;
  (next == none ? last : groups[next].previous) = previous;
}

// Makes room everywhere.
void AcyclicPartition::spreadPlaces() {
  uint64_t place = 0;
  for (unsigned group = first; group != none; group = groups[group].next, ++steps)
    groups[group].place = place += distance;
}

} // namespace bmc
