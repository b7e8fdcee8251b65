// Texts with their counts, found by hashing.
#ifndef BMC_DICTIONARY_H
#define BMC_DICTIONARY_H

#include "memory.h"

namespace bmc {

/// Numbers texts from 0 in the order in which they came.
class Dictionary {
public:
  int64_t size() const { return entries.size(); }
  const char *text(int64_t i) const { return texts.data() + entries[i].begin; }
  int64_t count(int64_t i) const { return entries[i].count; }
  /// The text's number, or -1.
  int64_t find(const char *text) const;
  /// Counts a text, which is added where it is new; its number.
  int64_t add(const char *text);

private:
  struct Entry {
    int64_t begin, count;
  };

  int64_t slotOf(const char *text) const;
  void grow();

  Array<char> texts;
  Array<Entry> entries;
  Array<int64_t> slots; // a number and one, or 0; a power of two of them, at most half full
};

} // namespace bmc

#endif
