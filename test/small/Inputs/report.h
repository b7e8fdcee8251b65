/* Numbers as text for whoever compares: their bits, since a small device prints no decimals. */
#include <stdint.h>

#if __STDC_HOSTED__
#include <stdio.h>
static void write_text(const char *text) { fputs(text, stdout); }
#else
void write_text(const char *text);
#endif

static void report(const char *name, float value) {
  union {
    float value;
    uint32_t bits;
  } number = {value};
  char text[16] = " 0x00000000\n";
  for (int i = 0; i < 8; ++i)
    text[3 + i] = "0123456789abcdef"[number.bits >> (28 - 4 * i) & 15];
  write_text(name);
  write_text(text);
}

static inline void report_all(const char *name, const float *values, int count) {
  for (int i = 0; i < count; ++i)
    report(name, values[i]);
}

/* Made-up data, the same everywhere. */
static inline float next_number(void) {
  static uint32_t state = 1;
  state = state * 1664525u + 1013904223u;
  return (float)(state >> 8) / 8388608.0f - 1.0f;
}
