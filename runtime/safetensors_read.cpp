// Reading weight files: see safetensors.h.
#include "errors.h"
#include "safetensors.h"
#include "tensor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

enum { lengthBytes = 8, maximumHeaderBytes = 100 << 20 };

/// The element types that a file may hold; `element` is ours, or -1 for one that no program uses.
static const struct Kind {
  char name[8];
  int8_t bytes, element;
} kinds[] = {{"F32", 4, bmc_f32}, {"F64", 8, bmc_f64}, {"I32", 4, bmc_i32}, {"I64", 8, bmc_i64}, {"BOOL", 1, bmc_bool},
             {"F16", 2, -1},      {"BF16", 2, -1},     {"I16", 2, -1},      {"U16", 2, -1},      {"I8", 1, -1},
             {"U8", 1, -1},       {"U32", 4, -1},      {"U64", 8, -1},      {"F8_E4M3", 1, -1},  {"F8_E5M2", 1, -1}};

SafetensorsReader::SafetensorsReader(const char *path) : fileName(path) {
  descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    fail(exitBadInput, "%s: cannot open: %s", path, systemError());
  Text header;
  readHeader(header);
  JsonReader json(path, header.get(), header.size());
  parseHeader(json);
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

void SafetensorsReader::readHeader(Text &header) {
  struct stat status;
  if (fstat(descriptor, &status) != 0)
    fail(exitBadInput, "%s: cannot read: %s", fileName, systemError());
  if (!S_ISREG(status.st_mode))
    fail(exitBadInput, "%s: expected a weight file, found something that is not a regular file", fileName);
  if (status.st_size < lengthBytes)
    fail(exitBadInput, "%s: expected a weight file, found only %lld bytes", fileName, (long long)status.st_size);
  uint64_t length;
  readBytes(0, &length, lengthBytes);
  uint64_t rest = status.st_size - lengthBytes;
  if (length > rest || length > maximumHeaderBytes)
    fail(exitBadInput, "%s: expected a header of at most %llu bytes, found the length %llu: not a weight file?",
         fileName, (unsigned long long)(rest < maximumHeaderBytes ? rest : maximumHeaderBytes),
         (unsigned long long)length);
  Array<char> bytes;
  bytes.resize(length);
  readBytes(lengthBytes, bytes.data(), length);
  header.append(bytes.data(), length);
  dataBegin = lengthBytes + length;
  dataBytes = rest - length;
}

// header = "{" [ name ":" ( metadata | tensor ) { "," ... } ] "}"
void SafetensorsReader::parseHeader(JsonReader &json) {
  Text name;
  json.expect('{');
  if (!json.accept('}')) {
    do {
      json.readString(name);
      json.expect(':');
      if (!strcmp(name.get(), "__metadata__"))
        parseMetadata(json);
      else
        parseTensor(json, name);
    } while (json.accept(','));
    json.expect('}');
  }
  json.expectEnd();
}

void SafetensorsReader::parseMetadata(JsonReader &json) {
  Text text;
  json.expect('{');
  if (json.accept('}'))
    return;
  do {
    json.readString(text);
    metadataPool.append(text.get(), text.size() + 1);
    json.expect(':');
    json.readString(text);
    metadataPool.append(text.get(), text.size() + 1);
  } while (json.accept(','));
  json.expect('}');
}

static int findKind(const char *name) {
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; ++i)
    if (!strcmp(kinds[i].name, name))
      return static_cast<int>(i);
  return -1;
}

// tensor = "{" "dtype" ":" string "," "shape" ":" counts "," "data_offsets" ":" "[" begin "," end "]" "}", in any order
void SafetensorsReader::parseTensor(JsonReader &json, const Text &name) {
  StoredTensor tensor = {names.size(), dimsPool.size(), -1, -1, -1, -1};
  names.append(name.get(), name.size() + 1);
  Text key, kind;
  json.expect('{');
  do {
    json.readString(key);
    json.expect(':');
    if (!strcmp(key.get(), "dtype") && tensor.kind < 0) {
      json.readString(kind);
      tensor.kind = findKind(kind.get());
      if (tensor.kind < 0)
        fail(exitBadInput, "%s: tensor '%s': unknown element type '%s'", fileName, name.get(), kind.get());
    } else if (!strcmp(key.get(), "shape") && tensor.rank < 0) {
      json.expect('[');
      if (!json.accept(']')) {
        do
          dimsPool.push(json.readCount());
        while (json.accept(','));
        json.expect(']');
      }
      tensor.rank = dimsPool.size() - tensor.dimsAt;
    } else if (!strcmp(key.get(), "data_offsets") && tensor.end < 0) {
      json.expect('[');
      tensor.begin = json.readCount();
      json.expect(',');
      tensor.end = json.readCount();
      json.expect(']');
    } else {
      fail(exitBadInput, "%s: tensor '%s': expected 'dtype', 'shape' and 'data_offsets' once each, found '%s'",
           fileName, name.get(), key.get());
    }
  } while (json.accept(','));
  json.expect('}');
  if (tensor.kind < 0 || tensor.rank < 0 || tensor.end < 0)
    fail(exitBadInput, "%s: tensor '%s': expected 'dtype', 'shape' and 'data_offsets', found no '%s'", fileName,
         name.get(),
         tensor.kind < 0   ? "dtype"
         : tensor.rank < 0 ? "shape"
                           : "data_offsets");
  tensors.push(tensor);
}

static int compareOffsets(const void *a, const void *b) {
  auto *left = static_cast<const StoredTensor *>(a), *right = static_cast<const StoredTensor *>(b);
  if (left->begin != right->begin)
    return left->begin < right->begin ? -1 : 1;
  return left->end < right->end ? -1 : left->end > right->end;
}

/// The tensors must cover the data without gaps, overlaps or a rest, each with as many bytes as its shape says.
void SafetensorsReader::checkOffsets() {
  if (tensors.size())
    qsort(tensors.data(), tensors.size(), sizeof(StoredTensor), compareOffsets);
  int64_t expected = 0;
  for (int64_t i = 0; i < tensors.size(); ++i) {
    const StoredTensor &tensor = tensors[i];
    if (tensor.begin > tensor.end || tensor.end > dataBytes)
      fail(exitBadInput, "%s: tensor '%s': data offsets [%lld, %lld] are outside the file's %lld bytes of data",
           fileName, name(i), (long long)tensor.begin, (long long)tensor.end, (long long)dataBytes);
    if (tensor.begin != expected)
      fail(exitBadInput, "%s: tensor '%s': expected its data at offset %lld, found %lld (%s)", fileName, name(i),
           (long long)expected, (long long)tensor.begin, tensor.begin < expected ? "it overlaps another" : "a gap");
    int64_t bytes = kinds[tensor.kind].bytes;
    bool overflow = false;
    for (int64_t k = 0; k < tensor.rank; ++k)
      overflow |= __builtin_mul_overflow(bytes, dimsPool[tensor.dimsAt + k], &bytes);
    if (overflow || bytes != tensor.end - tensor.begin)
      fail(exitBadInput, "%s: tensor '%s': expected as many bytes as its shape says, found %lld", fileName, name(i),
           (long long)(tensor.end - tensor.begin));
    expected = tensor.end;
  }
  if (expected != dataBytes)
    fail(exitBadInput, "%s: expected %lld bytes of data, found %lld", fileName, (long long)expected,
         (long long)dataBytes);
}

static const char *namesForCompare;

static int compareNames(const void *a, const void *b) {
  return strcmp(namesForCompare + static_cast<const StoredTensor *>(a)->nameAt,
                namesForCompare + static_cast<const StoredTensor *>(b)->nameAt);
}

void SafetensorsReader::checkNames() {
  namesForCompare = names.get();
  if (tensors.size())
    qsort(tensors.data(), tensors.size(), sizeof(StoredTensor), compareNames);
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

/// From the file's f64 to our f32, or the other way.
static void convert(const char *from, int8_t fromElement, void *to, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    if (fromElement == bmc_f64)
      static_cast<float *>(to)[i] = static_cast<float>(elementAsDouble(from, bmc_f64, i));
    else
      static_cast<double *>(to)[i] = elementAsDouble(from, bmc_f32, i);
}

void SafetensorsReader::read(int64_t index, void *to, int32_t element, const int64_t *dims, int64_t rank) {
  const StoredTensor &tensor = tensors[index];
  const Kind &kind = kinds[tensor.kind];
  const int64_t *found = dimsPool.data() + tensor.dimsAt;
  if (rank != tensor.rank || (rank && memcmp(found, dims, rank * sizeof(int64_t)))) {
    Text expectedShape, foundShape;
    appendDims(expectedShape, dims, rank);
    appendDims(foundShape, found, tensor.rank);
    fail(exitBadInput, "%s: tensor '%s': expected shape %s, found %s", fileName, name(index), expectedShape.get(),
         foundShape.get());
  }
  bool bothFloat = (element == bmc_f32 || element == bmc_f64) && (kind.element == bmc_f32 || kind.element == bmc_f64);
  if (kind.element != element && !bothFloat)
    fail(exitBadInput, "%s: tensor '%s': expected %s, found %s", fileName, name(index), elementName(element),
         kind.name);
  int64_t bytes = tensor.end - tensor.begin;
  if (kind.element == element)
    return readBytes(dataBegin + tensor.begin, to, bytes);
  Array<char> stored;
  stored.resize(bytes);
  readBytes(dataBegin + tensor.begin, stored.data(), bytes);
  convert(stored.data(), kind.element, to, bytes / kind.bytes);
}

} // namespace bmc
