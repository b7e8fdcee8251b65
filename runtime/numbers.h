// Numbers as text: what the command line and tables accept, and how results are printed.
#ifndef BMC_NUMBERS_H
#define BMC_NUMBERS_H

#include "memory.h"

namespace bmc {

/// Reads the whole zero-terminated text as a decimal number, `nan`, `inf` or `infinity` (any case, any sign).
bool parseNumber(const char *text, double &value);

/// Reads the whole text as a decimal integer that fits.
bool parseInteger(const char *text, int64_t &value);

/// Appends with 9 significant digits, enough to read an f32 back unchanged; NaN is `nan` whatever its sign.
void appendNumber(Text &text, double value);

/// Like `appendNumber`; what JSON cannot write is null.
void appendJsonNumber(Text &text, double value);

} // namespace bmc

#endif
