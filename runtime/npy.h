// Arrays of NPY files as rows of data.
#ifndef BMC_NPY_H
#define BMC_NPY_H

#include "array_source.h"

namespace bmc {

/// Reads the header at the beginning of the array's file.
void readNpyArray(StoredArray &array);

} // namespace bmc

#endif
