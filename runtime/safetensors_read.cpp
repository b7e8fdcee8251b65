// Weight files in the format of safetensors: the tensors' places from the header.
#include "errors.h"
#include "json.h"
#include "safetensors_header.h"
#include "weight_file.h"

namespace bmc {

/// The header's text; what is behind it are the tensors.
static const char *findHeader(const char *path, const MappedFile &file, int64_t &length) {
  if (file.size() < safetensorsLengthBytes)
    fail(exitBadInput, "%s: expected a weight file, found only %lld bytes", path, (long long)file.size());
  uint64_t found, rest = file.size() - safetensorsLengthBytes;
  memcpy(&found, file.bytes(), safetensorsLengthBytes);
  if (found > rest || found > maximumSafetensorsHeaderBytes)
    fail(exitBadInput, "%s: expected a header of at most %llu bytes, found the length %llu: not a weight file?", path,
         (unsigned long long)(rest < maximumSafetensorsHeaderBytes ? rest : maximumSafetensorsHeaderBytes),
         (unsigned long long)found);
  length = static_cast<int64_t>(found);
  return file.bytes() + safetensorsLengthBytes;
}

/// Appends the string and a zero behind it.
static void addString(Text &pool, JsonString string) {
  appendDecoded(pool, string);
  pool.appendCharacter('\0');
}

static void addTensor(TensorTable &table, const StoredTensor &stored, const char *data) {
  int64_t name = table.texts.size();
  addString(table.texts, stored.name);
  int64_t type = table.addText(stored.type, static_cast<int64_t>(strlen(stored.type)));
  table.tensors.push({name, type, table.dims.size(), stored.rank, data + stored.begin, stored.end - stored.begin,
                      stored.element, false, false});
  table.dims.append(stored.dims, stored.rank);
}

static int comparePlaces(const void *a, const void *b) {
  auto *left = static_cast<const FileTensor *>(a), *right = static_cast<const FileTensor *>(b);
  if (left->data != right->data)
    return left->data < right->data ? -1 : 1;
  return left->bytes < right->bytes ? -1 : left->bytes > right->bytes;
}

/// The tensors must cover the data without gaps, overlaps or a rest.
static void checkPlaces(const char *path, TensorTable &table, const char *data, int64_t dataBytes) {
  if (table.tensors.size())
    qsort(table.tensors.data(), table.tensors.size(), sizeof(FileTensor), comparePlaces);
  int64_t expected = 0;
  for (const FileTensor &tensor : table.tensors) {
    int64_t begin = tensor.data - data;
    if (begin != expected)
      fail(exitBadInput, "%s: tensor '%s': expected its data at offset %lld, found %lld (%s)", path,
           table.texts.get() + tensor.nameAt, (long long)expected, (long long)begin,
           begin < expected ? "it overlaps another" : "a gap");
    expected = begin + tensor.bytes;
  }
  if (expected != dataBytes)
    fail(exitBadInput, "%s: expected %lld bytes of data, found %lld", path, (long long)expected, (long long)dataBytes);
}

void readSafetensors(const char *path, const MappedFile &file, TensorTable &table) {
  int64_t length;
  const char *text = findHeader(path, file, length), *data = text + length;
  int64_t dataBytes = file.size() - safetensorsLengthBytes - length;
  SafetensorsHeader header(text, length, dataBytes);
  for (auto entry = header.next(); entry != SafetensorsHeader::Entry::end; entry = header.next()) {
    if (entry == SafetensorsHeader::Entry::tensor) {
      addTensor(table, header.tensor, data);
      continue;
    }
    addString(table.metadata, header.key);
    addString(table.metadata, header.value);
  }
  if (header.failed())
    fail(exitBadInput, "%s: %s", path, header.message());
  checkPlaces(path, table, data, dataBytes);
}

} // namespace bmc
