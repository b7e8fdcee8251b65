// ZIP archives: see archive.h.
#include "archive.h"

#include "errors.h"
#include "inflate.h"

namespace bmc {

enum { endBytes = 22, entryBytes = 46, localBytes = 30, longestComment = 65535, stored = 0, deflated = 8 };
// Of archives beyond 4 GB: what points to their end, in front of the usual one.
enum { wideEndBytes = 56, locatorBytes = 20 };
enum : int64_t { inExtra = 0xffffffff };

void Archive::failWith(const char *found) const {
  fail(exitBadInput, "%s: expected an archive (NPZ), found %s", path, found);
}

Archive::Archive(const char *path, const char *bytes, int64_t size) : path(path), bytes(bytes), size(size) {
  findDirectory();
}

void Archive::findDirectory() {
  int64_t end = size - endBytes, last = end - longestComment;
  while (end >= 0 && end >= last && number(end, 4) != 0x06054b50)
    --end;
  if (end < 0 || end < last)
    failWith("no directory at its end: it is cut off or none");
  count = number(end + 10, 2);
  directory = number(end + 16, 4);
  if (end < locatorBytes || number(end - locatorBytes, 4) != 0x07064b50)
    return;
  int64_t wide = number(end - locatorBytes + 8, 8);
  if (number(wide, 4) != 0x06064b50)
    failWith("a broken directory");
  count = number(wide + 32, 8);
  directory = number(wide + 48, 8);
}

/// A number with its lowest byte first; every place is checked here.
int64_t Archive::number(int64_t at, int width) const {
  if (at < 0 || at > size - width)
    failWith("a place outside of it");
  uint64_t value = 0;
  for (int i = width - 1; i >= 0; --i)
    value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return static_cast<int64_t>(value);
}

Member Archive::member(int64_t &at) const {
  if (number(at, 4) != 0x02014b50)
    failWith("a broken directory");
  Member member = {bytes + at + entryBytes, number(at + 28, 2), number(at + 10, 2), number(at + 16, 4),
                   number(at + 20, 4),      number(at + 24, 4), number(at + 42, 4)};
  int64_t extra = at + entryBytes + member.nameLength, extraLength = number(at + 30, 2);
  at = extra + extraLength + number(at + 32, 2);
  number(at - 1, 1);
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

const char *Archive::extract(const Member &member, Array<char> &memory) const {
  if (number(member.offset, 4) != 0x04034b50)
    failWith("a broken entry");
  int64_t begin = member.offset + localBytes + number(member.offset + 26, 2) + number(member.offset + 28, 2);
  if (member.compressed < 0 || member.size < 0 || begin > size || member.compressed > size - begin)
    failWith("an entry that is cut off");
  const char *content = bytes + begin, *error = nullptr;
  int64_t used;
  if (member.method == deflated) {
    error = inflate(reinterpret_cast<const uint8_t *>(content), member.compressed, memory, member.size, used);
    content = memory.data();
    if (!error && memory.size() != member.size)
      error = "an entry of another size than its directory says";
  } else if (member.method != stored || member.size != member.compressed) {
    error = "an entry that is neither stored nor deflated";
  }
  if (!error && checksum(content, member.size) != static_cast<uint32_t>(member.checksum))
    error = "an entry whose checksum is wrong";
  if (error)
    failWith(error);
  return content;
}

} // namespace bmc
