// Counter-based random numbers (Philox 4x32 with 10 rounds): the same bits on every machine and for any number of
// threads, since each number depends on its key and its counter alone.
#ifndef BMC_RANDOM_H
#define BMC_RANDOM_H

#include <stdint.h>

namespace bmc {

struct RandomWords {
  uint32_t words[4];
};

RandomWords philox(RandomWords counter, uint64_t key);

/// 64 random bits for (key, stream, index).
uint64_t randomBits(uint64_t key, uint64_t stream, uint64_t index);

/// Writes the Fisher-Yates permutation of 0..count-1 that belongs to (seed, epoch).
void shuffleRows(int64_t *rows, int64_t count, int64_t seed, int64_t epoch);

} // namespace bmc

#endif
