// What a batch of training runs: see training_steps.h.
#include "training_steps.h"

#include "float_mode.h"

namespace bmc {

Steps::Steps(Variables &variables) : accumulation(variables) {
  for (int64_t i = 0; i < bmc_program.step_count; ++i)
    entries.push(create<Entry>(*bmc_program.steps[i].function, variables));
  if (bmc_program.train)
    entries.push(create<Entry>(*bmc_program.train, variables));
}

Steps::~Steps() {
  for (Entry *entry : entries)
    destroy(entry);
}

void Steps::run(Rows &rows, const Scalars &scalars, int64_t accumulated, bool isLast, Measures &measures) {
  SubnormalsAreZeros mode;
  for (int64_t i = 0; i < entries.size(); ++i) {
    if (i < bmc_program.step_count && scalars.step % bmc_program.steps[i].every != 0)
      continue;
    entries[i]->run(&rows, scalars);
    measures.add(*entries[i], rows, i == 0);
  }
  accumulation.batchDone(scalars, accumulated, isLast);
}

} // namespace bmc
