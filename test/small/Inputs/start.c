/* What runs before and below `main` on a Cortex-M in the emulator: the vector table, memory, the floating-point unit,
 * and text and the end of the program by semihosting. No C library. */
#include <stddef.h>
#include <stdint.h>

extern uint32_t stack_end, data_load, data_begin, data_end, bss_begin, bss_end;
int main(void);
void reset(void);

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i)
    ((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
  return to;
}
void *memset(void *to, int value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i)
    ((volatile uint8_t *)to)[i] = (uint8_t)value;
  return to;
}
void *memmove(void *to, const void *from, size_t bytes) {
  if (to <= from)
    return memcpy(to, from, bytes);
  for (size_t i = bytes; i-- > 0;)
    ((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
  return to;
}

static int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt #0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void write_text(const char *text) { semihosting(0x04, text); }

static void end(int status) {
  const uint32_t block[] = {0x20026, (uint32_t)status}; /* the application's own exit */
  for (;;)
    semihosting(0x20, block);
}

static void fault(void) {
  write_text("fault\n");
  end(1);
}

void reset(void) {
  *(volatile uint32_t *)0xe000ed88 |= 0xfu << 20; /* the coprocessors that are the floating-point unit */
  __asm__ volatile("dsb\n isb");
  memcpy(&data_begin, &data_load, (size_t)((char *)&data_end - (char *)&data_begin));
  memset(&bss_begin, 0, (size_t)((char *)&bss_end - (char *)&bss_begin));
  end(main());
}

__attribute__((section(".vectors"), used)) static const struct {
  const void *stack;
  void (*handlers[15])(void);
} vectors = {&stack_end, {reset, fault, fault, fault, fault, fault, fault}};
