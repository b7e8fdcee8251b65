// Saving weights, to memory or to a file that appears whole or not at all.
#include "../safetensors_header.h"
#include "preparation.h"
#include "weights.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

// What strerror_r returns: glibc's the text, musl's a code.
[[maybe_unused]] static const char *errorText(const char *text, const char *) { return text; }
[[maybe_unused]] static const char *errorText(int, const char *buffer) { return buffer; }

int failWithSystemError(Instance &instance, const char *path, const char *what) {
  char buffer[128] = "";
  const char *reason = errorText(strerror_r(errno, buffer, sizeof buffer), buffer);
  return failWith(instance, BMC_ERROR_FILE, "%s: %s: %s", path, what, reason);
}

namespace {
/// Where bytes go: to memory, to a file, or, with neither, only into the count.
class Sink {
public:
  Sink() = default;
  explicit Sink(char *memory) : memory(memory) {}
  explicit Sink(int descriptor) : descriptor(descriptor) {}

  void put(const void *bytes, int64_t number);
  void put(const char *text) { put(text, int64_t(strlen(text))); }
  void putNumber(uint64_t number);
  /// In quotes, with escapes.
  void putString(const char *text);
  /// False, with errno, where something could not be written.
  bool flush();
  int64_t count = 0;

private:
  char *memory = nullptr;
  int descriptor = -1, error = 0;
  int64_t buffered = 0;
  char buffer[4096];
};
} // namespace

static bool writeAll(int descriptor, const char *bytes, int64_t number) {
  for (int64_t done = 0; done < number;) {
    ssize_t written = write(descriptor, bytes + done, size_t(number - done));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    done += written;
  }
  return true;
}

bool Sink::flush() {
  if (!error && !writeAll(descriptor, buffer, buffered))
    error = errno;
  buffered = 0;
  errno = error;
  return !error;
}

void Sink::put(const void *bytes, int64_t number) {
  if (memory)
    memcpy(memory + count, bytes, size_t(number));
  count += number;
  if (descriptor < 0)
    return;
  if (buffered + number > int64_t(sizeof buffer) && !flush())
    return;
  if (number > int64_t(sizeof buffer)) {
    if (!writeAll(descriptor, static_cast<const char *>(bytes), number))
      error = errno;
    return;
  }
  memcpy(buffer + buffered, bytes, size_t(number));
  buffered += number;
}

void Sink::putNumber(uint64_t number) {
  char text[24];
  put(text, snprintf(text, sizeof text, "%llu", (unsigned long long)number));
}

void Sink::putString(const char *text) {
  put("\"");
  for (; *text; ++text) {
    unsigned char c = (unsigned char)*text;
    char escape[8];
    if (c == '"' || c == '\\')
      put("\\", 1);
    if (c < 0x20)
      put(escape, snprintf(escape, sizeof escape, "\\u%04x", c));
    else
      put(text, 1);
  }
  put("\"");
}

// The format ----------------------------------------------------------------------------------------------------------

static void putTensor(Sink &sink, const bmc_variable &variable, int64_t begin) {
  static const char types[][5] = {"F32", "F64", "I32", "I64", "BOOL"};
  sink.put(",");
  sink.putString(variable.name);
  sink.put(":{\"dtype\":\"");
  sink.put(types[variable.element]);
  sink.put("\",\"shape\":[");
  for (int64_t i = 0; i < variable.rank; ++i) {
    sink.put(i ? ", " : "");
    sink.putNumber(uint64_t(variable.dims[i]));
  }
  sink.put("],\"data_offsets\":[");
  sink.putNumber(uint64_t(begin));
  sink.put(",");
  sink.putNumber(uint64_t(begin + variableBytes(variable)));
  sink.put("]}");
}

/// Calls `put` for each tensor in the file's order. Tensors have no gaps between them: those that leave the next one
/// where a buffer may begin come first, so that programs can read them in the mapped file.
template <typename Put> static void forEachStored(const Instance &instance, int contents, Put put) {
  for (int pass = 0; pass < 2; ++pass)
    for (int64_t i = 0; i < instance.program->variable_count; ++i) {
      const bmc_variable &variable = instance.program->variables[i];
      if (isStored(variable, contents) && (variableBytes(variable) % BMC_ALIGNMENT == 0) == (pass == 0))
        put(variable, i);
    }
}

static void putHeader(Sink &sink, const Instance &instance, int contents) {
  sink.put("{\"__metadata__\":{\"format\":\"pt\"");
  const char *key, *value;
  for (int64_t at = 0; nextKept(*instance.owner, at, key, value);) {
    sink.put(",");
    sink.putString(key);
    sink.put(":");
    sink.putString(value);
  }
  if (contents == BMC_EVERYTHING) {
    sink.put(",\"step\":\"");
    sink.putNumber(uint64_t(instance.step));
    sink.put("\",\"seed\":\"");
    sink.putNumber(instance.seed);
    sink.put("\"");
  }
  sink.put("}");
  int64_t offset = 0;
  forEachStored(instance, contents, [&](const bmc_variable &variable, int64_t) {
    putTensor(sink, variable, offset);
    offset += variableBytes(variable);
  });
  sink.put("}");
}

/// A whole file. The data begins where buffers may.
static void putFile(Sink &sink, const Instance &instance, int contents) {
  Sink measure;
  putHeader(measure, instance, contents);
  uint64_t length = (sizeof length + uint64_t(measure.count) + BMC_ALIGNMENT - 1) / BMC_ALIGNMENT * BMC_ALIGNMENT;
  length -= sizeof length;
  sink.put(&length, sizeof length);
  putHeader(sink, instance, contents);
  for (int64_t i = measure.count; i < int64_t(length); ++i)
    sink.put(" ");
  forEachStored(instance, contents, [&](const bmc_variable &variable, int64_t i) {
    sink.put(instance.variables[i], variableBytes(variable));
  });
}

static int begin(bmc_model *model, int contents) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  if (!instance.owner->hasWeights)
    return failWith(instance, BMC_ERROR_STATE, "the instance has no weights yet: there is nothing to save");
  return checkContents(instance, contents);
}

// Memory and files ----------------------------------------------------------------------------------------------------

int saveMemory(bmc_model *model, void *bytes, size_t capacity, size_t *size, int contents) {
  if (int status = begin(model, contents))
    return status;
  Instance &instance = instanceOf(model);
  Sink measure;
  putFile(measure, instance, contents);
  if (size)
    *size = size_t(measure.count);
  if (!bytes || capacity < size_t(measure.count))
    return failWith(instance, BMC_ERROR_MEMORY, "expected room for %lld bytes, found %llu", (long long)measure.count,
                    (unsigned long long)capacity);
  Sink sink(static_cast<char *>(bytes));
  putFile(sink, instance, contents);
  return BMC_OK;
}

static bool writeFile(const Instance &instance, int descriptor, int contents) {
  Sink sink(descriptor);
  putFile(sink, instance, contents);
  return sink.flush();
}

/// A device or a pipe is written in place: renaming over it would replace it.
static bool isDevice(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static bool saveInPlace(const Instance &instance, const char *path, int contents) {
  int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  bool isWritten = writeFile(instance, descriptor, contents);
  int error = errno;
  bool isClosed = close(descriptor) == 0;
  if (!isWritten)
    errno = error;
  return isWritten && isClosed;
}

static bool saveThenRename(const Instance &instance, const char *path, const char *temporary, int contents) {
  int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return false;
  bool isWritten = writeFile(instance, descriptor, contents) && fsync(descriptor) == 0;
  int error = errno;
  bool isClosed = close(descriptor) == 0;
  if (isWritten && isClosed && rename(temporary, path) == 0)
    return true;
  if (isWritten)
    error = errno;
  unlink(temporary);
  errno = error;
  return false;
}

int saveFile(bmc_model *model, const char *path, int contents) {
  if (int status = begin(model, contents))
    return status;
  Instance &instance = instanceOf(model);
  if (!path)
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected a path to save to, found null");
  // Writing through a symbolic link changes the file behind it and leaves the link.
  char target[PATH_MAX], temporary[PATH_MAX + 64];
  if (!realpath(path, target)) {
    if (strlen(path) >= sizeof target)
      return failWith(instance, BMC_ERROR_FILE, "cannot write: the path is longer than %d bytes", PATH_MAX);
    strcpy(target, path);
  }
  snprintf(temporary, sizeof temporary, "%s.%d.%p.tmp", target, int(getpid()), static_cast<void *>(&instance));
  bool isSaved = isDevice(target) ? saveInPlace(instance, target, contents)
                                  : saveThenRename(instance, target, temporary, contents);
  return isSaved ? BMC_OK : failWithSystemError(instance, path, "cannot write");
}

} // namespace bmc
