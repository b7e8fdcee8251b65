// The slots of an arena while they are given to values.
#ifndef BMC_PASSES_ARENA_H
#define BMC_PASSES_ARENA_H

#include "dialects/SymbolicDim.h"

#include <cstddef>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <vector>

namespace bmc {

class Arena {
public:
  /// A slot of at least so many bytes that is free from `time` on, and busy until `busyUntil`. Times do not descend.
  size_t take(const bm::SymbolicDim &bytes, size_t time, size_t busyUntil);
  /// Another value moves into a slot.
  void keep(size_t slot, size_t busyUntil);

  size_t size() const { return slots.size(); }
  const bm::SymbolicDim &bytes(size_t slot) const { return slots[slot].bytes; }
  /// How many sizes of free slots were compared up to now.
  uint64_t work() const { return steps; }

private:
  struct Slot {
    bm::SymbolicDim bytes;
    size_t busyUntil = 0; // when what is in it is read for the last time
    bool isFree = false;
  };
  /// The free slots of one size.
  struct Free {
    bm::SymbolicDim bytes;
    std::vector<size_t> slots;
  };
  using Size = std::pair<double, std::string>; // how large it usually is, and what it is
  using FreeSlots = std::map<Size, Free>;

  static Size sizeOf(const bm::SymbolicDim &bytes);
  size_t choose(const bm::SymbolicDim &bytes, size_t time);
  void release(size_t time);
  size_t takeFrom(FreeSlots::iterator free);

  std::vector<Slot> slots;
  FreeSlots freeSlots;
  using Busy = std::pair<size_t, size_t>; // until when, and which slot; out of date if the slot says something else
  std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy;
  uint64_t steps = 0;
};

} // namespace bmc

#endif
