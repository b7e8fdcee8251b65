// The device's arena: the one piece of its memory that a program takes. The compiler laid out what is there from the
// start to the end, constants and variables (passes/DeviceArena.h). Behind them follow the parts whose sizes the
// program's calls decide: the weights of the best epoch, the indices of loops, what a call takes and gives, and its
// intermediate values. Calls run one after the other and share the last two.
#ifndef BMC_DEVICE_DEVICE_ARENA_H
#define BMC_DEVICE_DEVICE_ARENA_H

#include <stdint.h>

namespace bmc {

/// What the parts have to hold.
struct ArenaDemand {
  bool keepsWeights = false; // a second copy of what a weight file holds
  int64_t steps = 0;         // of the longest loop
  int64_t call = 0;          // bytes of arguments and results,
  int64_t intermediate = 0;  // and of intermediate values

  /// The larger of both, part by part.
  void include(const ArenaDemand &other);
};

/// The whole arena's bytes.
int64_t arenaBytes(const ArenaDemand &demand);

class DeviceArena {
public:
  bool holds(const ArenaDemand &demand) const;
  /// Takes the arena from the driver. Where it has been too small all that is not a call's moves to a larger one.
  void reserve(const ArenaDemand &demand);

  uint64_t at(int64_t offset) const { return base + static_cast<uint64_t>(offset); }
  uint64_t variable(int64_t number) const;
  /// The variable's place among the weights that are kept.
  uint64_t keptVariable(int64_t number) const;
  bool keepsWeights() const { return size.keepsWeights; }
  uint64_t index(int64_t step) const;
  uint64_t call() const { return at(callBegin); }
  uint64_t intermediate() const { return at(intermediateBegin); }

private:
  void fill(uint64_t oldBase, int64_t oldBytes);

  uint64_t base = 0; // none yet
  ArenaDemand size;
  int64_t indicesBegin = 0, callBegin = 0, intermediateBegin = 0, end = 0;
};

DeviceArena &deviceArena();

} // namespace bmc

#endif
