// A file that appears whole or not at all: see output_file.h.
#include "output_file.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

enum { bufferBytes = 1 << 16 };

/// The part up to the last slash, with it; empty for a name alone.
static int64_t folderLength(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash - path + 1 : 0;
}

/// Writing through a symbolic link must change or make the file behind it and leave the link.
static void resolveLink(const char *path, Text &target) {
  enum { maximumLinks = 40 };
  target.append(path);
  for (int i = 0; i < maximumLinks; ++i) {
    char link[PATH_MAX];
    ssize_t length = readlink(target.get(), link, sizeof link);
    if (length <= 0)
      return;
    Text next;
    if (link[0] != '/')
      next.append(target.get(), folderLength(target.get()));
    next.append(link, length);
    target.clear();
    target.append(next.get());
  }
}

static bool isDevice(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

OutputFile::OutputFile(const char *path) {
  resolveLink(path, target);
  direct = isDevice(target.get());
  if (direct) {
    descriptor = open(target.get(), O_WRONLY | O_CLOEXEC);
  } else {
    temporary.format("%s.%d.tmp", target.get(), static_cast<int>(getpid()));
    descriptor = open(temporary.get(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  }
  if (descriptor < 0)
    failToWrite();
  if (!direct)
    setUnfinishedFile(temporary.get());
}

void OutputFile::write(const void *bytes, int64_t count) {
  buffer.append(static_cast<const char *>(bytes), count);
  if (buffer.size() >= bufferBytes)
    flush();
}

void OutputFile::flush() {
  for (int64_t done = 0; done < buffer.size();) {
    ssize_t written = ::write(descriptor, buffer.data() + done, buffer.size() - done);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      failToWrite();
    done += written;
  }
  buffer.clear();
}

void OutputFile::commit(Durability durability) {
  flush();
  if (durability == Durability::synced && !direct && fsync(descriptor) != 0)
    failToWrite();
  if (close(descriptor) != 0)
    failToWrite();
  if (!direct && rename(temporary.get(), target.get()) != 0)
    failToWrite();
  setUnfinishedFile(nullptr);
}

void OutputFile::failToWrite() { fail(exitCannot, "%s: cannot write: %s", target.get(), systemError()); }

void checkWritable(const char *path) {
  Text target, folder;
  resolveLink(path, target);
  struct stat status;
  if (isDevice(target.get()))
    return;
  if (stat(target.get(), &status) == 0 && S_ISDIR(status.st_mode))
    fail(exitCannot, "%s: cannot write: it is a folder", target.get());
  folder.append(target.get(), folderLength(target.get())).append(".");
  if (access(folder.get(), W_OK | X_OK) != 0)
    fail(exitCannot, "%s: cannot write: its folder: %s", target.get(), systemError());
}

} // namespace bmc
