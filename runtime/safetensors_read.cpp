// Reading weight files: see safetensors.h.
#include "errors.h"
#include "safetensors.h"
#include "tensor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

SafetensorsReader::SafetensorsReader(const char *path) : fileName(path) {
  descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    fail(exitBadInput, "%s: cannot open: %s", path, systemError());
  Array<char> header;
  readHeader(header);
  parseHeader(header);
  checkOffsets();
  checkNames();
}

SafetensorsReader::~SafetensorsReader() { close(descriptor); }

void SafetensorsReader::readBytes(int64_t at, void *to, int64_t count) {
  for (int64_t done = 0; done < count;) {
    ssize_t got = pread(descriptor, static_cast<char *>(to) + done, count - done, at + done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      fail(exitBadInput, "%s: cannot read: %s", fileName, systemError());
    if (got == 0)
      fail(exitBadInput, "%s: expected %lld bytes at byte %lld, found the end of the file", fileName, (long long)count,
           (long long)at);
    done += got;
  }
}

void SafetensorsReader::readHeader(Array<char> &header) {
  struct stat status;
  if (fstat(descriptor, &status) != 0)
    fail(exitBadInput, "%s: cannot read: %s", fileName, systemError());
  if (!S_ISREG(status.st_mode))
    fail(exitBadInput, "%s: expected a weight file, found something that is not a regular file", fileName);
  if (status.st_size < safetensorsLengthBytes)
    fail(exitBadInput, "%s: expected a weight file, found only %lld bytes", fileName, (long long)status.st_size);
  uint64_t length;
  readBytes(0, &length, safetensorsLengthBytes);
  uint64_t rest = status.st_size - safetensorsLengthBytes;
  if (length > rest || length > maximumSafetensorsHeaderBytes)
    fail(exitBadInput, "%s: expected a header of at most %llu bytes, found the length %llu: not a weight file?",
         fileName, (unsigned long long)(rest < maximumSafetensorsHeaderBytes ? rest : maximumSafetensorsHeaderBytes),
         (unsigned long long)length);
  header.resize(length);
  readBytes(safetensorsLengthBytes, header.data(), length);
  dataBegin = safetensorsLengthBytes + length;
  dataBytes = rest - length;
}

/// Appends the string and a zero behind it; where it begins.
static int64_t addString(Text &pool, JsonString string) {
  int64_t begin = pool.size();
  appendDecoded(pool, string);
  pool.appendCharacter('\0');
  return begin;
}

void SafetensorsReader::parseHeader(const Array<char> &text) {
  SafetensorsHeader header(text.data(), text.size(), dataBytes);
  for (;;)
    switch (header.next()) {
    case SafetensorsHeader::Entry::tensor:
      addTensor(header.tensor);
      break;
    case SafetensorsHeader::Entry::metadata:
      addString(metadataPool, header.key);
      addString(metadataPool, header.value);
      break;
    case SafetensorsHeader::Entry::end:
      if (header.failed())
        fail(exitBadInput, "%s: %s", fileName, header.message());
      return;
    }
}

void SafetensorsReader::addTensor(const StoredTensor &stored) {
  tensors.push({addString(names, stored.name), dimsPool.size(), stored.rank, stored.begin, stored.end, stored.type,
                stored.element});
  dimsPool.append(stored.dims, stored.rank);
}

static int compareOffsets(const void *a, const void *b) {
  auto *left = static_cast<const FileTensor *>(a), *right = static_cast<const FileTensor *>(b);
  if (left->begin != right->begin)
    return left->begin < right->begin ? -1 : 1;
  return left->end < right->end ? -1 : left->end > right->end;
}

/// The tensors must cover the data without gaps, overlaps or a rest.
void SafetensorsReader::checkOffsets() {
  if (tensors.size())
    qsort(tensors.data(), tensors.size(), sizeof(FileTensor), compareOffsets);
  int64_t expected = 0;
  for (int64_t i = 0; i < tensors.size(); ++i) {
    const FileTensor &tensor = tensors[i];
    if (tensor.begin != expected)
      fail(exitBadInput, "%s: tensor '%s': expected its data at offset %lld, found %lld (%s)", fileName, name(i),
           (long long)expected, (long long)tensor.begin, tensor.begin < expected ? "it overlaps another" : "a gap");
    expected = tensor.end;
  }
  if (expected != dataBytes)
    fail(exitBadInput, "%s: expected %lld bytes of data, found %lld", fileName, (long long)expected,
         (long long)dataBytes);
}

static const char *namesForCompare;

static int compareNames(const void *a, const void *b) {
  return strcmp(namesForCompare + static_cast<const FileTensor *>(a)->nameAt,
                namesForCompare + static_cast<const FileTensor *>(b)->nameAt);
}

void SafetensorsReader::checkNames() {
  namesForCompare = names.get();
  if (tensors.size())
    qsort(tensors.data(), tensors.size(), sizeof(FileTensor), compareNames);
  for (int64_t i = 1; i < tensors.size(); ++i)
    if (!strcmp(name(i - 1), name(i)))
      fail(exitBadInput, "%s: tensor '%s' is there twice", fileName, name(i));
}

int64_t SafetensorsReader::find(const char *wanted) const {
  int64_t low = 0, high = tensors.size();
  while (low < high) {
    int64_t middle = (low + high) / 2;
    int order = strcmp(name(middle), wanted);
    if (order == 0)
      return middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

const char *SafetensorsReader::metadata(const char *key) const {
  for (const char *p = metadataPool.get(), *end = p + metadataPool.size(); p < end;) {
    const char *value = p + strlen(p) + 1;
    if (!strcmp(p, key))
      return value;
    p = value + strlen(value) + 1;
  }
  return nullptr;
}

/// One float of a type that the file has.
static double storedFloat(const char *data, const FileTensor &tensor, int64_t i) {
  if (tensor.element >= 0)
    return elementAsDouble(data, tensor.element, i);
  uint16_t bits;
  memcpy(&bits, data + 2 * i, sizeof bits);
  return *tensor.type == 'B' ? __builtin_bit_cast(float, static_cast<uint32_t>(bits) << 16) : halfAsFloat(bits);
}

static bool isFloat(int32_t element) { return element == bmc_f32 || element == bmc_f64; }

bool SafetensorsReader::fits(int64_t index, int32_t element, const int64_t *dims, int64_t rank, Text &why) const {
  const FileTensor &tensor = tensors[index];
  const int64_t *found = dimsPool.data() + tensor.dimsAt;
  bool isStoredFloat = isFloat(tensor.element) || !strcmp(tensor.type, "F16") || !strcmp(tensor.type, "BF16");
  why.append("tensor '").append(name(index)).append("': expected ");
  if (rank != tensor.rank || (rank && memcmp(found, dims, rank * sizeof(int64_t)))) {
    appendDims(why.append("shape "), dims, rank);
    appendDims(why.append(", found "), found, tensor.rank);
    return false;
  }
  why.append(elementName(element)).append(", found ").append(tensor.type);
  return tensor.element == element || (isFloat(element) && isStoredFloat);
}

void SafetensorsReader::read(int64_t index, void *to, int32_t element) {
  const FileTensor &tensor = tensors[index];
  int64_t bytes = tensor.end - tensor.begin;
  if (tensor.element == element)
    return readBytes(dataBegin + tensor.begin, to, bytes);
  Array<char> stored;
  stored.resize(bytes);
  readBytes(dataBegin + tensor.begin, stored.data(), bytes);
  int64_t count = elementCount(dimsPool.data() + tensor.dimsAt, tensor.rank);
  for (int64_t i = 0; i < count; ++i) {
    double value = storedFloat(stored.data(), tensor, i);
    if (element == bmc_f32)
      static_cast<float *>(to)[i] = static_cast<float>(value);
    else
      static_cast<double *>(to)[i] = value;
  }
}

} // namespace bmc
