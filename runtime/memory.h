// Memory of a compiled program: aligned buffers for tensors and a growing array for everything else. Both end the
// program with exit code 3 and a message when the memory ends, so no caller checks.
#ifndef BMC_MEMORY_H
#define BMC_MEMORY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Where an object is constructed: `new (Place{memory}) T`. The one of <new> belongs to a library that is not there.
struct Place {
  void *memory;
};
inline void *operator new(decltype(sizeof 0), Place place) noexcept { return place.memory; }

namespace bmc {

/// What compiled functions demand of every buffer: its alignment, and readable bytes behind its end.
enum { bufferAlignment = 64, bufferSlack = 64 };

/// Memory for a tensor: aligned, with slack, its content undefined. `purpose` completes "out of memory: ... for ".
void *allocateBuffer(int64_t bytes, const char *purpose);

/// The size of a product of non-negative counts; ends the program when it does not fit into memory at all.
int64_t multiplySizes(int64_t a, int64_t b, const char *purpose);

/// `realloc` that ends the program instead of returning null.
void *growMemory(void *memory, int64_t bytes, const char *purpose);

[[noreturn]] void failOutOfMemory(int64_t bytes, const char *purpose);

/// An object on the heap; `destroy` ends it.
template <typename T, typename... Arguments> T *create(Arguments &&...arguments) {
  return new (Place{growMemory(nullptr, sizeof(T), "an object")}) T(static_cast<Arguments &&>(arguments)...);
}
template <typename T> void destroy(T *object) {
  object->~T();
  free(object);
}

/// A growing array of plain values.
template <typename T> class Array {
public:
  Array() = default;
  Array(const Array &) = delete;
  Array &operator=(const Array &) = delete;
  ~Array() { free(items); }

  int64_t size() const { return count; }
  T *data() { return items; }
  const T *data() const { return items; }
  T &operator[](int64_t i) { return items[i]; }
  const T &operator[](int64_t i) const { return items[i]; }
  T *begin() { return items; }
  T *end() { return items + count; }
  const T *begin() const { return items; }
  const T *end() const { return items + count; }

  void clear() { count = 0; }
  void push(const T &value) {
    T copy = value;
    if (count == capacity)
      grow(count + 1);
    items[count++] = copy;
  }
  void append(const T *values, int64_t number) {
    if (number == 0)
      return;
    if (count + number > capacity)
      grow(count + number);
    memcpy(items + count, values, number * sizeof(T));
    count += number;
  }
  /// New items are zero.
  void resize(int64_t number) {
    if (number > capacity)
      grow(number);
    if (number > count)
      memset(static_cast<void *>(items + count), 0, (number - count) * sizeof(T));
    count = number;
  }

private:
  void grow(int64_t needed) {
    capacity = capacity * 2 > needed ? capacity * 2 : needed < 16 ? 16 : needed;
    items = static_cast<T *>(growMemory(items, multiplySizes(capacity, sizeof(T), "a list"), "a list"));
  }

  T *items = nullptr;
  int64_t count = 0, capacity = 0;
};

/// A zero-terminated text that can grow.
class Text {
public:
  Text() { characters.push('\0'); }
  explicit Text(const char *text) : Text() { append(text); }
  const char *get() const { return characters.data(); }
  int64_t size() const { return characters.size() - 1; }
  void clear();
  Text &append(const char *text) { return append(text, strlen(text)); }
  Text &append(const char *text, int64_t length);
  Text &appendCharacter(char c) { return append(&c, 1); }
  Text &format(const char *format, ...) __attribute__((format(printf, 2, 3)));

private:
  Array<char> characters;
};

} // namespace bmc

#endif
