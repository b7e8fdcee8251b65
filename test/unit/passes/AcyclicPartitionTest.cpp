// Groups of nodes that merge without cycles: the same answers as a search of the whole graph gives, for work in
// proportion to the graph's size.
#include "passes/AcyclicPartition.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

using namespace bmc;

namespace {

/// Whether a path leads from one group to another through a third.
bool pathAround(const AcyclicPartition &partition, unsigned from, unsigned to) {
  std::set<unsigned> seen;
  std::vector<unsigned> rest;
  for (unsigned next : partition.successors(from))
    if (next != to)
      rest.push_back(next);
  while (!rest.empty()) {
    unsigned group = rest.back();
    rest.pop_back();
    if (group == to)
      return true;
    if (seen.insert(group).second)
      for (unsigned next : partition.successors(group))
        rest.push_back(next);
  }
  return false;
}

TEST(AcyclicPartition, MergesWhatNoPathRunsAround) {
  std::mt19937 random(1);
  auto below = [&](unsigned bound) { return std::uniform_int_distribution<unsigned>(0, bound - 1)(random); };
  unsigned merged = 0, refused = 0;
  for (unsigned graph = 0; graph < 200; ++graph) {
    AcyclicPartition partition;
    unsigned size = 5 + below(40), degree = 1 + below(3);
    for (unsigned node = 0; node < size; ++node) {
      partition.addNode();
      for (unsigned edge = 0; node > 0 && edge < degree; ++edge)
        partition.addEdge(below(node), node);
    }
    for (unsigned trial = 0; trial < 10 * size; ++trial) {
      unsigned a = partition.groupOf(below(size)), b = partition.groupOf(below(size));
      if (a == b)
        continue;
      bool isLegal = !pathAround(partition, a, b) && !pathAround(partition, b, a);
      ASSERT_EQ(partition.canMerge(a, b), isLegal) << "graph " << graph << ", trial " << trial;
      if (below(4) != 0)
        continue;
      ASSERT_EQ(partition.merge(a, b), isLegal);
      (isLegal ? merged : refused) += 1;
      EXPECT_EQ(partition.members(b).empty(), isLegal);
    }
  }
  EXPECT_GT(merged, 1000u);
  EXPECT_GT(refused, 1000u);
}

TEST(AcyclicPartition, NamesTheGroupThatStandsBetween) {
  auto chain = [](unsigned length) {
    AcyclicPartition partition;
    for (unsigned node = 0; node < length; ++node) {
      partition.addNode();
      if (node > 0)
        partition.addEdge(node - 1, node);
    }
    return partition;
  };
  for (unsigned length : {3u, 4u, 20u}) {
    std::optional<AcyclicPartition::Obstruction> found = chain(length).obstruction(0, length - 1);
    ASSERT_TRUE(found && found->through);
    EXPECT_GT(*found->through, 0u);
    EXPECT_LT(*found->through, length - 1);
  }
  std::optional<AcyclicPartition::Obstruction> far =
      chain(2 * AcyclicPartition::mostEdges).obstruction(0, 2 * AcyclicPartition::mostEdges - 1);
  ASSERT_TRUE(far);
  EXPECT_FALSE(far->through);
  EXPECT_FALSE(chain(3).obstruction(0, 1));
}

/// A chain, and for each of its nodes one that reads it and the end of the chain: what stands between is long.
uint64_t workOfChain(unsigned length) {
  AcyclicPartition partition;
  for (unsigned node = 0; node < length; ++node) {
    partition.addNode();
    if (node > 0)
      partition.addEdge(node - 1, node);
  }
  for (unsigned node = 0; node + 1 < length; ++node) {
    unsigned reader = partition.addNode();
    partition.addEdge(node, reader);
    partition.addEdge(length - 1, reader);
    EXPECT_FALSE(partition.canMerge(node, reader));
  }
  return partition.work();
}

TEST(AcyclicPartition, TakesWorkInProportionToTheNumberOfNodes) {
  EXPECT_LT(workOfChain(40000), 20 * workOfChain(4000));
}

} // namespace
