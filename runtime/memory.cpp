// Memory of a compiled program: see memory.h.
#include "memory.h"

#include "errors.h"

#include <stdarg.h>
#include <stdio.h>

namespace bmc {

void failOutOfMemory(int64_t bytes, const char *purpose) {
  fail(exitCannot, "out of memory: cannot allocate %lld bytes for %s", static_cast<long long>(bytes), purpose);
}

int64_t multiplySizes(int64_t a, int64_t b, const char *purpose) {
  int64_t product;
  // A quarter of the address range stays free, so that slack and alignment never overflow.
  if (__builtin_mul_overflow(a, b, &product) || product > INT64_MAX / 4)
    fail(exitCannot, "out of memory: %lld times %lld bytes for %s", static_cast<long long>(a),
         static_cast<long long>(b), purpose);
  return product;
}

/// As what the C library takes, which has less bits on a machine of 32.
static size_t checkedSize(int64_t bytes, int64_t wanted, const char *purpose) {
  if (bytes > PTRDIFF_MAX)
    failOutOfMemory(wanted, purpose);
  return static_cast<size_t>(bytes);
}

void *allocateBuffer(int64_t bytes, const char *purpose) {
  void *memory = nullptr;
  if (posix_memalign(&memory, bufferAlignment, checkedSize(bytes + bufferSlack, bytes, purpose)) != 0)
    failOutOfMemory(bytes, purpose);
  return memory;
}

void growBuffer(void *&buffer, int64_t used, int64_t bytes, int64_t &capacity, const char *purpose) {
  if (bytes <= capacity)
    return;
  capacity = capacity * 2 > bytes ? capacity * 2 : bytes;
  void *larger = allocateBuffer(capacity, purpose);
  if (used > 0)
    memcpy(larger, buffer, used);
  free(buffer);
  buffer = larger;
}

void *growMemory(void *memory, int64_t bytes, const char *purpose) {
  memory = realloc(memory, checkedSize(bytes, bytes, purpose));
  if (!memory)
    failOutOfMemory(bytes, purpose);
  return memory;
}

void Text::clear() {
  characters.clear();
  characters.push('\0');
}

Text &Text::append(const char *text, int64_t length) {
  characters.resize(characters.size() - 1);
  characters.append(text, length);
  characters.push('\0');
  return *this;
}

Text &Text::format(const char *format, ...) {
  char buffer[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  if (length < static_cast<int>(sizeof buffer))
    return append(buffer, length);
  Array<char> longer;
  longer.resize(length + 1);
  va_start(arguments, format);
  vsnprintf(longer.data(), length + 1, format, arguments);
  va_end(arguments);
  return append(longer.data(), length);
}

} // namespace bmc
