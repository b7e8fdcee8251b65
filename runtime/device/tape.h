// A tape: the kernels that one call of an entry function starts, with all that they take. The function's own code runs
// once, while it is recorded; each later call with the same sizes and buffers only replays the tape.
#ifndef BMC_DEVICE_TAPE_H
#define BMC_DEVICE_TAPE_H

#include "../memory.h"
#include "driver.h"

namespace bmc {

class Tape {
public:
  Tape() = default;
  ~Tape() { clear(); }
  Tape(const Tape &) = delete;
  Tape &operator=(const Tape &) = delete;

  void clear();
  void add(Launch launch, const Array<LaunchArgument> &itsArguments);

  Array<Launch> launches;
  Array<LaunchArgument> arguments; // of all launches, one behind the other
  int64_t replays = 0;
  void *prepared = nullptr; // the driver's: what it made of the tape to replay it faster
};

/// What replays tapes in place of the driver's `replay`: a profile's; null: nothing does. `symbols` are those of the
/// function that was recorded.
extern void (*watchedReplay)(Tape &tape, const int64_t *symbols);

/// From here on kernels are not started but written on the tape; null: until here.
void recordOn(Tape *tape);

} // namespace bmc

#endif
