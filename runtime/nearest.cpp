// The name that was probably meant: see nearest.h.
#include "nearest.h"

#include <ctype.h>

namespace bmc {

static bool isSame(char a, char b) {
  return tolower(static_cast<unsigned char>(a)) == tolower(static_cast<unsigned char>(b));
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/// Letters to insert, remove or replace, whatever their case, or neighbours to exchange.
static int64_t distance(const char *a, const char *b) {
  enum { longest = 64 };
  int64_t lengthA = static_cast<int64_t>(strlen(a)), lengthB = static_cast<int64_t>(strlen(b));
  if (lengthA > longest || lengthB > longest)
    return INT64_MAX;
  int64_t rows[3][longest + 1]; // of the last three letters of a, by their number modulo 3
  for (int64_t i = 0; i <= lengthA; ++i) {
    int64_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    row[0] = i;
    for (int64_t j = 1; j <= lengthB; ++j) {
      if (i == 0) {
        row[j] = j;
        continue;
      }
      row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !isSame(a[i - 1], b[j - 1]));
      if (i > 1 && j > 1 && isSame(a[i - 1], b[j - 2]) && isSame(a[i - 2], b[j - 1]))
        row[j] = least(row[j], before[j - 2] + 1);
    }
  }
  return rows[lengthA % 3][lengthB];
}

void Nearest::consider(const char *candidate) {
  int64_t changes = candidate ? distance(name, candidate) : INT64_MAX;
  if (changes > fewest)
    return;
  nearest = candidate;
  fewest = changes - 1;
}

} // namespace bmc
