// The verbs of a compiled program, one file each. They return the exit code.
#ifndef BMC_VERBS_H
#define BMC_VERBS_H

#include "arguments.h"
#include "batches.h"

namespace bmc {

int train(Options &options);
int evaluate(Options &options);
int predict(Options &options);
int info(Options &options);
int selftest(Options &options);

/// Where a program has what `bmc --with=PART` adds to it; null where not: the linker takes it only where it is named.
extern "C" __attribute__((weak)) int bmc_part_report(Options &options);
extern "C" __attribute__((weak)) int bmc_part_explain(Options &options);
/// From now on calls of kernels are measured; what they took is told at the end.
extern "C" __attribute__((weak)) void bmc_part_profile(Options &options);

/// Prints `Test Loss: L, accuracy: A`, or its JSON line; `set` is `Test` or `Train`.
void printMeasures(const char *set, const Measures &measures, bool json);

} // namespace bmc

#endif
