// NPY files: a magic number, a header that looks like a dictionary of Python, and the values in memory's order.
#include "npy.h"

#include "errors.h"

namespace bmc {

enum { magicBytes = 6, mostHeaderBytes = 1 << 20, mostDimensions = 32 };

static void readOrFail(StoredArray &array, void *to, int64_t bytes) {
  if (!array.file.readAll(to, bytes))
    fail(exitBadInput, "%s: expected the header of an NPY file, found the end of the file", array.file.name());
  array.headerBytes += bytes;
}

/// The text behind `'key':`, or null.
static const char *valueOf(const char *header, const char *key) {
  const char *at = strstr(header, key);
  if (!at)
    return nullptr;
  at = strchr(at, ':');
  return at ? at + 1 + strspn(at + 1, " ") : nullptr;
}

static void readElement(StoredArray &array, const char *text, Stored &stored, bool &isSwapped) {
  static const struct {
    char code[3];
    Stored stored;
  } kinds[] = {{"b1", Stored::u8},  {"i1", Stored::i8},  {"u1", Stored::u8},  {"i2", Stored::i16},
               {"u2", Stored::u16}, {"i4", Stored::i32}, {"u4", Stored::u32}, {"i8", Stored::i64},
               {"u8", Stored::u64}, {"f2", Stored::f16}, {"f4", Stored::f32}, {"f8", Stored::f64}};
  Text found;
  if (text && *text == '\'')
    found.append(text + 1, static_cast<int64_t>(strcspn(text + 1, "'")));
  const char *code = found.get();
  isSwapped = *code == '>';
  code += *code != '\0';
  for (const auto &kind : kinds)
    if (!strcmp(kind.code, code)) {
      stored = kind.stored;
      return;
    }
  fail(exitBadInput, "%s: expected numbers (dtype f2, f4, f8, i1 to i8, u1 to u8 or bool), found dtype '%s'",
       array.file.name(), found.size() ? found.get() : "of another form");
}

static int64_t readShape(StoredArray &array, const char *text, int64_t (&dims)[mostDimensions]) {
  int64_t rank = 0;
  if (!text || *text++ != '(')
    fail(exitBadInput, "%s: expected a 'shape' in its header, found none", array.file.name());
  for (;;) {
    text += strspn(text, " ,");
    if (*text == ')')
      return rank;
    char *end;
    long long size = strtoll(text, &end, 10);
    if (end == text || size < 0 || rank == mostDimensions)
      fail(exitBadInput, "%s: expected a 'shape' of whole numbers in its header, found '%.20s'", array.file.name(),
           text);
    dims[rank++] = size;
    text = end;
  }
}

void readNpyHeader(StoredArray &array) {
  uint8_t begin[magicBytes + 2], length[4] = {};
  readOrFail(array, begin, sizeof begin);
  if (memcmp(begin, "\x93NUMPY", magicBytes))
    fail(exitBadInput, "%s: expected an NPY file, found something else", array.file.name());
  if (begin[magicBytes] < 1 || begin[magicBytes] > 3)
    fail(exitBadInput, "%s: expected version 1, 2 or 3 of NPY, found %d", array.file.name(), begin[magicBytes]);
  readOrFail(array, length, begin[magicBytes] == 1 ? 2 : 4);
  int64_t bytes = length[0] | length[1] << 8 | length[2] << 16 | static_cast<int64_t>(length[3]) << 24;
  if (bytes > mostHeaderBytes)
    fail(exitBadInput, "%s: expected a header of at most %d bytes, found the length %lld", array.file.name(),
         mostHeaderBytes, (long long)bytes);
  Array<char> header;
  header.resize(bytes + 1);
  readOrFail(array, header.data(), bytes);
  Stored stored{};
  bool isSwapped = false;
  int64_t dims[mostDimensions];
  readElement(array, valueOf(header.data(), "'descr'"), stored, isSwapped);
  int64_t rank = readShape(array, valueOf(header.data(), "'shape'"), dims);
  const char *order = valueOf(header.data(), "'fortran_order'");
  if (rank > 1 && order && !strncmp(order, "True", 4))
    fail(exitBadInput, "%s: expected rows one behind the other, found Fortran's order: save numpy.ascontiguousarray(a)",
         array.file.name());
  array.describe(stored, isSwapped, dims, rank);
}

static Source *open(const char *path, const bmc_dataset &set, bool again) {
  return openArrays(path, set, again, readNpyHeader);
}

} // namespace bmc

extern "C" const bmc_format bmc_format_npy = {bmc::open};
