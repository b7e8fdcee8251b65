// The header of NPY files, which stand alone or in an archive.
#ifndef BMC_NPY_HEADER_H
#define BMC_NPY_HEADER_H

#include "input_file.h"

namespace bmc {

struct NpyHeader {
  enum { mostDimensions = 32 };
  Text type; // `<f4`; empty: of another form
  /// The type without the order of its bytes.
  const char *code() const { return type.size() ? type.get() + 1 : ""; }
  bool isSwapped, isFortran;
  int64_t rank, dims[mostDimensions];
  int64_t bytes; // of the header
};

/// Reads the header at the beginning of a file. Ends the program with exit code 1 where it is none.
void readNpyHeader(InputFile &file, NpyHeader &header);

} // namespace bmc

#endif
