// Writing weight files: named tensors behind a JSON header (the safetensors format).
#ifndef BMC_SAFETENSORS_H
#define BMC_SAFETENSORS_H

#include "json.h"
#include "output_file.h"

namespace bmc {

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
