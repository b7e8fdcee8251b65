// What the formats have in common: see source.h.
#include "source.h"

namespace bmc {

bool Source::integer(int64_t, int64_t &) { return false; }

int Source::hasHeader() const { return 0; }

const char *Source::firstCell(int64_t) const { return ""; }

void Source::useHeader(bool) {}

const char *Source::columnName(int64_t) const { return nullptr; }

bool Source::findArray(const char *, int64_t &, int64_t &) { return false; }

void appendShown(Text &out, const char *text) {
  enum { shownCharacters = 40 };
  for (const char *p = text; *p && p - text < shownCharacters; ++p)
    out.appendCharacter(static_cast<unsigned char>(*p) < 0x20 || *p == 0x7f ? '?' : *p);
  if (strlen(text) > shownCharacters)
    out.append("...");
}

} // namespace bmc

/// What a call of a virtual function without a body would reach; the C++ library that has it is not there.
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }
