// IDX files, as MNIST has them, plain or compressed by gzip: two zeros, the type, the number of dimensions, these as
// 32-bit numbers, and the values; all with the highest byte first.
#include "array_source.h"
#include "errors.h"
#include "inflate.h"

namespace bmc {

static void readOrFail(StoredArray &array, void *to, int64_t bytes) {
  if (!array.file.readAll(to, bytes))
    fail(exitBadInput, "%s: expected the header of an IDX file, found the end of the file", array.file.name());
  array.headerBytes += bytes;
}

static void readHeader(StoredArray &array) {
  if (const char *error = array.file.decompress(gunzip))
    fail(exitBadInput, "%s: expected a gzip file that is whole, found %s", array.file.name(), error);
  uint8_t magic[4];
  readOrFail(array, magic, sizeof magic);
  static const struct {
    uint8_t code;
    Stored stored;
  } kinds[] = {{0x08, Stored::u8},  {0x09, Stored::i8},  {0x0b, Stored::i16},
               {0x0c, Stored::i32}, {0x0d, Stored::f32}, {0x0e, Stored::f64}};
  const Stored *stored = nullptr;
  for (const auto &kind : kinds)
    if (kind.code == magic[2])
      stored = &kind.stored;
  if (magic[0] || magic[1] || !stored)
    fail(exitBadInput, "%s: expected an IDX file (0, 0, type, dimensions), found the bytes %d, %d, %d, %d",
         array.file.name(), magic[0], magic[1], magic[2], magic[3]);
  int64_t dims[256];
  for (int i = 0; i < magic[3]; ++i) {
    uint8_t bytes[4];
    readOrFail(array, bytes, sizeof bytes);
    dims[i] = static_cast<int64_t>(bytes[0]) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
  }
  array.describe(*stored, true, dims, magic[3]);
}

static Source *open(const char *path, const bmc_dataset &set, bool again, FieldUse use) {
  return openArrays(path, set, again, use, readHeader);
}

} // namespace bmc

extern "C" const bmc_format bmc_format_idx = {bmc::open};
