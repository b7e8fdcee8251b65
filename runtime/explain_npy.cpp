// See explain_npy.h.
#include "explain_npy.h"

#include "output_file.h"
#include "tensor.h"

namespace bmc {

/// Magic and version, the header's length, and a header that makes all a multiple of 64 bytes.
void writeNpy(const char *path, const double *numbers, const int64_t *dims, int64_t rank) {
  static const char magic[] = "\x93NUMPY\x01\x00";
  enum { prefixBytes = sizeof magic - 1 + 2, alignment = 64 };
  Text header("{'descr': '<f8', 'fortran_order': False, 'shape': (");
  for (int64_t i = 0; i < rank; ++i)
    header.format("%lld,", static_cast<long long>(dims[i]));
  header.append("), }");
  while ((prefixBytes + header.size() + 1) % alignment != 0)
    header.append(" ");
  header.append("\n");
  char length[2] = {static_cast<char>(header.size()), static_cast<char>(header.size() >> 8)};
  OutputFile file(path);
  file.write(magic, sizeof magic - 1);
  file.write(length, sizeof length);
  file.write(header.get(), header.size());
  file.write(numbers, elementCount(dims, rank) * static_cast<int64_t>(sizeof(double)));
  file.commit();
}

} // namespace bmc
