// Weights packed as compiled functions read them. It is an object that the program's table points to, so that programs
// that pack none link nothing of it.
#ifndef BMC_PACKED_WEIGHTS_H
#define BMC_PACKED_WEIGHTS_H

#include "variables.h"
#ifdef BMC_DEVICE
#include "device/device.h"
#endif

struct bmc_packer {
  void (*pack)(bmc::Variables &variables);
};

namespace bmc {

/// Behind every change of weights, in front of the next call that only reads them.
inline void packWeights(Variables &variables) {
#ifdef BMC_DEVICE
  if (isDeviceOpen()) // whose functions take none
    return;
#endif
  if (bmc_program.packer)
    bmc_program.packer->pack(variables);
}

} // namespace bmc

#endif
