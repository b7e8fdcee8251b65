// A file that is read: see input_file.h.
#include "input_file.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

enum { chunkBytes = 1 << 20 };

InputFile::InputFile(const char *path, bool again) {
  bool standardInput = !strcmp(path, "-");
  fileName = standardInput ? "standard input" : path;
  descriptor = standardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    fail(exitBadInput, "%s: cannot open: %s", fileName, systemError());
  if (again && lseek(descriptor, 0, SEEK_SET) < 0)
    keep();
}

void InputFile::keep() {
  readRest(kept);
  content = kept.data();
  contentBytes = kept.size();
}

void InputFile::readRest(Array<char> &to) {
  for (int64_t got = 1; got > 0;) {
    int64_t size = to.size();
    to.resize(size + chunkBytes);
    got = read(to.data() + size, chunkBytes);
    to.resize(size + got);
  }
}

int64_t InputFile::size() const {
  struct stat status;
  if (content)
    return contentBytes;
  return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
}

void InputFile::skip(int64_t count) {
  char bytes[4096];
  if (content || lseek(descriptor, count, SEEK_CUR) >= 0) {
    position += count < contentBytes - position ? count : contentBytes - position;
    return;
  }
  while (count > 0 && readAll(bytes, count < 4096 ? count : 4096))
    count -= 4096;
}

const char *InputFile::decompress(const char *(*change)(Array<char> &bytes)) {
  unsigned char magic[2];
  bool isSeekable = !content && lseek(descriptor, 0, SEEK_CUR) == 0;
  if (isSeekable && pread(descriptor, magic, sizeof magic, 0) == sizeof magic && (magic[0] != 0x1f || magic[1] != 0x8b))
    return nullptr;
  if (!content)
    keep();
  position = 0;
  const char *error = change(kept);
  content = kept.data();
  contentBytes = kept.size();
  return error;
}

InputFile::~InputFile() {
  if (descriptor > STDIN_FILENO)
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
  if (!content)
    return readDescriptor(to, count);
  int64_t left = contentBytes - position;
  count = count < left ? count : left;
  memcpy(to, content + position, count);
  position += count;
  return count;
}

int64_t InputFile::refill(Array<char> &buffer, int64_t &begin, int64_t &filled) {
  memmove(buffer.data(), buffer.data() + begin, filled - begin);
  filled -= begin;
  begin = 0;
  if (filled + 1 >= buffer.size())
    buffer.resize(buffer.size() * 2);
  int64_t got = read(buffer.data() + filled, buffer.size() - 1 - filled);
  filled += got;
  return got;
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
  if (!content && lseek(descriptor, 0, SEEK_SET) < 0)
    fail(exitBadInput, "%s: cannot read it again: %s", fileName, systemError());
}

} // namespace bmc
