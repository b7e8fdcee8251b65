// Runs entry functions: walks their words (`bmc_code` in program.h), puts the addresses of a call's tensors into
// buffers and calls the kernel. All that it needs is on its stack: programs and libraries use it, from any thread.
#ifndef BMC_RUN_CODE_H
#define BMC_RUN_CODE_H

#include "bmc/program.h"
#include "halide_buffer.h"

namespace bmc {

/// A run of one function. Words are int16_t or int32_t. `Memory` says where the tensors are.
template <typename Word, typename Memory> struct Run {
  const bmc_code &code;
  const bmc_kernel *kernels;
  const int64_t *symbols;
  const int64_t *sizes;
  char **places;
  const void *const *addresses[2]; // the function's buffers and its places, which references choose from
  HalideBuffer *buffers;
  HalideDimension *dimensions;
  void **arguments; // the buffers' addresses; symbols stand in front of them

  void *address(Word reference) const { return const_cast<void *>(addresses[reference & 1][reference >> 1]); }
  int32_t block(const Word *word);
  int32_t call(const Word *&word);
  void setStrides(const Word *&word);
  int32_t loop(const Word *&word);
};

/// A symbol's low half is the i32 that kernels take: all targets store it first. The counts are small: vectors and
/// copies of the loops would only be in the way.
template <typename Word, typename Memory> inline int32_t Run<Word, Memory>::call(const Word *&word) {
  const bmc_kernel &kernel = kernels[*word++];
  void **first = arguments;
#pragma clang loop vectorize(disable) unroll(disable)
  for (int32_t left = kernel.symbol_count; left > 0; --left)
    *--first = const_cast<int64_t *>(&sizes[*word++]);
  HalideBuffer *buffer = buffers;
#pragma clang loop vectorize(disable) unroll(disable)
  for (int32_t left = kernel.buffer_count; left > 0; --left)
    Memory::setAddress(*buffer++, address(*word++));
  return kernel.run(first);
}

template <typename Word, typename Memory> void Run<Word, Memory>::setStrides(const Word *&word) {
  HalideDimension *dimension = dimensions + word[1];
  buffers[word[0]].dim = dimension;
  const Word *end = word + 3 + word[2];
  for (word += 3; word < end; ++word)
    (dimension++)->stride = static_cast<int32_t>(sizes[*word]);
}

/// The body of a loop is a block of its own, so loops stand in loops.
template <typename Word, typename Memory> int32_t Run<Word, Memory>::loop(const Word *&word) {
  int64_t length = sizes[word[0]], index;
  bool isReversed = word[1];
  const Word *slices = word + 4, *body = slices + 3 * word[3] + 1;
  for (int64_t step = 0; step < length; ++step) {
    index = isReversed ? length - 1 - step : step;
    places[word[2]] = static_cast<char *>(Memory::index(index));
    for (const Word *slice = slices; slice + 1 < body; slice += 3)
      places[slice[0]] = static_cast<char *>(address(slice[1])) + index * sizes[slice[2]];
    if (int32_t status = block(body))
      return status;
  }
  word = body + body[-1];
  return 0;
}

/// Up to the end's word, or to the first kernel that fails.
template <typename Word, typename Memory> int32_t Run<Word, Memory>::block(const Word *word) {
  int32_t status = 0;
  while (status == 0) {
    if (*word >= 0) {
      status = call(word);
      continue;
    }
    switch (*word++) {
    case bmc_word_strides:
      setStrides(word);
      break;
    case bmc_word_loop:
      status = loop(word);
      break;
    case bmc_word_mark:
      code.mark(*word++, symbols);
      break;
    default:
      return 0;
    }
  }
  return status;
}

/// `kernels` are those that the words number.
template <typename Word, typename Memory>
int32_t runCode(const bmc_code &code, const bmc_kernel *kernels, void *const *given, const int64_t *symbols,
                char *arena) {
  auto *sizes = static_cast<int64_t *>(__builtin_alloca(code.size_count * sizeof(int64_t)));
  auto **places = static_cast<char **>(__builtin_alloca(code.place_count * sizeof(char *)));
  auto *buffers = static_cast<HalideBuffer *>(__builtin_alloca(code.buffer_count * sizeof(HalideBuffer)));
  auto *dimensions = static_cast<HalideDimension *>(__builtin_alloca(code.dimension_count * sizeof(HalideDimension)));
  auto **arguments = static_cast<void **>(__builtin_alloca((code.symbol_count + code.buffer_count) * sizeof(void *)));
  arguments += code.symbol_count;
  for (int32_t i = 0; i < code.buffer_count; ++i)
    arguments[i] = &buffers[i];

  code.sizes(symbols, sizes);
  const Word *word = static_cast<const Word *>(code.words);
  char **place = places;
  for (int32_t i = 0; i < code.slot_count; ++i) {
    *place++ = arena;
    arena += sizes[*word++];
  }
  for (int32_t i = 0; i < code.constant_count; ++i)
    *place++ = static_cast<char *>(Memory::constant(code.constants[i], sizes, word));
  Run<Word, Memory> run = {code,    kernels,    symbols,
                           sizes,   places,     {given, reinterpret_cast<const void *const *>(places)},
                           buffers, dimensions, arguments};
  return run.block(word);
}

} // namespace bmc

#endif
