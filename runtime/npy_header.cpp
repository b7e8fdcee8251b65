// The header of NPY files: a magic number, and a text that looks like a dictionary of Python.
#include "npy_header.h"

#include "errors.h"

namespace bmc {

enum { magicBytes = 6, mostHeaderBytes = 1 << 20 };

static void readOrFail(InputFile &file, NpyHeader &header, void *to, int64_t bytes) {
  if (!file.readAll(to, bytes))
    fail(exitBadInput, "%s: expected the header of an NPY file, found the end of the file", file.name());
  header.bytes += bytes;
}

/// The text behind `'key':`, or null.
static const char *valueOf(const char *header, const char *key) {
  const char *at = strstr(header, key);
  if (!at)
    return nullptr;
  at = strchr(at, ':');
  return at ? at + 1 + strspn(at + 1, " ") : nullptr;
}

/// `'<f4'`: the order of the bytes, then the type.
static void readType(NpyHeader &header, const char *text) {
  if (text && *text == '\'')
    header.type.append(text + 1, static_cast<int64_t>(strcspn(text + 1, "'")));
  header.isSwapped = *header.type.get() == '>';
}

static void readShape(const InputFile &file, NpyHeader &header, const char *text) {
  if (!text || *text++ != '(')
    fail(exitBadInput, "%s: expected a 'shape' in its header, found none", file.name());
  for (;;) {
    text += strspn(text, " ,");
    if (*text == ')')
      return;
    char *end;
    long long size = strtoll(text, &end, 10);
    if (end == text || size < 0 || header.rank == NpyHeader::mostDimensions)
      fail(exitBadInput, "%s: expected a 'shape' of whole numbers in its header, found '%.20s'", file.name(), text);
    header.dims[header.rank++] = size;
    text = end;
  }
}

void readNpyHeader(InputFile &file, NpyHeader &header) {
  header.rank = header.bytes = 0;
  uint8_t begin[magicBytes + 2], length[4] = {};
  readOrFail(file, header, begin, sizeof begin);
  if (memcmp(begin, "\x93NUMPY", magicBytes))
    fail(exitBadInput, "%s: expected an NPY file, found something else", file.name());
  if (begin[magicBytes] < 1 || begin[magicBytes] > 3)
    fail(exitBadInput, "%s: expected version 1, 2 or 3 of NPY, found %d", file.name(), begin[magicBytes]);
  readOrFail(file, header, length, begin[magicBytes] == 1 ? 2 : 4);
  int64_t bytes = length[0] | length[1] << 8 | length[2] << 16 | static_cast<int64_t>(length[3]) << 24;
  if (bytes > mostHeaderBytes)
    fail(exitBadInput, "%s: expected a header of at most %d bytes, found the length %lld", file.name(), mostHeaderBytes,
         (long long)bytes);
  Array<char> text;
  text.resize(bytes + 1);
  readOrFail(file, header, text.data(), bytes);
  readType(header, valueOf(text.data(), "'descr'"));
  readShape(file, header, valueOf(text.data(), "'shape'"));
  const char *order = valueOf(text.data(), "'fortran_order'");
  header.isFortran = header.rank > 1 && order && !strncmp(order, "True", 4);
}

} // namespace bmc
