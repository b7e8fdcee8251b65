// Loading weights: the header is gone through twice, first to check everything, then to copy, so that weights that do
// not fit leave the instance as it is.
#include "../safetensors_header.h"
#include "packing.h"
#include "preparation.h"
#include "weights.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

namespace {
/// The bytes of a weight file: in memory, or in an open file.
struct Source {
  const char *name;
  const char *memory;
  int descriptor;
  uint64_t size;
  const char *header = nullptr;
  uint64_t headerBytes = 0;

  /// False, with errno, where the file cannot be read; errno is 0 at an early end.
  bool read(uint64_t at, void *to, uint64_t count) const;
};

/// What the first walk finds.
struct Survey {
  int64_t used = 0, unused = 0, covered = 0, kept = 0;
  char firstUnused[128] = "";
  bool hasStep = false, hasSeed = false;
  int64_t step = 0;
  uint64_t seed = 0;
};
} // namespace

bool Source::read(uint64_t at, void *to, uint64_t count) const {
  if (memory) {
    memcpy(to, memory + at, count);
    return true;
  }
  for (uint64_t done = 0; done < count;) {
    ssize_t got = pread(descriptor, static_cast<char *>(to) + done, count - done, off_t(at + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0)
      errno = 0;
    if (got <= 0)
      return false;
    done += uint64_t(got);
  }
  return true;
}

static int failToRead(Instance &instance, const Source &source) {
  if (errno != 0)
    return failWithSystemError(instance, source.name, "cannot read");
  return failWith(instance, BMC_ERROR_FILE, "%s: found the end of the file too early", source.name);
}

// Checking ------------------------------------------------------------------------------------------------------------

static bool isFloat(int32_t element) { return element == bmc_f32 || element == bmc_f64; }

struct DimsText {
  char text[160];
  DimsText(const int64_t *dims, int64_t rank);
};

static char *putNumber(char *to, int64_t number) {
  char digits[24];
  int count = 0;
  do
    digits[count++] = char('0' + number % 10);
  while (number /= 10);
  while (count)
    *to++ = digits[--count];
  return to;
}

DimsText::DimsText(const int64_t *dims, int64_t rank) {
  char *to = text;
  *to++ = '[';
  for (int64_t i = 0; i < rank; ++i) {
    if (to - text > int64_t(sizeof text) - 32) {
      memcpy(to, ", ...", 5);
      to += 5;
      break;
    }
    if (i) {
      *to++ = ',';
      *to++ = ' ';
    }
    to = putNumber(to, dims[i]);
  }
  *to++ = ']';
  *to = '\0';
}

static int checkTensor(Instance &instance, const Source &source, const StoredTensor &stored,
                       const bmc_variable &variable) {
  if (stored.rank != variable.rank ||
      (stored.rank && memcmp(stored.dims, variable.dims, stored.rank * sizeof(int64_t))))
    return failWith(instance, BMC_ERROR_FORMAT, "%s: tensor '%s': expected shape %s, found %s", source.name,
                    variable.name, DimsText(variable.dims, variable.rank).text,
                    DimsText(stored.dims, stored.rank).text);
  if (stored.element != variable.element && !(isFloat(stored.element) && isFloat(variable.element)))
    return failWith(instance, BMC_ERROR_FORMAT, "%s: tensor '%s': expected %s, found %s", source.name, variable.name,
                    elementName(variable.element), stored.type);
  return BMC_OK;
}

/// The variable that the tensor is for; -1 if the model or the contents do not have it.
static int64_t variableOf(const Instance &instance, JsonString name, int contents, int64_t hint) {
  const Program &program = *instance.program;
  for (int64_t i = 0; i < program.variable_count; ++i) {
    int64_t index = (hint + i) % program.variable_count;
    if (name.equals(program.variables[index].name))
      return isStored(program.variables[index], contents) ? index : -1;
  }
  return -1;
}

static bool readNumber(JsonString text, uint64_t &number) {
  number = 0;
  for (int64_t i = 0; i < text.length; ++i) {
    if (text.text[i] < '0' || text.text[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, uint64_t(text.text[i] - '0'), &number))
      return false;
  }
  return text.length > 0;
}

static void surveyMetadata(const SafetensorsHeader &header, Survey &survey) {
  survey.kept += keptBytes(header.key, header.value);
  uint64_t number;
  if (header.key.equals(stepKey) && readNumber(header.value, number) && number <= INT64_MAX) {
    survey.step = int64_t(number);
    survey.hasStep = true;
  } else if (header.key.equals(seedKey) && readNumber(header.value, number)) {
    survey.seed = number;
    survey.hasSeed = true;
  }
}

static int surveyTensor(Instance &instance, const Source &source, const StoredTensor &stored, int contents,
                        int64_t &hint, Survey &survey) {
  survey.covered += stored.end - stored.begin;
  int64_t index = variableOf(instance, stored.name, contents, hint);
  if (index < 0) {
    if (survey.unused++ == 0 && stored.name.length < int64_t(sizeof survey.firstUnused))
      survey.firstUnused[stored.name.decode(survey.firstUnused)] = '\0';
    return BMC_OK;
  }
  hint = index + 1;
  const bmc_variable &variable = instance.program->variables[index];
  if (instance.marks[index])
    return failWith(instance, BMC_ERROR_FORMAT, "%s: tensor '%s' is there twice", source.name, variable.name);
  instance.marks[index] = 1;
  ++survey.used;
  return checkTensor(instance, source, stored, variable);
}

static int checkComplete(Instance &instance, const Source &source, const Survey &survey, int64_t dataBytes,
                         int contents) {
  if (survey.covered != dataBytes)
    return failWith(instance, BMC_ERROR_FORMAT, "%s: expected %lld bytes of data, found %lld", source.name,
                    (long long)survey.covered, (long long)dataBytes);
  for (int64_t i = 0; i < instance.program->variable_count; ++i) {
    const bmc_variable &variable = instance.program->variables[i];
    if (isStored(variable, contents) && !instance.marks[i])
      return failWith(instance, BMC_ERROR_FORMAT, "%s: expected tensor '%s' (%s%s), found none of that name",
                      source.name, variable.name, elementName(variable.element),
                      DimsText(variable.dims, variable.rank).text);
  }
  if (contents == BMC_EVERYTHING && (!survey.hasStep || !survey.hasSeed))
    return failWith(instance, BMC_ERROR_FORMAT,
                    "%s: expected '%s' in its metadata, found none: not a file with everything", source.name,
                    survey.hasStep ? seedKey : stepKey);
  return BMC_OK;
}

static int check(Instance &instance, const Source &source, int contents, Survey &survey) {
  int64_t dataBytes = int64_t(source.size - safetensorsLengthBytes - source.headerBytes), hint = 0;
  SafetensorsHeader header(source.header, int64_t(source.headerBytes), dataBytes);
  memset(instance.marks, 0, size_t(instance.program->variable_count));
  for (;;)
    switch (header.next()) {
    case SafetensorsHeader::Entry::metadata:
      surveyMetadata(header, survey);
      break;
    case SafetensorsHeader::Entry::tensor:
      if (int status = surveyTensor(instance, source, header.tensor, contents, hint, survey))
        return status;
      break;
    case SafetensorsHeader::Entry::end:
      if (header.failed())
        return failWith(instance, BMC_ERROR_FORMAT, "%s: %s", source.name, header.message());
      return checkComplete(instance, source, survey, dataBytes, contents);
    }
}

// Copying -------------------------------------------------------------------------------------------------------------

/// From the file's f64 to our f32, or the other way, a piece at a time.
static bool convert(const Source &source, uint64_t at, const StoredTensor &stored, void *to, int64_t count) {
  enum { pieceBytes = 4096 };
  alignas(8) char piece[pieceBytes];
  int64_t step = pieceBytes / stored.typeBytes;
  for (int64_t done = 0; done < count; done += step) {
    int64_t number = count - done < step ? count - done : step;
    if (!source.read(at + uint64_t(done * stored.typeBytes), piece, uint64_t(number * stored.typeBytes)))
      return false;
    for (int64_t i = 0; i < number; ++i)
      if (stored.element == bmc_f64)
        static_cast<float *>(to)[done + i] = float(elementAsDouble(piece, bmc_f64, i));
      else
        static_cast<double *>(to)[done + i] = elementAsDouble(piece, bmc_f32, i);
  }
  return true;
}

static int copy(Instance &instance, const Source &source, int contents) {
  uint64_t dataBegin = safetensorsLengthBytes + source.headerBytes;
  SafetensorsHeader header(source.header, int64_t(source.headerBytes), int64_t(source.size - dataBegin));
  int64_t hint = 0;
  for (;;) {
    SafetensorsHeader::Entry entry = header.next();
    if (entry == SafetensorsHeader::Entry::end)
      return BMC_OK;
    if (entry == SafetensorsHeader::Entry::metadata)
      keep(instance, header.key, header.value);
    const StoredTensor &stored = header.tensor;
    int64_t index = entry == SafetensorsHeader::Entry::tensor ? variableOf(instance, stored.name, contents, hint) : -1;
    if (index < 0)
      continue;
    hint = index + 1;
    void *to = instance.variables[index];
    uint64_t at = dataBegin + uint64_t(stored.begin), bytes = uint64_t(stored.end - stored.begin);
    bool isSame = stored.element == instance.program->variables[index].element;
    if (isSame ? !source.read(at, to, bytes) : !convert(source, at, stored, to, int64_t(bytes) / stored.typeBytes))
      return failToRead(instance, source);
  }
}

// A whole file --------------------------------------------------------------------------------------------------------

int checkContents(Instance &instance, int contents) {
  if (contents != BMC_WEIGHTS && contents != BMC_EVERYTHING)
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected BMC_WEIGHTS or BMC_EVERYTHING, found %d", contents);
  if (contents == BMC_EVERYTHING && !instance.trains)
    return failWith(instance, BMC_ERROR_STATE, "the instance has no optimizer state: it was made with `trains` 0");
  return BMC_OK;
}

/// The length of the header, from the file's first bytes.
static int readLength(Instance &instance, Source &source) {
  if (source.size < safetensorsLengthBytes)
    return failWith(instance, BMC_ERROR_FORMAT, "%s: expected a weight file, found only %llu bytes", source.name,
                    (unsigned long long)source.size);
  uint64_t most = source.size - safetensorsLengthBytes;
  if (most > maximumSafetensorsHeaderBytes)
    most = maximumSafetensorsHeaderBytes;
  if (!source.read(0, &source.headerBytes, safetensorsLengthBytes))
    return failToRead(instance, source);
  if (source.headerBytes > most)
    return failWith(instance, BMC_ERROR_FORMAT,
                    "%s: expected a header of at most %llu bytes, found the length %llu: not a weight file?",
                    source.name, (unsigned long long)most, (unsigned long long)source.headerBytes);
  return BMC_OK;
}

/// Optimizer state begins anew where only weights are loaded.
static void startOver(Instance &instance) {
  for (int64_t i = 0; i < instance.program->variable_count; ++i)
    if (instance.program->variables[i].role == bmc_role_state && instance.variables[i])
      memset(instance.variables[i], 0, size_t(variableBytes(instance.program->variables[i])));
  instance.step = 0;
}

static int loadFrom(Instance &instance, const Source &source, int contents) {
  Survey survey;
  if (int status = check(instance, source, contents, survey))
    return status;
  if (!beginKeeping(instance, survey.kept))
    return failWith(instance, BMC_ERROR_MEMORY, "%s: no memory for its preparation of %lld bytes", source.name,
                    (long long)survey.kept);
  bool hadWeights = instance.hasWeights;
  instance.hasWeights = false;
  noteChange(instance);
  if (int status = copy(instance, source, contents))
    return status;
  finishKeeping(instance);
  instance.hasWeights = true;
  if (contents == BMC_EVERYTHING) {
    instance.step = survey.step;
    instance.seed = survey.seed;
    instance.key[0] = int32_t(survey.seed);
    instance.key[1] = int32_t(survey.seed >> 32);
  } else if (!hadWeights) {
    startOver(instance);
  }
  if (survey.unused)
    failWith(instance, BMC_OK, "%s: %lld tensors are not used, the first is '%s'", source.name,
             (long long)survey.unused, survey.firstUnused);
  return BMC_OK;
}

static int begin(bmc_model *model, const void *source, int contents) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  if (!source)
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected weights to load, found null");
  if (instance.owner != &instance)
    return failWith(instance, BMC_ERROR_STATE, "the instance reads another's weights");
  return checkContents(instance, contents);
}

int loadMemory(bmc_model *model, const void *bytes, size_t size, int contents) {
  if (int status = begin(model, bytes, contents))
    return status;
  Instance &instance = instanceOf(model);
  Source source = {"(memory)", static_cast<const char *>(bytes), -1, size};
  if (int status = readLength(instance, source))
    return status;
  source.header = source.memory + safetensorsLengthBytes;
  return loadFrom(instance, source, contents);
}

static int loadHeaderAndData(Instance &instance, Source &source, int contents) {
  if (int status = readLength(instance, source))
    return status;
  auto *header = static_cast<char *>(allocate(instance.allocator, int64_t(source.headerBytes) + 1));
  if (!header)
    return failWith(instance, BMC_ERROR_MEMORY, "%s: no memory for its header of %llu bytes", source.name,
                    (unsigned long long)source.headerBytes);
  source.header = header;
  int status = source.read(safetensorsLengthBytes, header, source.headerBytes) ? loadFrom(instance, source, contents)
                                                                               : failToRead(instance, source);
  release(instance.allocator, header, int64_t(source.headerBytes) + 1);
  return status;
}

int loadFile(bmc_model *model, const char *path, int contents) {
  if (int status = begin(model, path, contents))
    return status;
  Instance &instance = instanceOf(model);
  Source source = {path, nullptr, open(path, O_RDONLY | O_CLOEXEC), 0};
  if (source.descriptor < 0)
    return failWithSystemError(instance, path, "cannot open");
  struct stat file;
  int status;
  if (fstat(source.descriptor, &file) != 0) {
    status = failWithSystemError(instance, path, "cannot read");
  } else if (!S_ISREG(file.st_mode)) {
    status = failWith(instance, BMC_ERROR_FORMAT,
                      "%s: expected a weight file, found something that is not a regular file", path);
  } else {
    source.size = uint64_t(file.st_size);
    status = loadHeaderAndData(instance, source, contents);
  }
  close(source.descriptor);
  return status;
}

} // namespace bmc
