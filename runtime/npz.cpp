// NPZ files: a ZIP archive with an NPY file for each array, stored or deflated. The arrays that the program names are
// held in memory.
#include "errors.h"
#include "inflate.h"
#include "npy.h"

namespace bmc {
namespace {

/// A file in the archive, as its directory has it.
struct Member {
  const char *name; // not zero-terminated
  int64_t nameLength, method, checksum, compressed, size, offset;
};

class Archive {
public:
  explicit Archive(const char *path);
  bool find(const char *name, Member &member) const;
  void extract(const Member &member, Array<char> &to) const;

private:
  int64_t number(int64_t at, int bytes) const;
  Member memberAt(int64_t at, int64_t &next) const;
  void readWideSizes(Member &member, int64_t extra, int64_t length) const;
  [[noreturn]] void failWith(const char *found) const {
    fail(exitBadInput, "%s: expected an archive (NPZ), found %s", path, found);
  }

  const char *path;
  Array<char> bytes;
  int64_t directory = 0, count = 0;
};

enum { endBytes = 22, entryBytes = 46, localBytes = 30, longestComment = 65535, stored = 0, deflated = 8 };
enum : int64_t { inExtra = 0xffffffff };

Archive::Archive(const char *path) : path(path) {
  InputFile file(path, false);
  file.readRest(bytes);
  int64_t end = bytes.size() - endBytes, last = end - longestComment;
  while (end >= 0 && end >= last && number(end, 4) != 0x06054b50)
    --end;
  if (end < 0 || end < last)
    failWith("no directory at its end");
  count = number(end + 10, 2);
  directory = number(end + 16, 4);
}

/// A number with its lowest byte first; every place is checked here.
int64_t Archive::number(int64_t at, int width) const {
  if (at < 0 || at + width > bytes.size())
    failWith("a place outside of it");
  uint64_t value = 0;
  for (int i = width - 1; i >= 0; --i)
    value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return static_cast<int64_t>(value);
}

Member Archive::memberAt(int64_t at, int64_t &next) const {
  if (number(at, 4) != 0x02014b50)
    failWith("a broken directory");
  Member member = {bytes.data() + at + entryBytes,
                   number(at + 28, 2),
                   number(at + 10, 2),
                   number(at + 16, 4),
                   number(at + 20, 4),
                   number(at + 24, 4),
                   number(at + 42, 4)};
  int64_t extra = at + entryBytes + member.nameLength, extraLength = number(at + 30, 2);
  next = extra + extraLength + number(at + 32, 2);
  number(next - 1, 1);
  readWideSizes(member, extra, extraLength);
  return member;
}

/// Sizes of 4 GB and more stand behind the name.
void Archive::readWideSizes(Member &member, int64_t extra, int64_t length) const {
  for (int64_t at = extra; at + 4 <= extra + length; at += 4 + number(at + 2, 2)) {
    if (number(at, 2) != 1)
      continue;
    int64_t place = at + 4;
    int64_t *const values[] = {&member.size, &member.compressed, &member.offset};
    for (int64_t *value : values)
      if (*value == inExtra) {
        *value = number(place, 8);
        place += 8;
      }
  }
}

bool Archive::find(const char *name, Member &member) const {
  int64_t at = directory, length = static_cast<int64_t>(strlen(name));
  for (int64_t i = 0; i < count; ++i) {
    member = memberAt(at, at);
    if (member.nameLength == length && !memcmp(member.name, name, length))
      return true;
  }
  return false;
}

void Archive::extract(const Member &member, Array<char> &to) const {
  if (number(member.offset, 4) != 0x04034b50)
    failWith("a broken entry");
  int64_t begin = member.offset + localBytes + number(member.offset + 26, 2) + number(member.offset + 28, 2);
  if (member.compressed < 0 || member.size < 0 || begin > bytes.size() || member.compressed > bytes.size() - begin)
    failWith("an entry that is cut off");
  const char *error = nullptr;
  int64_t used;
  if (member.method == stored && member.size == member.compressed)
    to.append(bytes.data() + begin, member.size);
  else if (member.method == deflated)
    error = inflate(reinterpret_cast<const uint8_t *>(bytes.data()) + begin, member.compressed, to, member.size, used);
  else
    failWith("an entry that is neither stored nor deflated");
  if (!error && to.size() != member.size)
    error = "an entry of another size than its directory says";
  if (!error && checksum(to.data(), to.size()) != static_cast<uint32_t>(member.checksum))
    error = "an entry whose checksum is wrong";
  if (error)
    failWith(error);
}

} // namespace

/// The name of a part of the archive in messages; it lives as long as the program.
static const char *partName(const char *path, const char *entry) {
  auto *text = create<Text>();
  return text->append(path).append("/").append(entry).get();
}

static Source *open(const char *path, const bmc_dataset &, bool) {
  Archive archive(path);
  auto *source = create<ArraySource>();
  for (int64_t i = 0; i < bmc_program.field_count; ++i)
    for (int64_t k = 0; k < bmc_program.fields[i].feature_count; ++k) {
      const char *name = bmc_program.fields[i].features[k].names[0];
      int64_t first, width;
      Text entry(name);
      Member member;
      if (source->findArray(name, first, width) || !archive.find(entry.append(".npy").get(), member))
        continue;
      auto *array = create<StoredArray>(name, partName(path, entry.get()));
      archive.extract(member, array->file.content());
      readNpyHeader(*array);
      source->add(array);
    }
  source->finish(path);
  return source;
}

} // namespace bmc

extern "C" const bmc_format bmc_format_npz = {bmc::open};
