// Which slot a value gets. See the header.
#include "passes/Arena.h"

using namespace bmc::bm;

namespace bmc {

size_t Arena::take(const SymbolicDim &bytes, size_t time, size_t busyUntil) {
  size_t slot = choose(bytes, time);
  keep(slot, busyUntil);
  return slot;
}

void Arena::keep(size_t slot, size_t busyUntil) {
  slots[slot].busyUntil = busyUntil;
  busy.push({busyUntil, slot});
}

// Whether a size is at most another for all symbols that are not negative.
static bool fitsIn(const SymbolicDim &size, const SymbolicDim &other) {
  SymbolicDim rest = other - size;
  for (auto &[monomial, coefficient] : rest.coefficients())
    if (coefficient < 0)
      return false;
  return true;
}

// Sizes in an order in which one that always fits in another comes first. How far they are apart is a guess.
Arena::Size Arena::sizeOf(const SymbolicDim &bytes) {
  constexpr double usualExtent = 64;
  double size = 0;
  for (auto &[monomial, coefficient] : bytes.coefficients()) {
    double product = double(coefficient);
    for (size_t factor = 0; factor < monomial.size(); ++factor)
      product *= usualExtent;
    size += product;
  }
  return {size, bytes.text()};
}

// The slots that nobody reads any more.
void Arena::release(size_t time) {
  while (!busy.empty() && busy.top().first < time) {
    auto [until, slot] = busy.top();
    busy.pop();
    if (slots[slot].busyUntil != until || slots[slot].isFree)
      continue; // it was kept longer, or said twice
    slots[slot].isFree = true;
    Free &free = freeSlots[sizeOf(slots[slot].bytes)];
    free.bytes = slots[slot].bytes;
    free.slots.push_back(slot);
  }
}

size_t Arena::takeFrom(FreeSlots::iterator free) {
  size_t slot = free->second.slots.back();
  free->second.slots.pop_back();
  slots[slot].isFree = false;
  if (free->second.slots.empty())
    freeSlots.erase(free);
  return slot;
}

// A free slot that the size fits in, the smallest such; else the largest that fits in the size, which grows; else a new
// one. Sizes of which neither is always the smaller do not share a slot. Of each kind only the nearest few are looked
// at.
size_t Arena::choose(const SymbolicDim &bytes, size_t time) {
  constexpr int mostCompared = 16;
  release(time);
  auto next = freeSlots.lower_bound(sizeOf(bytes));
  auto larger = next;
  for (int compared = 0; larger != freeSlots.end() && compared < mostCompared; ++larger, ++compared, ++steps)
    if (fitsIn(bytes, larger->second.bytes))
      return takeFrom(larger);
  auto smaller = next;
  for (int compared = 0; smaller != freeSlots.begin() && compared < mostCompared; ++compared, ++steps) {
    --smaller;
    if (!fitsIn(smaller->second.bytes, bytes))
      continue;
    size_t slot = takeFrom(smaller);
    slots[slot].bytes = bytes;
    return slot;
  }
  slots.push_back({bytes});
  return slots.size() - 1;
}

} // namespace bmc
