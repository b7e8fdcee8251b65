// Counter-based random numbers: the published vectors of Philox 4x32-10, and what shuffling promises.
#include "runtime/random.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

using namespace bmc;

static std::vector<uint32_t> words(RandomWords counter, uint64_t key) {
  RandomWords random = philox(counter, key);
  return {random.words, random.words + 4};
}

TEST(Random, GivesTheKnownVectors) {
  EXPECT_EQ(words({{0, 0, 0, 0}}, 0), (std::vector<uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(words({{~0u, ~0u, ~0u, ~0u}}, ~uint64_t(0)),
            (std::vector<uint32_t>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(words({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822),
            (std::vector<uint32_t>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

static std::vector<int64_t> shuffled(int64_t count, int64_t seed, int64_t epoch) {
  std::vector<int64_t> rows(count);
  shuffleRows(rows.data(), count, seed, epoch);
  return rows;
}

TEST(Random, ShufflesAllRowsAnewEachEpoch) {
  std::vector<int64_t> first = shuffled(1000, 1, 1), sorted = first;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < 1000; ++i)
    ASSERT_EQ(sorted[i], i);
  EXPECT_EQ(first, shuffled(1000, 1, 1));
  EXPECT_NE(first, shuffled(1000, 1, 2));
  EXPECT_NE(first, shuffled(1000, 2, 1));
}

TEST(Random, ShufflesWithoutBias) {
  std::vector<int> counts(4);
  for (int64_t epoch = 0; epoch < 40000; ++epoch)
    ++counts[shuffled(4, 0, epoch)[0]];
  for (int count : counts)
    EXPECT_NEAR(count, 10000, 400);
}
