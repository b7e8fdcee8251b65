// NPZ files as rows of data: an archive with an NPY file for each array, which is held in memory.
#include "archive.h"
#include "errors.h"
#include "npy.h"

namespace bmc {

/// The name of a part of the archive in messages; it lives as long as the program.
static const char *partName(const char *path, const char *entry) {
  auto *text = create<Text>();
  return text->append(path).append("/").append(entry).get();
}

static bool find(const Archive &archive, const Text &name, Member &member) {
  int64_t at = archive.firstMember();
  for (int64_t i = 0; i < archive.memberCount(); ++i) {
    member = archive.member(at);
    if (member.nameLength == name.size() && !memcmp(member.name, name.get(), name.size()))
      return true;
  }
  return false;
}

static Source *open(const char *path, const bmc_dataset &, bool, FieldUse) {
  auto *source = create<ArraySource>();
  Array<char> &bytes = source->addMemory();
  InputFile(path, false).readRest(bytes);
  Archive archive(path, bytes.data(), bytes.size());
  for (int64_t i = 0; i < bmc_program.field_count; ++i)
    for (int64_t k = 0; k < bmc_program.fields[i].feature_count; ++k) {
      const char *name = bmc_program.fields[i].features[k].names[0];
      int64_t first, width;
      Text entry(name);
      Member member;
      if (source->findArray(name, first, width) || !find(archive, entry.append(".npy"), member))
        continue;
      const char *content = archive.extract(member, source->addMemory());
      auto *array = create<StoredArray>(name, partName(path, entry.get()), content, member.size);
      readNpyArray(*array);
      source->add(array);
    }
  source->finish(path);
  return source;
}

} // namespace bmc

extern "C" const bmc_format bmc_format_npz = {bmc::open};
