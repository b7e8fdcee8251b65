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

/// Prints `Test Loss: L, accuracy: A`, or its JSON line; `set` is `Test` or `Train`.
void printMeasures(const char *set, const Measures &measures, bool json);

} // namespace bmc

#endif
