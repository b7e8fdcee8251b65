// A file in the address space: see mapped_file.h.
#include "mapped_file.h"

#include "errors.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

void *mapFile(int descriptor, int64_t bytes) {
  if (bytes > PTRDIFF_MAX) { // of a machine of 32 bits
    errno = ENOMEM;
    return nullptr;
  }
  void *mapped = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ, MAP_PRIVATE, descriptor, 0);
  return mapped == MAP_FAILED ? nullptr : mapped;
}

MappedFile::MappedFile(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    fail(exitBadInput, "%s: cannot open: %s", path, systemError());
  struct stat status;
  if (fstat(descriptor, &status) != 0)
    fail(exitBadInput, "%s: cannot read: %s", path, systemError());
  if (!S_ISREG(status.st_mode))
    fail(exitBadInput, "%s: expected a weight file, found something that is not a regular file", path);
  length = status.st_size;
  if (length > 0) {
    memory = static_cast<char *>(mapFile(descriptor, length));
    if (!memory)
      fail(exitBadInput, "%s: cannot read: %s", path, systemError());
  }
  close(descriptor);
}

MappedFile::~MappedFile() {
  if (memory)
    munmap(memory, length);
}

bool MappedFile::isReadable(const char *from, int64_t count) const {
  // The last page is mapped whole; no system has smaller ones.
  enum : int64_t { pageBytes = 4096 };
  int64_t mapped = (length + pageBytes - 1) / pageBytes * pageBytes;
  return contains(from) && reinterpret_cast<uintptr_t>(from) % bufferAlignment == 0 &&
         from - memory + count + bufferSlack <= mapped;
}

void MappedFile::take(MappedFile &other) {
  char *own = memory;
  int64_t ownLength = length;
  memory = other.memory;
  length = other.length;
  other.memory = own;
  other.length = ownLength;
}

} // namespace bmc
