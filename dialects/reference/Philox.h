// Philox 4x32-10, the counter-based random numbers of all bm programs (Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011). Plain C++: the reference interpreter and tests share it.
#ifndef BMC_DIALECTS_REFERENCE_PHILOX_H
#define BMC_DIALECTS_REFERENCE_PHILOX_H

#include <array>
#include <cstdint>

namespace bmc::bm {

using PhiloxCounter = std::array<uint32_t, 4>;
using PhiloxKey = std::array<uint32_t, 2>;

/// Four random words of a counter under a key.
inline PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) {
  constexpr uint64_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
  constexpr uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85; // the golden ratio and the root of 3, less 1
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = multiplier0 * counter[0], product1 = multiplier1 * counter[2];
    counter = {uint32_t(product1 >> 32) ^ counter[1] ^ key[0], uint32_t(product1),
               uint32_t(product0 >> 32) ^ counter[3] ^ key[1], uint32_t(product0)};
    key = {key[0] + weyl0, key[1] + weyl1};
  }
  return counter;
}

/// The random bits of element `index` of a tensor.
inline uint32_t randomBits(PhiloxKey key, uint64_t index) {
  uint64_t block = index / 4;
  return philox({uint32_t(block), uint32_t(block >> 32), 0, 0}, key)[index % 4];
}

/// A new key from a key and a number.
inline PhiloxKey foldIn(PhiloxKey key, uint32_t data) {
  PhiloxCounter words = philox({data, 0, 0, 1}, key);
  return {words[0], words[1]};
}

} // namespace bmc::bm

#endif
