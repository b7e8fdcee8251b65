// The header of a weight file: see safetensors_header.h.
#include "safetensors_header.h"

#include "bmc/program.h"

#include <string.h>

namespace bmc {

static const StoredType storedTypes[] = {
    {"F32", 4, bmc_f32}, {"F64", 8, bmc_f64}, {"I32", 4, bmc_i32}, {"I64", 8, bmc_i64}, {"BOOL", 1, bmc_bool},
    {"F16", 2, -1},      {"BF16", 2, -1},     {"I16", 2, -1},      {"U16", 2, -1},      {"I8", 1, -1},
    {"U8", 1, -1},       {"U32", 4, -1},      {"U64", 8, -1},      {"F8_E4M3", 1, -1},  {"F8_E5M2", 1, -1}};

const StoredType *findStoredType(const char *name) {
  for (const StoredType &type : storedTypes)
    if (!strcmp(type.name, name))
      return &type;
  return nullptr;
}

namespace {
/// A name for messages: what is longer is cut off.
struct ShownName {
  enum { capacity = 128 };
  char text[capacity + 1];
  explicit ShownName(JsonString name) {
    if (name.length > capacity)
      name.length = 0;
    text[name.decode(text)] = '\0';
    if (!name.length)
      strcpy(text, "...");
  }
};
} // namespace

// header = "{" [ entry { "," entry } ] "}"      entry = "__metadata__" ":" metadata | name ":" tensor
SafetensorsHeader::Entry SafetensorsHeader::next() {
  for (;;) {
    if (place == Place::firstMetadata || place == Place::metadata) {
      Entry entry = nextMetadata();
      if (entry == Entry::metadata)
        return entry;
    }
    if (place == Place::end || failed())
      return Entry::end;
    bool isFirst = place == Place::begin;
    if (isFirst)
      json.expect('{');
    place = Place::tensors;
    if (isFirst ? json.accept('}') : !json.accept(',')) {
      if (!isFirst)
        json.expect('}');
      json.expectEnd();
      place = Place::end;
      continue;
    }
    tensor = {};
    tensor.name = json.readString();
    json.expect(':');
    if (tensor.name.equals("__metadata__")) {
      json.expect('{');
      place = Place::firstMetadata;
      continue;
    }
    readTensor();
    return failed() ? Entry::end : Entry::tensor;
  }
}

// metadata = "{" [ string ":" string { "," string ":" string } ] "}"
SafetensorsHeader::Entry SafetensorsHeader::nextMetadata() {
  bool isFirst = place == Place::firstMetadata;
  bool isOver = isFirst ? json.accept('}') : !json.accept(',');
  if (isOver) {
    if (!isFirst)
      json.expect('}');
    place = Place::tensors;
    return Entry::end;
  }
  place = Place::metadata;
  key = json.readString();
  json.expect(':');
  value = json.readString();
  return failed() ? Entry::end : Entry::metadata;
}

void SafetensorsHeader::readType(const char *name) {
  JsonString text = json.readString();
  for (const StoredType &type : storedTypes)
    if (text.equals(type.name)) {
      tensor.type = type.name;
      tensor.element = type.element;
      tensor.typeBytes = type.bytes;
      return;
    }
  json.fail("tensor '%s': unknown element type '%s'", name, ShownName(text).text);
}

void SafetensorsHeader::readDims() {
  tensor.rank = 0;
  json.expect('[');
  if (json.accept(']'))
    return;
  do {
    if (tensor.rank == maximumStoredRank)
      return json.fail("tensor '%s': expected at most %d dimensions", ShownName(tensor.name).text, maximumStoredRank);
    tensor.dims[tensor.rank++] = json.readCount();
  } while (json.accept(','));
  json.expect(']');
}

// tensor = "{" "dtype" ":" string "," "shape" ":" counts "," "data_offsets" ":" "[" begin "," end "]" "}", in any order
void SafetensorsHeader::readTensor() {
  ShownName name(tensor.name);
  tensor.rank = tensor.begin = tensor.end = -1;
  json.expect('{');
  do {
    JsonString key = json.readString();
    json.expect(':');
    if (key.equals("dtype") && !tensor.type) {
      readType(name.text);
    } else if (key.equals("shape") && tensor.rank < 0) {
      readDims();
    } else if (key.equals("data_offsets") && tensor.end < 0) {
      json.expect('[');
      tensor.begin = json.readCount();
      json.expect(',');
      tensor.end = json.readCount();
      json.expect(']');
    } else {
      json.fail("tensor '%s': expected 'dtype', 'shape' and 'data_offsets' once each, found '%s'", name.text,
                ShownName(key).text);
    }
  } while (json.accept(','));
  json.expect('}');
  const char *missing = !tensor.type ? "dtype" : tensor.rank < 0 ? "shape" : tensor.end < 0 ? "data_offsets" : nullptr;
  if (missing)
    json.fail("tensor '%s': expected 'dtype', 'shape' and 'data_offsets', found no '%s'", name.text, missing);
  if (!failed())
    checkTensor(name.text);
}

/// The tensor's bytes are in the file, and as many as its shape says.
void SafetensorsHeader::checkTensor(const char *name) {
  if (tensor.begin > tensor.end || tensor.end > dataBytes)
    return json.fail("tensor '%s': data offsets [%lld, %lld] are outside the file's %lld bytes of data", name,
                     (long long)tensor.begin, (long long)tensor.end, (long long)dataBytes);
  int64_t bytes = tensor.typeBytes;
  bool overflow = false;
  for (int64_t i = 0; i < tensor.rank; ++i)
    overflow |= __builtin_mul_overflow(bytes, tensor.dims[i], &bytes);
  if (overflow || bytes != tensor.end - tensor.begin)
    json.fail("tensor '%s': expected as many bytes as its shape says, found %lld", name,
              (long long)(tensor.end - tensor.begin));
}

} // namespace bmc
