// Calls kernels for a test in another process: it is linked with them and with a table of them, and emulated. It reads
// requests from standard input until that ends, and writes an answer to each:
//   request: the kernel's number; count of symbols, symbols; count of buffers; of each its memory's bytes, how far into
//            it the first element is, the count of dimensions, the dimensions, and the memory
//   answer:  the kernel's status, and each buffer's memory
// All numbers are 32 bits, as the host has them.
#include "../../../runtime/float_mode.h"
#include "../../../runtime/halide_buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

namespace {
typedef int Kernel(void *const *arguments);
enum { mostArguments = 32, mostDimensions = 8, alignment = 64 };

struct Buffer {
  uint32_t bytes, offset, dimensions;
  bmc::HalideDimension dims[mostDimensions];
  bmc::HalideBuffer description;
  uint8_t *allocation, *memory;
};
} // namespace

extern "C" Kernel *const kernels[];

// Backwards: tasks must not depend on their order.
extern "C" int halide_do_par_for(void *context, int (*task)(void *, int, uint8_t *), int min, int size,
                                 uint8_t *closure) {
  for (int i = size; i-- > 0;)
    if (int status = task(context, min + i, closure))
      return status;
  return 0;
}

static bool readAll(void *data, size_t size) {
  char *place = static_cast<char *>(data);
  while (size > 0) {
    ssize_t got = read(STDIN_FILENO, place, size);
    if (got <= 0)
      return false;
    place += got;
    size -= size_t(got);
  }
  return true;
}

static void writeAll(const void *data, size_t size) {
  const char *place = static_cast<const char *>(data);
  while (size > 0) {
    ssize_t written = write(STDOUT_FILENO, place, size);
    if (written <= 0)
      exit(1);
    place += written;
    size -= size_t(written);
  }
}

static uint32_t readNumber(uint32_t most) {
  uint32_t number = 0;
  if (!readAll(&number, sizeof number) || number > most)
    exit(1);
  return number;
}

// Elements are aligned as they are in the other process.
static void readBuffer(Buffer &buffer) {
  buffer.bytes = readNumber(UINT32_MAX);
  buffer.offset = readNumber(buffer.bytes);
  buffer.dimensions = readNumber(mostDimensions);
  if (!readAll(buffer.dims, buffer.dimensions * sizeof *buffer.dims))
    exit(1);
  buffer.allocation = static_cast<uint8_t *>(malloc(size_t(buffer.bytes) + alignment));
  if (!buffer.allocation)
    exit(1);
  uintptr_t first = reinterpret_cast<uintptr_t>(buffer.allocation) + buffer.offset;
  buffer.memory = buffer.allocation + (alignment - first % alignment) % alignment;
  if (!readAll(buffer.memory, buffer.bytes))
    exit(1);
  buffer.description = {};
  buffer.description.host = buffer.memory + buffer.offset;
  buffer.description.dimensions = int32_t(buffer.dimensions);
  buffer.description.dim = buffer.dims;
}

static void answer(uint32_t number) {
  static int32_t symbols[mostArguments];
  static Buffer buffers[mostArguments];
  void *arguments[2 * mostArguments];
  uint32_t symbolCount = readNumber(mostArguments);
  if (!readAll(symbols, symbolCount * sizeof *symbols))
    exit(1);
  for (uint32_t i = 0; i < symbolCount; ++i)
    arguments[i] = &symbols[i];
  uint32_t bufferCount = readNumber(mostArguments);
  for (uint32_t i = 0; i < bufferCount; ++i) {
    readBuffer(buffers[i]);
    arguments[symbolCount + i] = &buffers[i].description;
  }
  int32_t status = kernels[number](arguments);
  writeAll(&status, sizeof status);
  for (uint32_t i = 0; i < bufferCount; ++i) {
    writeAll(buffers[i].memory, buffers[i].bytes);
    free(buffers[i].allocation);
  }
}

int main() {
  bmc::ModeOfFunctions mode;
  uint32_t number;
  while (readAll(&number, sizeof number))
    answer(number);
  return 0;
}
