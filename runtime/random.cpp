// Counter-based random numbers: see random.h.
#include "random.h"

namespace bmc {

static RandomWords philoxRound(RandomWords c, uint32_t key0, uint32_t key1) {
  uint64_t product0 = uint64_t(0xD2511F53) * c.words[0];
  uint64_t product1 = uint64_t(0xCD9E8D57) * c.words[2];
  return {{uint32_t(product1 >> 32) ^ c.words[1] ^ key0, uint32_t(product1),
           uint32_t(product0 >> 32) ^ c.words[3] ^ key1, uint32_t(product0)}};
}

RandomWords philox(RandomWords counter, uint64_t key) {
  uint32_t key0 = uint32_t(key), key1 = uint32_t(key >> 32);
  for (int round = 0; round < 10; ++round) {
    counter = philoxRound(counter, key0, key1);
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

uint64_t randomBits(uint64_t key, uint64_t stream, uint64_t index) {
  RandomWords random =
      philox({{uint32_t(index), uint32_t(index >> 32), uint32_t(stream), uint32_t(stream >> 32)}}, key);
  return uint64_t(random.words[1]) << 32 | random.words[0];
}

// The upper half of a 64 x 64 product: not all machines have integers of 128 bits.
static uint64_t highProduct(uint64_t a, uint64_t b) {
  uint64_t aHigh = a >> 32, aLow = uint32_t(a), bHigh = b >> 32, bLow = uint32_t(b);
  uint64_t middle = aHigh * bLow + (aLow * bLow >> 32), other = aLow * bHigh + uint32_t(middle);
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

void shuffleRows(int64_t *rows, int64_t count, int64_t seed, int64_t epoch) {
  for (int64_t i = 0; i < count; ++i)
    rows[i] = i;
  for (int64_t i = count - 1; i > 0; --i) {
    // The high half maps 64 bits onto 0..i; its bias of (i+1)/2^64 is below any use.
    auto j = int64_t(highProduct(randomBits(uint64_t(seed), uint64_t(epoch), uint64_t(i)), uint64_t(i + 1)));
    int64_t row = rows[i];
    rows[i] = rows[j];
    rows[j] = row;
  }
}

} // namespace bmc
