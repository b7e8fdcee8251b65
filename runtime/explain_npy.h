// Explanations as an array in an NPY file.
#ifndef BMC_EXPLAIN_NPY_H
#define BMC_EXPLAIN_NPY_H

#include "memory.h"

namespace bmc {

/// Writes numbers as f64 in C's order, whole or not at all.
void writeNpy(const char *path, const double *numbers, const int64_t *dims, int64_t rank);

} // namespace bmc

#endif
