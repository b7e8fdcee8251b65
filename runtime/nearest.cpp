// The name that was probably meant: see nearest.h.
#include "nearest.h"

#include <ctype.h>

namespace bmc {

/// Letters to insert, remove or replace, whatever their case.
static int64_t distance(const char *a, const char *b) {
  enum { longest = 64 };
  int64_t lengthA = static_cast<int64_t>(strlen(a)), lengthB = static_cast<int64_t>(strlen(b));
  if (lengthA > longest || lengthB > longest)
    return INT64_MAX;
  int64_t row[longest + 1];
  for (int64_t j = 0; j <= lengthB; ++j)
    row[j] = j;
  for (int64_t i = 1; i <= lengthA; ++i) {
    int64_t diagonal = row[0];
    row[0] = i;
    for (int64_t j = 1; j <= lengthB; ++j) {
      int64_t above = row[j];
      bool isEqual = tolower(static_cast<unsigned char>(a[i - 1])) == tolower(static_cast<unsigned char>(b[j - 1]));
      int64_t best = diagonal + !isEqual;
      best = above + 1 < best ? above + 1 : best;
      best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
      row[j] = best;
      diagonal = above;
    }
  }
  return row[lengthB];
}

void Nearest::consider(const char *candidate) {
  int64_t changes = candidate ? distance(name, candidate) : INT64_MAX;
  if (changes > fewest)
    return;
  nearest = candidate;
  fewest = changes - 1;
}

} // namespace bmc
