// Bytes that do not fit into memory: a temporary file without a name, which is mapped to be read.
#ifndef BMC_SPILL_FILE_H
#define BMC_SPILL_FILE_H

#include "memory.h"

namespace bmc {

/// Lies in the folder `TMPDIR`, or in /tmp. Ends the program with exit code 3 where the disk is full.
class SpillFile {
public:
  SpillFile();
  ~SpillFile();
  SpillFile(const SpillFile &) = delete;
  SpillFile &operator=(const SpillFile &) = delete;

  void append(const void *bytes, int64_t count);
  /// Everything that was appended, with the slack that buffers have. It is there as long as the file.
  char *map();
  /// The system reads these bytes of the mapped file while the program goes on.
  void expect(int64_t begin, int64_t count) const;

private:
  [[noreturn]] void failToWrite() const;

  int descriptor;
  int64_t size = 0;
  char *mapped = nullptr;
};

} // namespace bmc

#endif
