// The name that was probably meant.
#ifndef BMC_NEAREST_H
#define BMC_NEAREST_H

#include "memory.h"

namespace bmc {

/// Remembers the candidate with the fewest changed letters, where these are at most a third of the name's.
class Nearest {
public:
  explicit Nearest(const char *name) : name(name), fewest(static_cast<int64_t>(strlen(name)) / 3) {}
  void consider(const char *candidate);
  /// Null where nothing is near.
  const char *found() const { return nearest; }

private:
  const char *name;
  int64_t fewest; // changes that a candidate may have, and the next one less
  const char *nearest = nullptr;
};

} // namespace bmc

#endif
