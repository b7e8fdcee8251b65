/* What the machine can do, for the shares in the tables: multiplications with additions a second, and bytes a second that
 * a copy reads and writes. With as many threads as OpenMP has. */
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef float vector __attribute__((vector_size(64), may_alias));

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Floating-point operations a second, of more sums than the latency of one needs at the same time. */
double operations(int64_t rounds) {
  enum { SUMS = 16 };
  double begin = now(), kept = 0;
  int threads = 0;
#pragma omp parallel reduction(+ : kept, threads)
  {
    vector sums[SUMS], factor = {0}, term = {0};
    factor += 0.999f;
    term += 1e-3f;
    for (int i = 0; i < SUMS; ++i)
      sums[i] = term * (float)i;
    for (int64_t round = 0; round < rounds; ++round)
#pragma GCC unroll 16
      for (int i = 0; i < SUMS; ++i)
        sums[i] = sums[i] * factor + term;
    for (int i = 0; i < SUMS; ++i)
      kept += sums[i][0];
    ++threads;
  }
  double seconds = now() - begin;
  return kept == 0 ? 0 : 2.0 * 16 * SUMS * (double)rounds * threads / seconds;
}

/* Memory for copies: half is read, half is written. */
void *copy_memory(int64_t bytes) {
  void *memory = aligned_alloc(64, (size_t)bytes);
  if (memory)
    memset(memory, 1, (size_t)bytes);
  return memory;
}

/* Seconds of so many copies of one half of the memory to the other. */
double copies(void *memory, int64_t bytes, int64_t calls) {
  int64_t count = bytes / 2 / (int64_t)sizeof(vector);
  vector *from = memory, *to = from + count;
  double begin = now();
  for (int64_t call = 0; call < calls; ++call) {
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; ++i)
      to[i] = from[i];
    __asm__ volatile("" ::: "memory");
  }
  return now() - begin;
}
