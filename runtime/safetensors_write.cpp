// Writing weight files: see safetensors.h.
#include "safetensors.h"
#include "tensor.h"

namespace bmc {

void SafetensorsWriter::addMetadata(const char *key, const char *value) {
  metadata.append(metadata.size() ? "," : "");
  appendJsonString(metadata, key);
  metadata.append(":");
  appendJsonString(metadata, value);
}

void SafetensorsWriter::addTensor(const char *name, int32_t element, const int64_t *dims, int64_t rank,
                                  const void *data) {
  static const char kinds[][5] = {"F32", "F64", "I32", "I64", "BOOL"};
  int64_t bytes = elementCount(dims, rank) * elementBytes(element);
  header.append(header.size() ? "," : "");
  appendJsonString(header, name);
  header.format(":{\"dtype\":\"%s\",\"shape\":", kinds[element]);
  appendDims(header, dims, rank);
  header.format(",\"data_offsets\":[%lld,%lld]}", (long long)offset, (long long)(offset + bytes));
  pieces.push({data, bytes});
  offset += bytes;
}

void SafetensorsWriter::write(const char *path) {
  Text all;
  all.append("{\"__metadata__\":{").append(metadata.get()).append("}");
  all.append(header.size() ? "," : "").append(header.get()).append("}");
  // The data begins where buffers may, so that a mapped file's tensors can be read in place.
  while ((sizeof(uint64_t) + all.size()) % bufferAlignment != 0)
    all.append(" ");
  uint64_t length = all.size();
  OutputFile file(path);
  file.write(&length, sizeof length);
  file.write(all.get(), all.size());
  for (Piece &piece : pieces)
    file.write(piece.data, piece.bytes);
  file.commit();
}

} // namespace bmc
