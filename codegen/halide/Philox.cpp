// Ten rounds, unrolled: they vectorise over elements. See the header.
#include "codegen/halide/Philox.h"

using namespace Halide;

namespace bmc::codegen {

static Expr constant(uint32_t value) { return Internal::UIntImm::make(UInt(32), value); }

PhiloxWords philox(PhiloxWords counter, PhiloxKeyWords key) {
  for (int round = 0; round < 10; ++round) {
    Expr product0 = cast<uint64_t>(counter[0]) * Internal::make_const(UInt(64), uint64_t(0xD2511F53));
    Expr product1 = cast<uint64_t>(counter[2]) * Internal::make_const(UInt(64), uint64_t(0xCD9E8D57));
    counter = {cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], cast<uint32_t>(product1),
               cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], cast<uint32_t>(product0)};
    key = {key[0] + constant(0x9E3779B9), key[1] + constant(0xBB67AE85)};
  }
  return counter;
}

Expr randomBits(const PhiloxKeyWords &key, Expr position) {
  // Positions are i32, so the counter's high word is zero.
  PhiloxWords words = philox({cast<uint32_t>(position / 4), constant(0), constant(0), constant(0)}, key);
  Expr word = position % 4;
  return select(word == 0, words[0], word == 1, words[1], word == 2, words[2], words[3]);
}

} // namespace bmc::codegen
