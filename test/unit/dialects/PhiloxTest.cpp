// Philox 4x32-10 against the known answers that its authors publish with it.
#include "dialects/reference/Philox.h"

#include <gtest/gtest.h>

using namespace bmc::bm;

namespace {

TEST(Philox, KnownAnswers) {
  constexpr uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, ElementsTakeWordsInOrder) {
  PhiloxKey key = {7, 9};
  EXPECT_EQ(randomBits(key, 0), philox({0, 0, 0, 0}, key)[0]);
  EXPECT_EQ(randomBits(key, 7), philox({1, 0, 0, 0}, key)[3]);
  EXPECT_EQ(randomBits(key, uint64_t(5) << 34), philox({0, 5, 0, 0}, key)[0]);
}

TEST(Philox, FoldedKeysAreNoElements) {
  PhiloxKey key = {7, 9};
  PhiloxCounter words = philox({3, 0, 0, 1}, key);
  EXPECT_EQ(foldIn(key, 3), (PhiloxKey{words[0], words[1]}));
}

} // namespace
