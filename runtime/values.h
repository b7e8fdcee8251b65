// The values of program.h: element types and dims. Free of everything else of the runtime, so that libraries use it
// too.
#ifndef BMC_VALUES_H
#define BMC_VALUES_H

#include "bmc/program.h"

namespace bmc {

int64_t elementBytes(int32_t element);

/// `f32`, `i64`, ...
const char *elementName(int32_t element);

/// One element as a double, for printing and comparing.
double elementAsDouble(const void *data, int32_t element, int64_t index);

/// The float that the bits of an f16 stand for.
float halfAsFloat(uint16_t half);

/// Writes the dims of all values in order: by `compute` where the program has it, else from their own.
void computeDims(const bmc_value *values, int64_t count, const int64_t *symbols,
                 void (*compute)(const int64_t *symbols, int64_t *dims), int64_t *dims);

} // namespace bmc

#endif
