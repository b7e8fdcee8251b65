// ZIP archives in memory, whose entries are stored or deflated: what NPZ files are.
#ifndef BMC_ARCHIVE_H
#define BMC_ARCHIVE_H

#include "memory.h"

namespace bmc {

/// A file in the archive, as its directory has it.
struct Member {
  const char *name; // not zero-terminated
  int64_t nameLength, method, checksum, compressed, size, offset;
};

/// What is wrong with an archive ends the program with exit code 1 and its path. The bytes are the caller's.
class Archive {
public:
  Archive(const char *path, const char *bytes, int64_t size);

  int64_t memberCount() const { return count; }
  /// The member whose entry of the directory is at `at`, which moves on to the next one. Starts with `firstMember`.
  Member member(int64_t &at) const;
  int64_t firstMember() const { return directory; }
  /// The member's bytes: in the archive, or inflated into `memory`.
  const char *extract(const Member &member, Array<char> &memory) const;

private:
  void findDirectory();
  int64_t number(int64_t at, int width) const;
  void readWideSizes(Member &member, int64_t extra, int64_t length) const;
  [[noreturn]] void failWith(const char *found) const;

  const char *path, *bytes;
  int64_t size, directory = 0, count = 0;
};

} // namespace bmc

#endif
