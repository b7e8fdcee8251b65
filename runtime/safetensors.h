// Weight files: named tensors behind a JSON header (the safetensors format). What is read may be hostile: every size,
// offset and name is checked before it is used, and every mistake ends the program with exit code 1 and the file's
// name.
#ifndef BMC_SAFETENSORS_H
#define BMC_SAFETENSORS_H

#include "json.h"
#include "output_file.h"
#include "safetensors_header.h"

namespace bmc {

/// A tensor of an opened file.
struct FileTensor {
  int64_t nameAt; // offsets into the reader's pools
  int64_t dimsAt, rank;
  int64_t begin, end; // bytes behind the header
  const char *type;   // as the file calls it
  int32_t element;    // -1: a type that no program uses
};

class SafetensorsReader {
public:
  explicit SafetensorsReader(const char *path);
  ~SafetensorsReader();
  SafetensorsReader(const SafetensorsReader &) = delete;
  SafetensorsReader &operator=(const SafetensorsReader &) = delete;

  int64_t tensorCount() const { return tensors.size(); }
  const char *name(int64_t i) const { return names.get() + tensors[i].nameAt; }
  /// The tensor's index, or -1.
  int64_t find(const char *name) const;
  /// Reads a tensor into `to`, which has the given element type and dims; f32 and f64 are converted into each other.
  void read(int64_t tensor, void *to, int32_t element, const int64_t *dims, int64_t rank);
  /// The value of a key of `__metadata__`, or null.
  const char *metadata(const char *key) const;
  const char *path() const { return fileName; }

private:
  void readHeader(Array<char> &header);
  void parseHeader(const Array<char> &header);
  void addTensor(const StoredTensor &stored);
  void checkNames();
  void checkOffsets();
  void readBytes(int64_t at, void *to, int64_t count);

  const char *fileName;
  int descriptor;
  int64_t dataBegin = 0, dataBytes = 0;
  Array<FileTensor> tensors; // sorted by name
  Text names;                // zero-terminated, one after the other
  Array<int64_t> dimsPool;
  Text metadataPool; // key, value, key, value, ..., each zero-terminated
};

/// Collects the header while tensors and metadata are added, then writes the file in one go.
class SafetensorsWriter {
public:
  void addMetadata(const char *key, const char *value);
  void addTensor(const char *name, int32_t element, const int64_t *dims, int64_t rank, const void *data);
  void write(const char *path);

private:
  struct Piece {
    const void *data;
    int64_t bytes;
  };
  Text metadata, header;
  Array<Piece> pieces;
  int64_t offset = 0;
};

} // namespace bmc

#endif
