// A file in the address space: what is read of it is read from the disk when it is first touched, and shared with other
// programs that map it.
#ifndef BMC_MAPPED_FILE_H
#define BMC_MAPPED_FILE_H

#include <stdint.h>

namespace bmc {

/// The first bytes of a file in the address space, to be read; null, with `errno`, where that is not possible.
void *mapFile(int descriptor, int64_t bytes);

/// Ends the program with exit code 1 where the file cannot be read. A file that gets shorter while it is mapped ends it
/// too, where that is touched (errors.cpp).
class MappedFile {
public:
  MappedFile() = default;
  explicit MappedFile(const char *path);
  ~MappedFile();
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;

  const char *bytes() const { return memory; }
  int64_t size() const { return length; }
  bool contains(const void *address) const {
    auto *at = static_cast<const char *>(address);
    return at >= memory && at < memory + length;
  }
  /// Whether compiled functions can read `count` bytes of it where they are.
  bool isReadable(const char *from, int64_t count) const;
  /// Becomes the owner of the other one's memory.
  void take(MappedFile &other);

private:
  char *memory = nullptr;
  int64_t length = 0;
};

} // namespace bmc

#endif
