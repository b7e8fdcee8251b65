// A temporary file for what does not fit into memory: see spill_file.h.
#include "spill_file.h"

#include "errors.h"
#include "mapped_file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

namespace bmc {

static const char *folder() {
  const char *path = getenv("TMPDIR");
  return path && *path ? path : "/tmp";
}

SpillFile::SpillFile() {
  Text path(folder());
  Array<char> name;
  path.append("/bmc-XXXXXX");
  name.append(path.get(), path.size() + 1);
  descriptor = mkstemp(name.data());
  if (descriptor < 0)
    failToWrite();
  unlink(name.data());
}

SpillFile::~SpillFile() {
  if (mapped)
    munmap(mapped, size);
  close(descriptor);
}

void SpillFile::append(const void *bytes, int64_t count) {
  for (int64_t done = 0; done < count;) {
    ssize_t written = write(descriptor, static_cast<const char *>(bytes) + done, count - done);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      failToWrite();
    done += written;
  }
  size += count;
}

char *SpillFile::map() {
  static const char slack[bufferSlack] = {};
  append(slack, sizeof slack);
  mapped = static_cast<char *>(mapFile(descriptor, size));
  if (!mapped)
    failToWrite();
  return mapped;
}

void SpillFile::expect(int64_t begin, int64_t count) const {
  enum : int64_t { pageBytes = 1 << 16 }; // a multiple of every system's
  int64_t first = begin & ~(pageBytes - 1), end = begin + count < size ? begin + count : size;
  if (end > first)
    madvise(mapped + first, end - first, MADV_WILLNEED);
}

void SpillFile::failToWrite() const {
  fail(exitCannot, "%s: cannot hold the rows that do not fit into memory: %s (TMPDIR names another folder)", folder(),
       systemError());
}

} // namespace bmc
