// The header of NPY files, which stand alone or in an archive.
#ifndef BMC_NPY_H
#define BMC_NPY_H

#include "array_source.h"

namespace bmc {

/// Reads the header at the beginning of the array's file.
void readNpyHeader(StoredArray &array);

} // namespace bmc

#endif
