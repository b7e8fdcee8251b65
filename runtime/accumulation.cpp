// Gradients of several batches that make one update: see accumulation.h.
#include "accumulation.h"

namespace bmc {

Accumulation::Accumulation(Variables &variables)
    : variables(variables), update(functionOrNone(bmc_program.update), variables) {}

void Accumulation::batchDone(const Scalars &scalars, int64_t batches, bool isLast) {
  if (!bmc_program.update)
    return;
  double done = *static_cast<const double *>(variables.read(bmc_program.accumulated));
  if (isLast || done >= static_cast<double>(batches))
    update.run(nullptr, scalars);
}

} // namespace bmc
