// See packed_weights.h.
#include "packed_weights.h"

#include "entry.h"

using namespace bmc;

static void pack(Variables &variables) {
  variables.holdPacked();
  Entry(*bmc_program.prepare, variables).run(nullptr, Scalars());
}

extern "C" const bmc_packer bmc_weight_packer = {pack};
