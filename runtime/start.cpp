// Where a static program begins: it can be loaded anywhere, so its pointers are moved before anything reads one. The C
// library's start-up code, which follows, knows only relocations of 24 bytes each; these are two bits each (RELR),
// which makes a program smaller by a twelfth.
#include <elf.h>
#include <stdint.h>

namespace {
enum { relrTag = 36, relrSizeTag = 35, wordsOfMap = 63 };
} // namespace

// The linker's: the program's first byte, and its table of what a loader wants to know. Hidden, so that their addresses
// are relative to the code's.
extern "C" __attribute__((visibility("hidden"))) char __ehdr_start[];
extern "C" __attribute__((visibility("hidden"))) const Elf64_Dyn _DYNAMIC[];

/// An even entry is the place of a pointer; an odd one is a map of which of the following 63 words are pointers.
extern "C" __attribute__((used)) void bmc_relocate() {
  auto base = reinterpret_cast<uint64_t>(__ehdr_start);
  const uint64_t *entries = nullptr;
  uint64_t count = 0;
  for (const Elf64_Dyn *entry = _DYNAMIC; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == relrTag)
      entries = reinterpret_cast<const uint64_t *>(base + entry->d_un.d_ptr);
    if (entry->d_tag == relrSizeTag)
      count = entry->d_un.d_val / sizeof *entries;
  }
  uint64_t *next = nullptr;
  for (uint64_t i = 0; i < count; ++i) {
    if (!(entries[i] & 1)) {
      next = reinterpret_cast<uint64_t *>(base + entries[i]);
      *next++ += base;
      continue;
    }
    uint64_t map = entries[i] >> 1;
    for (uint64_t *word = next; map; map >>= 1, ++word)
      if (map & 1)
        *word += base;
    next += wordsOfMap;
  }
}

// Calls it, and goes on at the C library's `_start` with the stack and the registers as the system gave them.
#if defined(__x86_64__)
__asm__(".globl bmc_start\n.hidden bmc_start\n.type bmc_start, @function\n"
        "bmc_start:\n"
        "  push %rdx\n"
        "  mov %rsp, %rbx\n"
        "  and $-16, %rsp\n"
        "  call bmc_relocate\n"
        "  mov %rbx, %rsp\n"
        "  pop %rdx\n"
        "  jmp _start\n");
#elif defined(__aarch64__)
__asm__(".globl bmc_start\n.hidden bmc_start\n.type bmc_start, %function\n"
        "bmc_start:\n"
        "  mov x19, x0\n"
        "  bl bmc_relocate\n"
        "  mov x0, x19\n"
        "  b _start\n");
#endif
