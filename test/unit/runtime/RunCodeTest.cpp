// The walker of entry functions, on words and kernels that are written by hand.
#include "bmc/program.h"
#include "runtime/halide_buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

std::string done; // what the kernels were called with

bmc::HalideBuffer &buffer(void *argument) { return *static_cast<bmc::HalideBuffer *>(argument); }

// (a, b): b = a + 1, on i64
int32_t increment(void *const *arguments) {
  auto value = *static_cast<int64_t *>(buffer(arguments[0]).host) + 1;
  *static_cast<int64_t *>(buffer(arguments[1]).host) = value;
  done += " " + std::to_string(value);
  return 0;
}

// (N, M, a)
int32_t tell(void *const *arguments) {
  done += " N=" + std::to_string(*static_cast<int32_t *>(arguments[0]));
  done += " M=" + std::to_string(*static_cast<int32_t *>(arguments[1]));
  const bmc::HalideDimension *dim = buffer(arguments[2]).dim;
  done += " strides " + std::to_string(dim[0].stride) + "," + std::to_string(dim[1].stride);
  return 0;
}

int32_t refuse(void *const *) { return -11; }

void mark(int64_t number, const int64_t *symbols) {
  done += " mark " + std::to_string(number) + " of " + std::to_string(symbols[0]);
}

const bmc_kernel kernels[] = {{"", "", "", increment, nullptr, 0, 2, 0, nullptr, 0, nullptr, nullptr, 0},
                              {"", "", "", tell, nullptr, 2, 1, 0, nullptr, 0, nullptr, nullptr, 0},
                              {"", "", "", refuse, nullptr, 0, 0, 0, nullptr, 0, nullptr, nullptr, 0}};

// N, M, N * 8, the size of a slot
void sizes(const int64_t *symbols, int64_t *sizes) {
  sizes[0] = symbols[0];
  sizes[1] = symbols[1];
  sizes[2] = 8 * symbols[0];
  sizes[3] = 64;
}

const int64_t seven = 7;
const void *const constants[] = {&seven};

template <typename Word> struct Code {
  explicit Code(std::vector<Word> words, int32_t places = 0) : words(std::move(words)) {
    table = {sizes, this->words.data(), constants, mark, 4, 0, 0, places, 2, 2, 2};
  }
  int32_t run(std::vector<void *> buffers, std::vector<int64_t> symbols = {3, 2}) {
    done.clear();
    auto *walk = sizeof(Word) == 2 ? bmc_run_code16 : bmc_run_code32;
    return walk(&table, buffers.data(), symbols.data(), arena);
  }
  std::vector<Word> words;
  bmc_code table;
  alignas(64) char arena[256] = {};
};

enum { end = bmc_word_end, strides = bmc_word_strides, loop = bmc_word_loop, marked = bmc_word_mark };

TEST(RunCode, CallsKernelsInOrderWithTheirBuffers) {
  int64_t a = 1, b = 0, c = 0;
  EXPECT_EQ(Code<int16_t>({0, 0, 2, 0, 2, 4, end}).run({&a, &b, &c}), 0);
  EXPECT_EQ(done, " 2 3");
  EXPECT_EQ(c, 3);
}

TEST(RunCode, PlacesAreSlotsAndThenConstants) {
  int64_t result = 0;
  Code<int16_t> code({3, 3, 0, 5, 1, 0, 1, 3, 0, 3, 0, end}, 3); // constant to slot 0 to slot 1 to the result
  code.table.slot_count = 2;
  code.table.constant_count = 1;
  EXPECT_EQ(code.run({&result}), 0);
  EXPECT_EQ(result, 10);
  EXPECT_EQ(*reinterpret_cast<int64_t *>(code.arena), 8);
  EXPECT_EQ(*reinterpret_cast<int64_t *>(code.arena + 64), 9);
}

TEST(RunCode, SymbolsAndStridesAreSizes) {
  int64_t a = 0;
  EXPECT_EQ(Code<int16_t>({strides, 0, 0, 2, 1, 2, 1, 1, 0, 0, end}).run({&a}), 0); // the last symbol first
  EXPECT_EQ(done, " N=3 M=2 strides 2,24");
}

TEST(RunCode, StopsAtTheFirstKernelThatFails) {
  int64_t a = 1, b = 0;
  EXPECT_EQ(Code<int16_t>({0, 0, 2, 2, 0, 0, 2, end}).run({&a, &b}), -11);
  EXPECT_EQ(done, " 2");
  EXPECT_EQ(Code<int16_t>({loop, 0, 0, 0, 0, 2, 2, end, 0, 0, 2, end}, 1).run({&a, &b}), -11) << "in a loop";
  EXPECT_EQ(done, "");
}

TEST(RunCode, LoopsReadAndWriteSlices) {
  int64_t from[] = {10, 20, 30}, to[] = {0, 0, 0};
  std::vector<int16_t> words = {loop, 0, 0, 0, 2, 1, 0, 1, 2, 2, 1, 4, 0, 3, 5, end, marked, 5, end};
  EXPECT_EQ(Code<int16_t>(words, 3).run({from, to}, {3, 8}), 0); // slices of M bytes
  EXPECT_EQ(done, " 11 21 31 mark 5 of 3");
  EXPECT_EQ(to[2], 31);
  words[2] = 1;
  EXPECT_EQ(Code<int16_t>(words, 3).run({from, to}, {3, 8}), 0);
  EXPECT_EQ(done, " 31 21 11 mark 5 of 3") << "from the last to the first";
  EXPECT_EQ(Code<int16_t>(words, 3).run({from, to}, {0, 8}), 0);
  EXPECT_EQ(done, " mark 5 of 0") << "no steps";
}

TEST(RunCode, LoopsStandInLoopsAndKnowTheirIndex) {
  int64_t result = 0;
  std::vector<int16_t> inner = {loop, 1, 1, 1, 0, 4, 0, 3, 0, end};
  std::vector<int16_t> words = {loop, 0, 0, 0, 0, int16_t(inner.size() + 4), 0, 1, 0};
  words.insert(words.end(), inner.begin(), inner.end());
  words.insert(words.end(), {end, end});
  EXPECT_EQ(Code<int16_t>(words, 2).run({&result}), 0);
  EXPECT_EQ(done, " 1 2 1 2 2 1 3 2 1");
}

TEST(RunCode, WordsMayBeWide) {
  std::vector<int64_t> values(50000, 0);
  std::vector<void *> buffers;
  for (int64_t &value : values)
    buffers.push_back(&value);
  EXPECT_EQ(Code<int32_t>({0, 0, 2 * 49999, marked, 70000, end}).run(buffers), 0);
  EXPECT_EQ(values[49999], 1);
  EXPECT_EQ(done, " 1 mark 70000 of 3");
}

} // namespace

extern "C" const struct bmc_program bmc_program = [] {
  struct bmc_program program = {};
  program.kernels = kernels;
  return program;
}();
