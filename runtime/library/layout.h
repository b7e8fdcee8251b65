// Many arrays in one allocation: placed once to learn its size, and once more to get their addresses.
#ifndef BMC_LIBRARY_LAYOUT_H
#define BMC_LIBRARY_LAYOUT_H

#include "bmc/model.h"

namespace bmc {

/// Sizes beyond this cannot be allocated; sums and products stop there.
inline constexpr int64_t mostBytes = PTRDIFF_MAX < INT64_MAX ? PTRDIFF_MAX : INT64_MAX / 4;

inline int64_t addSizes(int64_t a, int64_t b) { return a > mostBytes - b ? mostBytes : a + b; }
inline int64_t multiplySizes(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) || product > mostBytes ? mostBytes : product;
}
inline int64_t alignSize(int64_t bytes) { return addSizes(bytes, BMC_ALIGNMENT - 1) / BMC_ALIGNMENT * BMC_ALIGNMENT; }

class Layout {
public:
  /// Null: only the size is wanted, and addresses are null.
  explicit Layout(void *memory) : base(static_cast<char *>(memory)) {}

  template <typename T> void place(T *&array, int64_t count) {
    array = base ? reinterpret_cast<T *>(base + used) : nullptr;
    used = addSizes(used, alignSize(multiplySizes(count, sizeof(T))));
  }
  int64_t bytes() const { return used; }

private:
  char *base;
  int64_t used = 0;
};

} // namespace bmc

#endif
