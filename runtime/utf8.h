// Characters of UTF-8.
#ifndef BMC_UTF8_H
#define BMC_UTF8_H

#include <stdint.h>

namespace bmc {

/// One character as a text.
struct Character {
  char text[5];
};

/// Takes the next character off the text. A byte that belongs to none is U+FFFD, the replacement character.
inline Character takeCharacter(const char *&text) {
  auto first = static_cast<uint8_t>(*text);
  int length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
  Character character = {};
  for (int i = 0; i < length; ++i) {
    bool isRight = i == 0 || (text[i] & 0xc0) == 0x80;
    length = isRight ? length : 0;
    character.text[i] = text[i];
  }
  if (length == 0) {
    ++text;
    return {"\xef\xbf\xbd"};
  }
  text += length;
  return character;
}

} // namespace bmc

#endif
