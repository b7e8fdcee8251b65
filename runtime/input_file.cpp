// A file that is read: see input_file.h.
#include "input_file.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace bmc {

enum { chunkBytes = 1 << 20 };

InputFile::InputFile(const char *path, bool again) {
  bool standardInput = !strcmp(path, "-");
  fileName = standardInput ? "standard input" : path;
  descriptor = standardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    fail(exitBadInput, "%s: cannot open: %s", fileName, systemError());
  isKept = again && lseek(descriptor, 0, SEEK_SET) < 0;
  for (int64_t got = 1; isKept && got > 0;) {
    int64_t size = kept.size();
    kept.resize(size + chunkBytes);
    got = readDescriptor(kept.data() + size, chunkBytes);
    kept.resize(size + got);
  }
}

InputFile::~InputFile() {
  if (descriptor != STDIN_FILENO)
    close(descriptor);
}

int64_t InputFile::readDescriptor(void *to, int64_t count) {
  ssize_t got;
  do
    got = ::read(descriptor, to, count);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    fail(exitBadInput, "%s: cannot read: %s", fileName, systemError());
  return got;
}

int64_t InputFile::read(void *to, int64_t count) {
  if (!isKept)
    return readDescriptor(to, count);
  int64_t left = kept.size() - position;
  count = count < left ? count : left;
  memcpy(to, kept.data() + position, count);
  position += count;
  return count;
}

bool InputFile::readAll(void *to, int64_t count) {
  for (int64_t done = 0; done < count;) {
    int64_t got = read(static_cast<char *>(to) + done, count - done);
    if (got == 0)
      return false;
    done += got;
  }
  return true;
}

void InputFile::rewind() {
  position = 0;
  if (!isKept && lseek(descriptor, 0, SEEK_SET) < 0)
    fail(exitBadInput, "%s: cannot read it again: %s", fileName, systemError());
}

} // namespace bmc
