// Ten rounds, unrolled: they vectorise over elements, or over counters, which give four elements each. See the header.
#include "codegen/halide/Philox.h"

using namespace Halide;

namespace bmc::codegen {

static Expr constant(uint32_t value) { return Internal::UIntImm::make(UInt(32), value); }

PhiloxWords philox(PhiloxWords counter, PhiloxKeyWords key) {
  Halide::Type word = counter[0].type(), wide = word.with_bits(64);
  for (int round = 0; round < 10; ++round) {
    Expr product0 = cast(wide, counter[0]) * Internal::make_const(wide, uint64_t(0xD2511F53));
    Expr product1 = cast(wide, counter[2]) * Internal::make_const(wide, uint64_t(0xCD9E8D57));
    counter = {cast(word, product1 >> 32) ^ counter[1] ^ key[0], cast(word, product1),
               cast(word, product0 >> 32) ^ counter[3] ^ key[1], cast(word, product0)};
    key = {key[0] + constant(0x9E3779B9), key[1] + constant(0xBB67AE85)};
  }
  return counter;
}

// Positions are i32, so the counter's high word is zero.
static PhiloxWords wordsOf(const Expr &counter, const PhiloxKeyWords &key) {
  Expr zero = Internal::make_zero(counter.type().with_code(halide_type_uint));
  return philox({cast(zero.type(), counter), zero, zero, zero}, key);
}

static constexpr const char *randomBitsName = "bmc_random_bits";

Expr randomBits(const PhiloxKeyWords &key, Expr position) {
  return Internal::Call::make(UInt(32), randomBitsName, {key[0], key[1], std::move(position)},
                              Internal::Call::PureExtern);
}

bool isRandomBits(const Internal::Call *call) {
  return call->call_type == Internal::Call::PureExtern && call->name == randomBitsName;
}

static Expr oneByOne(const Internal::Call *call) {
  const Expr &position = call->args[2];
  PhiloxWords words = wordsOf(position / 4, {call->args[0], call->args[1]});
  Expr word = position % 4;
  return select(word == 0, words[0], word == 1, words[1], word == 2, words[2], words[3]);
}

static Expr scalar(const Expr &vector) {
  const auto *broadcast = vector.as<Internal::Broadcast>();
  return broadcast ? broadcast->value : Expr();
}

static Expr inFours(const Internal::Ramp *positions, const PhiloxKeyWords &key) {
  Expr counter = Internal::Ramp::make(positions->base / 4, 1, positions->lanes / 4);
  PhiloxWords words = wordsOf(counter, key);
  return Internal::Shuffle::make_interleave({words.begin(), words.end()});
}

static bool isMultipleOfFour(const Expr &position, const Internal::Scope<Internal::ModulusRemainder> &alignment) {
  Internal::ModulusRemainder known = Internal::modulus_remainder(position, alignment);
  return known.modulus % 4 == 0 && known.remainder % 4 == 0;
}

Expr computedRandomBits(const Internal::Call *call, const Internal::Scope<Internal::ModulusRemainder> &alignment) {
  const auto *positions = call->args[2].as<Internal::Ramp>();
  PhiloxKeyWords key{scalar(call->args[0]), scalar(call->args[1])};
  bool isInFours = positions && Internal::is_const_one(positions->stride) && positions->lanes % 4 == 0 &&
                   positions->lanes > 4 && key[0].defined() && key[1].defined() &&
                   isMultipleOfFour(positions->base, alignment);
  return Internal::common_subexpression_elimination(isInFours ? inFours(positions, key) : oneByOne(call));
}

} // namespace bmc::codegen
