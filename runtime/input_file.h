// A file that is read from the beginning to the end, perhaps more than once.
#ifndef BMC_INPUT_FILE_H
#define BMC_INPUT_FILE_H

#include "memory.h"

namespace bmc {

/// Ends the program with exit code 1 on every failure. Standard input ("-") and pipes that must be read again are kept
/// in memory.
class InputFile {
public:
  InputFile(const char *path, bool again);
  /// A file whose content is in the caller's memory: what an archive holds.
  InputFile(const char *name, const char *bytes, int64_t size)
      : fileName(name), descriptor(-1), content(bytes ? bytes : ""), contentBytes(size) {}
  ~InputFile();
  InputFile(const InputFile &) = delete;
  InputFile &operator=(const InputFile &) = delete;

  /// Reads up to `count` bytes; 0 at the end.
  int64_t read(void *to, int64_t count);
  /// Reads exactly `count` bytes; false where the file ends before.
  bool readAll(void *to, int64_t count);
  /// Moves what a buffer has from `begin` on to its front, and reads more behind it: to `filled`, and always one byte
  /// less than there is room for. The bytes that were read; 0 at the end.
  int64_t refill(Array<char> &buffer, int64_t &begin, int64_t &filled);
  /// Appends everything that is left.
  void readRest(Array<char> &to);
  void skip(int64_t count);
  void rewind();
  /// How many bytes it has; -1 where only reading it tells.
  int64_t size() const;
  /// Keeps a compressed file (gzip) in memory, as `change` makes it; what is wrong with it, or null.
  const char *decompress(const char *(*change)(Array<char> &bytes));
  /// What messages call the file.
  const char *name() const { return fileName; }

private:
  void keep();
  int64_t readDescriptor(void *to, int64_t count);

  const char *fileName;
  int descriptor;
  const char *content = nullptr; // in memory; null: it is read from the descriptor
  int64_t contentBytes = 0, position = 0;
  Array<char> kept;
};

} // namespace bmc

#endif
