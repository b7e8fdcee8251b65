// Weights in the order that compiled functions read them in. They belong to the instance that owns the weights, and are
// packed in front of a call that reads them, where the weights may have changed: behind a call that changes them, and
// as long as a caller has a pointer to one. Then nobody sees the change itself, but the caller changes no weight while
// another thread is in a call: so all calls that overlap read the same weights, and the first of them packs.
//
// The rest is an object that the program's table points to, so that libraries of models that pack none link nothing of
// it.
#ifndef BMC_LIBRARY_PACKING_H
#define BMC_LIBRARY_PACKING_H

#include "instance.h"

struct bmc_packer {
  /// Packs what may have changed. `isCounted`: `end` has to follow the call.
  int (*begin)(bmc::Instance &instance, bool &isCounted);
  void (*end)(bmc::Instance &instance);
  /// No pointer is written through any more.
  void (*settle)(bmc::Instance &instance);
};

namespace bmc {

/// Whatever may change weights says so.
inline void noteChange(Instance &instance) {
  __atomic_fetch_add(&instance.owner->packing.changes, 1, __ATOMIC_RELEASE);
}

/// A caller gets a pointer to a weight.
inline void noteLoan(Instance &instance) { __atomic_store_n(&instance.owner->packing.lends, true, __ATOMIC_RELEASE); }

/// While this lives the packed weights are what the weights are.
class PackedInUse {
public:
  explicit PackedInUse(Instance &instance) : instance(instance) {
    if (instance.program->packer)
      status = instance.program->packer->begin(instance, isCounted);
  }
  ~PackedInUse() {
    if (isCounted)
      instance.program->packer->end(instance);
  }

  int status = BMC_OK;

private:
  Instance &instance;
  bool isCounted = false;
};

} // namespace bmc

#endif
