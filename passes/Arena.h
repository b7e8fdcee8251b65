// The slots of an arena while they are given to values.
#ifndef BMC_PASSES_ARENA_H
#define BMC_PASSES_ARENA_H

#include "dialects/SymbolicDim.h"

#include <cstddef>
#include <vector>

namespace bmc {

class Arena {
public:
  /// A slot of at least so many bytes that is free from `time` on, and busy until `busyUntil`.
  size_t take(const bm::SymbolicDim &bytes, size_t time, size_t busyUntil);
  /// Another value moves into a slot.
  void keep(size_t slot, size_t busyUntil) { slots[slot].busyUntil = busyUntil; }

  size_t size() const { return slots.size(); }
  const bm::SymbolicDim &bytes(size_t slot) const { return slots[slot].bytes; }

private:
  size_t choose(const bm::SymbolicDim &bytes, size_t time);

  struct Slot {
    bm::SymbolicDim bytes;
    size_t busyUntil; // when what is in it is read for the last time
  };
  std::vector<Slot> slots;
};

} // namespace bmc

#endif
