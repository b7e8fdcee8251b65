// The header of a weight file (the safetensors format), entry by entry. It needs no memory and ends nothing, so that
// programs and libraries read files by the same rules; what is read may be hostile, and each entry is checked before
// it is handed out.
#ifndef BMC_SAFETENSORS_HEADER_H
#define BMC_SAFETENSORS_HEADER_H

#include "json_reader.h"

namespace bmc {

enum { safetensorsLengthBytes = 8, maximumSafetensorsHeaderBytes = 100 << 20, maximumStoredRank = 32 };

/// An element type of files.
struct StoredType {
  char name[8];
  int8_t bytes, element; // bmc_element, or -1 for a type that no program uses
};
/// Null: there is none of that name.
const StoredType *findStoredType(const char *name);

/// A tensor as the header tells of it. Its bytes are [begin, end) behind the header.
struct StoredTensor {
  JsonString name;
  int64_t rank, dims[maximumStoredRank];
  int64_t begin, end;
  const char *type; // `F32`
  int32_t element;  // bmc_element, or -1 for a type that no program uses
  int32_t typeBytes;
};

class SafetensorsHeader {
public:
  enum class Entry { tensor, metadata, end };

  /// `dataBytes` is what the file has behind the header.
  SafetensorsHeader(const char *text, int64_t length, int64_t dataBytes) : json(text, length), dataBytes(dataBytes) {}

  /// Reads the next entry into `tensor`, or `key` and `value`; the end also after a mistake.
  Entry next();
  bool failed() const { return json.failed(); }
  const char *message() const { return json.message(); }

  StoredTensor tensor;
  JsonString key, value;

private:
  enum class Place { begin, tensors, firstMetadata, metadata, end };
  Entry nextMetadata();
  void readTensor();
  void readType(const char *name);
  void readDims();
  void checkTensor(const char *name);

  JsonReader json;
  int64_t dataBytes;
  Place place = Place::begin;
};

} // namespace bmc

#endif
