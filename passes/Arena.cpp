// Which slot a value gets. See the header.
#include "passes/Arena.h"

#include <optional>

using namespace bmc::bm;

namespace bmc {

size_t Arena::take(const SymbolicDim &bytes, size_t time, size_t busyUntil) {
  size_t slot = choose(bytes, time);
  keep(slot, busyUntil);
  return slot;
}

// Whether a size is at most another for all symbols that are not negative.
static bool fitsIn(const SymbolicDim &size, const SymbolicDim &other) {
  SymbolicDim rest = other - size;
  for (auto &[monomial, coefficient] : rest.coefficients())
    if (coefficient < 0)
      return false;
  return true;
}

// A free slot that the size fits in, the smallest such; else the largest that fits in the size, which grows; else a new
// one. Sizes of which neither is always the smaller do not share a slot.
size_t Arena::choose(const SymbolicDim &bytes, size_t time) {
  std::optional<size_t> best, growing;
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    if (slots[slot].busyUntil >= time)
      continue;
    const SymbolicDim &size = slots[slot].bytes;
    if (fitsIn(bytes, size)) {
      if (!best || fitsIn(size, slots[*best].bytes))
        best = slot;
    } else if (fitsIn(size, bytes) && (!growing || fitsIn(slots[*growing].bytes, size))) {
      growing = slot;
    }
  }
  if (best)
    return *best;
  if (growing) {
    slots[*growing].bytes = bytes;
    return *growing;
  }
  slots.push_back({bytes, time});
  return slots.size() - 1;
}

} // namespace bmc
