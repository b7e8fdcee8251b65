// See packing.h.
#include "packing.h"

#include <sched.h>

namespace bmc {

namespace {
/// Held for as long as weights are packed, else for a few instructions.
class Lock {
public:
  explicit Lock(Packing &packing) : packing(packing) {
    while (__atomic_exchange_n(&packing.isLocked, true, __ATOMIC_ACQUIRE))
      sched_yield();
  }
  ~Lock() { __atomic_store_n(&packing.isLocked, false, __ATOMIC_RELEASE); }

private:
  Packing &packing;
};
} // namespace

static bool isCurrent(const Packing &packing) {
  return __atomic_load_n(&packing.packedChanges, __ATOMIC_ACQUIRE) ==
         __atomic_load_n(&packing.changes, __ATOMIC_ACQUIRE);
}

static bool lends(const Packing &packing) { return __atomic_load_n(&packing.lends, __ATOMIC_ACQUIRE); }

static int begin(Instance &instance, bool &isCounted) {
  Packing &packing = instance.owner->packing;
  if (isCurrent(packing) && !lends(packing))
    return BMC_OK;
  Lock lock(packing);
  if (!isCurrent(packing) || (lends(packing) && packing.readers == 0)) {
    int64_t changes = __atomic_load_n(&packing.changes, __ATOMIC_ACQUIRE);
    if (int status = runCall(instance, instance.calls[callPrepare]))
      return status;
    __atomic_store_n(&packing.packedChanges, changes, __ATOMIC_RELEASE);
  }
  ++packing.readers;
  isCounted = true;
  return BMC_OK;
}

static void end(Instance &instance) {
  Packing &packing = instance.owner->packing;
  Lock lock(packing);
  --packing.readers;
}

/// What was written since the last packing is packed once more, unless a call reads: it has packed what there was.
static void settle(Instance &instance) {
  Packing &packing = instance.owner->packing;
  Lock lock(packing);
  if (lends(packing) && packing.readers == 0)
    noteChange(instance);
  __atomic_store_n(&packing.lends, false, __ATOMIC_RELEASE);
}

} // namespace bmc

extern "C" const bmc_packer bmc_weight_packer = {bmc::begin, bmc::end, bmc::settle};
