// Decompression of DEFLATE streams, as archives and gzip files hold them.
#ifndef BMC_INFLATE_H
#define BMC_INFLATE_H

#include "memory.h"

namespace bmc {

/// Appends what the stream holds to `to`, at most `limit` bytes. Null, or what is wrong with the stream. `used` is how
/// many bytes of it were read.
const char *inflate(const uint8_t *stream, int64_t bytes, Array<char> &to, int64_t limit, int64_t &used);

/// The checksum of gzip and zip.
uint32_t checksum(const char *data, int64_t bytes);

/// Replaces the bytes of a gzip file by what it holds; other bytes stay as they are. Null, or what is wrong.
const char *gunzip(Array<char> &bytes);

} // namespace bmc

#endif
