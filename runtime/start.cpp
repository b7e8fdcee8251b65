// Where a static program begins: it can be loaded anywhere, so its pointers are moved before anything reads one. The C
// library's start-up code, which follows, knows only relocations of 8 to 24 bytes each; these are two bits each
// (RELR), which makes a program smaller by a twelfth.
#include <elf.h>
#include <stdint.h>

namespace {
#if UINTPTR_MAX == UINT64_MAX
using DynamicEntry = Elf64_Dyn;
#else
using DynamicEntry = Elf32_Dyn;
#endif
enum { relrTag = 36, relrSizeTag = 35, wordsOfMap = 8 * sizeof(uintptr_t) - 1 };
} // namespace

// The linker's: the program's first byte, and its table of what a loader wants to know. Hidden, so that their addresses
// are relative to the code's.
extern "C" __attribute__((visibility("hidden"))) char __ehdr_start[];
extern "C" __attribute__((visibility("hidden"))) const DynamicEntry _DYNAMIC[];

/// An even entry is the place of a pointer; an odd one is a map of the words that follow: a bit of each that is one.
extern "C" __attribute__((used)) void bmc_relocate() {
  auto base = reinterpret_cast<uintptr_t>(__ehdr_start);
  const uintptr_t *entries = nullptr;
  uintptr_t count = 0;
  for (const DynamicEntry *entry = _DYNAMIC; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == relrTag)
      entries = reinterpret_cast<const uintptr_t *>(base + entry->d_un.d_ptr);
    if (entry->d_tag == relrSizeTag)
      count = entry->d_un.d_val / sizeof *entries;
  }
  uintptr_t *next = nullptr;
  for (uintptr_t i = 0; i < count; ++i) {
    if (!(entries[i] & 1)) {
      next = reinterpret_cast<uintptr_t *>(base + entries[i]);
      *next++ += base;
      continue;
    }
    uintptr_t map = entries[i] >> 1;
    for (uintptr_t *word = next; map; map >>= 1, ++word)
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
#elif defined(__arm__)
__asm__(".globl bmc_start\n.hidden bmc_start\n.type bmc_start, %function\n.thumb_func\n"
        "bmc_start:\n"
        "  mov r4, r0\n"
        "  bl bmc_relocate\n"
        "  mov r0, r4\n"
        "  b _start\n");
#endif
