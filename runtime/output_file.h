// A file that appears whole or not at all: it is written under a temporary name in the same folder and renamed at the
// end. The writer holds a lock on it, so that what a killed program left can be told from what another one writes.
#ifndef BMC_OUTPUT_FILE_H
#define BMC_OUTPUT_FILE_H

#include "memory.h"

namespace bmc {

/// Ends the program with exit code 3 on every failure; what was begun is then removed. One file at a time.
class OutputFile {
public:
  explicit OutputFile(const char *path);
  void write(const void *bytes, int64_t count);
  /// Puts it on the disk and under its name.
  void commit();

private:
  void openTemporary();
  void writeNow(const char *bytes, int64_t count);
  [[noreturn]] void failToWrite();

  Text target, temporary;
  Array<char> buffer;
  int descriptor;
  bool direct; // a device or a pipe is written in place: renaming over it would replace it
};

/// Fails early, before the work, where `path` could not be written at the end; removes what killed programs left of it.
void checkWritable(const char *path);

} // namespace bmc

#endif
