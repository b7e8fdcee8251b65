// A file that appears whole or not at all: see output_file.h.
#include "output_file.h"

#include "errors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

enum { bufferBytes = 1 << 16 };

static const char temporaryEnd[] = ".tmp";

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
    openTemporary();
  }
  if (descriptor < 0)
    failToWrite();
}

/// Another program may take the new file for one that was left, and remove it, before it is locked: then a new name is
/// tried.
void OutputFile::openTemporary() {
  struct stat status;
  int64_t attempt = 0;
  do {
    temporary.clear();
    temporary.format("%s.%d-%lld%s", target.get(), static_cast<int>(getpid()), (long long)attempt++, temporaryEnd);
    descriptor = open(temporary.get(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
      return;
    setUnfinishedFile(temporary.get());
    flock(descriptor, LOCK_EX | LOCK_NB);
  } while (fstat(descriptor, &status) == 0 && status.st_nlink == 0 && close(descriptor) == 0);
}

/// Small pieces are collected, large ones are written as they are.
void OutputFile::write(const void *bytes, int64_t count) {
  if (buffer.size() + count >= bufferBytes) {
    writeNow(buffer.data(), buffer.size());
    buffer.clear();
  }
  if (count >= bufferBytes)
    writeNow(static_cast<const char *>(bytes), count);
  else
    buffer.append(static_cast<const char *>(bytes), count);
}

void OutputFile::writeNow(const char *bytes, int64_t count) {
  for (int64_t done = 0; done < count;) {
    ssize_t written = ::write(descriptor, bytes + done, count - done);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      failToWrite();
    done += written;
  }
}

/// The rename itself survives a crash of the machine only when the folder is on the disk too.
static void syncFolder(const char *path) {
  Text folder;
  folder.append(path, folderLength(path)).append(".");
  int descriptor = open(folder.get(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  fsync(descriptor);
  close(descriptor);
}

void OutputFile::commit() {
  writeNow(buffer.data(), buffer.size());
  if (!direct && fsync(descriptor) != 0)
    failToWrite();
  // Closed behind the rename, since closing gives the lock back.
  if (!direct && rename(temporary.get(), target.get()) != 0)
    failToWrite();
  setUnfinishedFile(nullptr);
  close(descriptor);
  if (!direct)
    syncFolder(target.get());
}

/// `TARGET.PID-N.tmp` that nobody holds a lock on.
static bool isLeft(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0)
    return false;
  bool left = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  close(descriptor);
  return left;
}

static void removeLeftFiles(const char *target) {
  Text folder;
  int64_t length = folderLength(target);
  folder.append(target, length);
  const char *name = target + length;
  int64_t nameLength = strlen(name), endLength = sizeof temporaryEnd - 1;
  DIR *entries = opendir(length ? folder.get() : ".");
  while (dirent *entry = entries ? readdir(entries) : nullptr) {
    int64_t entryLength = strlen(entry->d_name);
    const char *number = entry->d_name + nameLength + 1;
    if (entryLength <= nameLength + endLength + 1 || strncmp(entry->d_name, name, nameLength) || number[-1] != '.' ||
        strspn(number, "0123456789-") != size_t(entryLength - nameLength - 1 - endLength) ||
        strcmp(entry->d_name + entryLength - endLength, temporaryEnd))
      continue;
    Text path(folder.get());
    if (isLeft(path.append(entry->d_name).get()))
      unlink(path.get());
  }
  if (entries)
    closedir(entries);
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
  removeLeftFiles(target.get());
}

} // namespace bmc
