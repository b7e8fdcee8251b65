// Weight files as numpy.savez and savez_compressed write them: an archive with an NPY file for each tensor.
#include "archive.h"
#include "errors.h"
#include "npy_header.h"
#include "safetensors_header.h"
#include "weight_file.h"

#include <ctype.h>

namespace bmc {

static const char extension[] = ".npy";
enum { extensionLength = sizeof extension - 1 };

/// The type as safetensors call it: `f4` is F32, `b1` is BOOL.
static const StoredType *storedType(const NpyHeader &header) {
  const char *code = header.code();
  Text name;
  if (!strcmp(code, "b1"))
    name.append("BOOL");
  else if (islower(*code) && isdigit(code[1]) && !code[2]) // upper case is for texts and others
    name.format("%c%d", toupper(*code), (code[1] - '0') * 8);
  return findStoredType(name.get());
}

static void checkSize(const InputFile &file, const NpyHeader &header, const StoredType &type) {
  int64_t expected = type.bytes, found = file.size() - header.bytes;
  bool overflow = false;
  for (int64_t i = 0; i < header.rank; ++i)
    overflow |= __builtin_mul_overflow(expected, header.dims[i], &expected);
  if (overflow || expected != found)
    fail(exitBadInput, "%s: expected as many bytes as its shape says, found %lld", file.name(), (long long)found);
}

static void addArray(const char *path, const Archive &archive, const Member &member, TensorTable &table) {
  Text label(path);
  label.append("/").append(member.name, member.nameLength);
  auto *memory = create<Array<char>>();
  table.memory.push(memory);
  const char *content = archive.extract(member, *memory);
  InputFile file(label.get(), content, member.size);
  NpyHeader header;
  readNpyHeader(file, header);
  const StoredType *type = storedType(header);
  if (type)
    checkSize(file, header, *type);
  Text typeName(type ? type->name : "dtype ");
  typeName.append(type ? "" : header.type.get());
  int64_t name = table.addText(member.name, member.nameLength - extensionLength);
  table.tensors.push({name, table.addText(typeName.get(), typeName.size()), table.dims.size(), header.rank,
                      content + header.bytes, member.size - header.bytes, type ? type->element : -1, header.isSwapped,
                      header.isFortran});
  table.dims.append(header.dims, header.rank);
}

void readArrays(const char *path, const MappedFile &file, TensorTable &table) {
  Archive archive(path, file.bytes(), file.size());
  int64_t at = archive.firstMember();
  for (int64_t i = 0; i < archive.memberCount(); ++i) {
    Member member = archive.member(at);
    int64_t end = member.nameLength - extensionLength;
    if (end > 0 && !memcmp(member.name + end, extension, extensionLength))
      addArray(path, archive, member, table);
  }
}

} // namespace bmc
