// Decompression of DEFLATE streams (RFC 1951) and gzip files (RFC 1952): see inflate.h.
#include "inflate.h"

namespace bmc {
namespace {

enum { mostCodes = 288, longestCode = 15, mostLengths = 286, mostDistances = 30 };

/// Canonical Huffman codes: how many there are of each length, and their symbols in order.
struct Codes {
  int16_t counts[longestCode + 1];
  int16_t symbols[mostCodes];

  /// False where the lengths are no code: more codes than fit, or, but for a single code, fewer.
  bool build(const uint8_t *lengths, int count) {
    memset(counts, 0, sizeof counts);
    for (int i = 0; i < count; ++i)
      ++counts[lengths[i]];
    int left = 1;
    for (int length = 1; length <= longestCode; ++length) {
      left = left * 2 - counts[length];
      if (left < 0)
        return false;
    }
    int16_t offsets[longestCode + 1];
    offsets[1] = 0;
    for (int length = 1; length < longestCode; ++length)
      offsets[length + 1] = static_cast<int16_t>(offsets[length] + counts[length]);
    for (int i = 0; i < count; ++i)
      if (lengths[i])
        symbols[offsets[lengths[i]]++] = static_cast<int16_t>(i);
    return left == 0 || count - counts[0] <= 1;
  }
};

class Inflater {
public:
  Inflater(const uint8_t *stream, int64_t bytes, Array<char> &to, int64_t limit)
      : stream(stream), bytes(bytes), to(to), begin(to.size()), limit(limit) {}

  const char *run(int64_t &used);

private:
  int bits(int count);
  int symbol(const Codes &codes);
  void storedBlock();
  void fixedCodes();
  void dynamicCodes();
  void compressedBlock();
  void copy(int64_t distance, int64_t length);
  void failWith(const char *message) { error = error ? error : message; }
  bool hasRoom(int64_t count) {
    if (to.size() - begin + count > limit)
      failWith("more data than its size says");
    return !error;
  }

  const uint8_t *stream;
  int64_t bytes, position = 0;
  Array<char> &to;
  int64_t begin, limit;
  uint32_t buffer = 0;
  int buffered = 0;
  Codes lengths, distances;
  const char *error = nullptr;
};

int Inflater::bits(int count) {
  while (buffered < count) {
    if (position == bytes) {
      failWith("compressed data that ends too early");
      return 0;
    }
    buffer |= static_cast<uint32_t>(stream[position++]) << buffered;
    buffered += 8;
  }
  int value = static_cast<int>(buffer & ((1u << count) - 1));
  buffer >>= count;
  buffered -= count;
  return value;
}

int Inflater::symbol(const Codes &codes) {
  int code = 0, first = 0, index = 0;
  for (int length = 1; length <= longestCode && !error; ++length) {
    code |= bits(1);
    int count = codes.counts[length];
    if (code - first < count)
      return codes.symbols[index + code - first];
    index += count;
    first = (first + count) * 2;
    code *= 2;
  }
  failWith("a code that is none");
  return 0;
}

void Inflater::storedBlock() {
  buffer = 0;
  buffered = 0;
  if (bytes - position < 4)
    return failWith("compressed data that ends too early");
  int length = stream[position] | stream[position + 1] << 8, inverse = stream[position + 2] | stream[position + 3] << 8;
  position += 4;
  if (length != (inverse ^ 0xffff))
    return failWith("a block whose length is wrong");
  if (bytes - position < length)
    return failWith("compressed data that ends too early");
  if (hasRoom(length))
    to.append(reinterpret_cast<const char *>(stream + position), length);
  position += length;
}

void Inflater::fixedCodes() {
  uint8_t sizes[mostCodes];
  for (int i = 0; i < mostCodes; ++i)
    sizes[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  lengths.build(sizes, mostCodes);
  memset(sizes, 5, mostDistances);
  distances.build(sizes, mostDistances);
}

void Inflater::dynamicCodes() {
  static const uint8_t order[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  int lengthCount = bits(5) + 257, distanceCount = bits(5) + 1, orderCount = bits(4) + 4;
  uint8_t sizes[mostLengths + mostDistances] = {};
  if (lengthCount > mostLengths || distanceCount > mostDistances)
    return failWith("more codes than there may be");
  for (int i = 0; i < orderCount; ++i)
    sizes[order[i]] = static_cast<uint8_t>(bits(3));
  if (!lengths.build(sizes, 19))
    return failWith("code lengths that are no code");
  memset(sizes, 0, 19);
  for (int i = 0; i < lengthCount + distanceCount && !error;) {
    int value = symbol(lengths);
    if (value < 16) {
      sizes[i++] = static_cast<uint8_t>(value);
      continue;
    }
    uint8_t repeated = 0;
    if (value == 16) {
      if (i == 0)
        return failWith("a repetition of nothing");
      repeated = sizes[i - 1];
    }
    int times = value == 16 ? 3 + bits(2) : value == 17 ? 3 + bits(3) : 11 + bits(7);
    if (i + times > lengthCount + distanceCount)
      return failWith("more code lengths than codes");
    while (times-- > 0)
      sizes[i++] = repeated;
  }
  if (error)
    return;
  if (sizes[256] == 0 || !lengths.build(sizes, lengthCount) || !distances.build(sizes + lengthCount, distanceCount))
    failWith("code lengths that are no code");
}

void Inflater::copy(int64_t distance, int64_t length) {
  if (distance > to.size() - begin)
    return failWith("a reference to before its beginning");
  if (!hasRoom(length))
    return;
  int64_t at = to.size();
  to.resize(at + length);
  char *data = to.data();
  for (int64_t i = 0; i < length; ++i) // the two may overlap, which repeats
    data[at + i] = data[at + i - distance];
}

void Inflater::compressedBlock() {
  static const int16_t lengthBases[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                        31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const uint8_t lengthBits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                       2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const int16_t distanceBases[] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                          33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                          1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  static const uint8_t distanceBits[] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                         6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
  while (!error) {
    int value = symbol(lengths);
    if (value == 256)
      return;
    if (value < 256) {
      if (hasRoom(1))
        to.push(static_cast<char>(value));
      continue;
    }
    value -= 257;
    if (value >= 29)
      return failWith("a length that is none");
    int length = lengthBases[value] + bits(lengthBits[value]);
    int code = symbol(distances);
    if (code >= mostDistances)
      return failWith("a distance that is none");
    int distance = distanceBases[code] + bits(distanceBits[code]);
    if (!error)
      copy(distance, length);
  }
}

const char *Inflater::run(int64_t &used) {
  for (bool isLast = false; !isLast && !error;) {
    isLast = bits(1);
    int kind = bits(2);
    if (error)
      break;
    if (kind == 0) {
      storedBlock();
      continue;
    }
    if (kind == 3) {
      failWith("a block of no kind");
      break;
    }
    kind == 1 ? fixedCodes() : dynamicCodes();
    if (!error)
      compressedBlock();
  }
  used = position;
  return error;
}

} // namespace

const char *inflate(const uint8_t *stream, int64_t bytes, Array<char> &to, int64_t limit, int64_t &used) {
  return Inflater(stream, bytes, to, limit).run(used);
}

uint32_t checksum(const char *data, int64_t bytes) {
  static uint32_t table[256];
  for (uint32_t i = 0; !table[255] && i < 256; ++i) {
    uint32_t value = i;
    for (int k = 0; k < 8; ++k)
      value = value >> 1 ^ (value & 1 ? 0xEDB88320 : 0);
    table[i] = value;
  }
  uint32_t sum = 0xffffffff;
  for (int64_t i = 0; i < bytes; ++i)
    sum = sum >> 8 ^ table[(sum ^ static_cast<uint8_t>(data[i])) & 255];
  return ~sum;
}

/// Skips a text that ends with a zero.
static int64_t behindZero(const Array<char> &bytes, int64_t at) {
  while (at < bytes.size() && bytes[at])
    ++at;
  return at + 1;
}

const char *gunzip(Array<char> &bytes) {
  enum { fixedHeader = 10, trailer = 8, hasChecksum = 2, hasExtra = 4, hasName = 8, hasComment = 16 };
  auto *file = reinterpret_cast<const uint8_t *>(bytes.data());
  if (bytes.size() < 2 || file[0] != 0x1f || file[1] != 0x8b)
    return nullptr;
  if (bytes.size() < fixedHeader + trailer || file[2] != 8)
    return "a gzip file that is cut off or of another method";
  int flags = file[3];
  int64_t at = fixedHeader;
  if (flags & hasExtra)
    at += 2 + (file[at] | file[at + 1] << 8);
  if (flags & hasName)
    at = behindZero(bytes, at);
  if (flags & hasComment)
    at = behindZero(bytes, at);
  if (flags & hasChecksum)
    at += 2;
  if (at + trailer > bytes.size())
    return "a gzip file that is cut off";
  Array<char> content;
  int64_t used;
  if (const char *error = inflate(file + at, bytes.size() - at - trailer, content, INT64_MAX / 4, used))
    return error;
  uint32_t sum;
  memcpy(&sum, file + at + used, sizeof sum);
  if (sum != checksum(content.data(), content.size()))
    return "a gzip file whose checksum is wrong";
  bytes.clear();
  bytes.append(content.data(), content.size());
  return nullptr;
}

} // namespace bmc
