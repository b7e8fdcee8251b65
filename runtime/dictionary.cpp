// Texts with their counts: see dictionary.h.
#include "dictionary.h"

namespace bmc {

static uint64_t hash(const char *text) {
  uint64_t value = 0xcbf29ce484222325;
  for (; *text; ++text)
    value = (value ^ static_cast<unsigned char>(*text)) * 0x100000001b3;
  return value ^ value >> 32;
}

/// The slot that holds the text, or the empty one where it belongs.
int64_t Dictionary::slotOf(const char *wanted) const {
  int64_t mask = slots.size() - 1, at = static_cast<int64_t>(hash(wanted)) & mask;
  while (slots[at] && strcmp(text(slots[at] - 1), wanted))
    at = (at + 1) & mask;
  return at;
}

int64_t Dictionary::find(const char *text) const { return slots.size() ? slots[slotOf(text)] - 1 : -1; }

void Dictionary::grow() {
  int64_t size = slots.size() ? slots.size() * 2 : 64;
  slots.clear();
  slots.resize(size);
  for (int64_t i = 0; i < entries.size(); ++i)
    slots[slotOf(text(i))] = i + 1;
}

int64_t Dictionary::add(const char *text) {
  if ((entries.size() + 1) * 2 > slots.size())
    grow();
  int64_t slot = slotOf(text);
  if (!slots[slot]) {
    entries.push({texts.size(), 0});
    texts.append(text, static_cast<int64_t>(strlen(text)) + 1);
    slots[slot] = entries.size();
  }
  ++entries[slots[slot] - 1].count;
  return slots[slot] - 1;
}

} // namespace bmc
