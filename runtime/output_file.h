// A file that appears whole or not at all: it is written under a temporary name in the same folder and renamed at the
// end.
#ifndef BMC_OUTPUT_FILE_H
#define BMC_OUTPUT_FILE_H

#include "memory.h"

namespace bmc {

/// How hard `commit` tries to survive a crash of the machine.
enum class Durability { renamed, synced };

/// Ends the program with exit code 3 on every failure; what was begun is then removed. One file at a time.
class OutputFile {
public:
  explicit OutputFile(const char *path);
  void write(const void *bytes, int64_t count);
  void commit(Durability durability);

private:
  void flush();
  [[noreturn]] void failToWrite();

  Text target, temporary;
  Array<char> buffer;
  int descriptor;
  bool direct; // a device or a pipe is written in place: renaming over it would replace it
};

/// Fails early, before the work, where `path` could not be written at the end.
void checkWritable(const char *path);

} // namespace bmc

#endif
