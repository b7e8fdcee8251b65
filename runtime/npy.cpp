// NPY files as rows of data: see npy.h.
#include "npy.h"

#include "errors.h"
#include "npy_header.h"

namespace bmc {

static Stored storedType(const StoredArray &array, const NpyHeader &header) {
  static const struct {
    char code[3];
    Stored stored;
  } kinds[] = {{"b1", Stored::u8},  {"i1", Stored::i8},  {"u1", Stored::u8},  {"i2", Stored::i16},
               {"u2", Stored::u16}, {"i4", Stored::i32}, {"u4", Stored::u32}, {"i8", Stored::i64},
               {"u8", Stored::u64}, {"f2", Stored::f16}, {"f4", Stored::f32}, {"f8", Stored::f64}};
  for (const auto &kind : kinds)
    if (!strcmp(kind.code, header.code()))
      return kind.stored;
  fail(exitBadInput, "%s: expected numbers (dtype f2, f4, f8, i1 to i8, u1 to u8 or bool), found dtype '%s'",
       array.file.name(), header.type.size() ? header.type.get() : "of another form");
}

void readNpyArray(StoredArray &array) {
  NpyHeader header;
  readNpyHeader(array.file, header);
  array.headerBytes = header.bytes;
  Stored stored = storedType(array, header);
  if (header.isFortran)
    fail(exitBadInput, "%s: expected rows one behind the other, found Fortran's order: save numpy.ascontiguousarray(a)",
         array.file.name());
  array.describe(stored, header.isSwapped, header.dims, header.rank);
}

static Source *open(const char *path, const bmc_dataset &set, bool again, FieldUse use) {
  return openArrays(path, set, again, use, readNpyArray);
}

} // namespace bmc

extern "C" const bmc_format bmc_format_npy = {bmc::open};
