/* No memory is allocated after set-up: neither from the caller's allocator nor from the C library, whose functions are
 * replaced here. With threads, and through every call that is not set-up. */
#include "check.h"
#include "wide.h"

#include <string.h>

static long fromLibc; /* allocations since the program began */

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static void count(void) { __atomic_fetch_add(&fromLibc, 1, __ATOMIC_RELAXED); }
static long counted(void) { return __atomic_load_n(&fromLibc, __ATOMIC_RELAXED); }

void *malloc(size_t bytes) {
  count();
  return __libc_malloc(bytes);
}
void *calloc(size_t number, size_t bytes) {
  count();
  return __libc_calloc(number, bytes);
}
void *realloc(void *memory, size_t bytes) {
  count();
  return __libc_realloc(memory, bytes);
}
int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  count();
  return (*memory = __libc_memalign(alignment, bytes)) ? 0 : 12;
}
void free(void *memory) { __libc_free(memory); }

struct Counts {
  long allocations, releases;
  size_t bytes;
  long failAt; /* the allocation that gets no memory; 0: none */
};

static void *allocate(void *context, size_t bytes, size_t alignment) {
  struct Counts *counts = context;
  if (++counts->allocations == counts->failAt)
    return NULL;
  counts->bytes += bytes;
  return __libc_memalign(alignment, bytes);
}

static void release(void *context, void *memory, size_t bytes) {
  struct Counts *counts = context;
  ++counts->releases;
  counts->bytes -= bytes;
  __libc_free(memory);
}

enum { ROWS = 256 };

static float x[ROWS * WIDE_X_ELEMENTS], out[ROWS * WIDE_OUTPUT_ELEMENTS];
static int32_t y[ROWS];
static char saved[4 << 20];

static void work(struct bmc_model *model) {
  double loss, metrics[WIDE_METRICS];
  size_t size;
  for (int64_t rows = 1; rows <= ROWS; rows += 51) {
    CHECK(wide_train_step(model, x, y, rows, &loss, metrics) == BMC_OK);
    CHECK(wide_evaluate(model, x, y, rows, &loss, metrics) == BMC_OK);
    CHECK(wide_predict(model, x, rows, out) == BMC_OK);
  }
  CHECK(bmc_init(model, 1) == BMC_OK && bmc_set_hyper(model, "lr", 0.01) == BMC_OK);
  CHECK(bmc_save_memory(model, saved, sizeof saved, &size, BMC_EVERYTHING) == BMC_OK);
  CHECK(bmc_load_memory(model, saved, size, BMC_EVERYTHING) == BMC_OK);
  CHECK(bmc_save_file(model, "saved", BMC_WEIGHTS) == BMC_OK);
  CHECK(wide_predict(model, x, ROWS + 1, out) == BMC_ERROR_ROWS);
}

/* Each allocation of set-up may fail; nothing is lost then. */
static void runsOutOfMemory(void) {
  for (long failAt = 1;; ++failAt) {
    struct Counts counts = {0, 0, 0, failAt};
    struct bmc_allocator allocator = {&counts, allocate, release};
    struct bmc_options options = BMC_OPTIONS;
    options.allocator = &allocator;
    struct bmc_model *model;
    enum bmc_status status = wide_create(&options, &model);
    if (status == BMC_OK)
      bmc_destroy(model);
    else
      CHECK(status == BMC_ERROR_MEMORY && !model);
    CHECK(counts.bytes == 0);
    if (status == BMC_OK)
      return;
  }
}

int main(void) {
  struct Counts counts = {0, 0, 0, 0};
  struct bmc_allocator allocator = {&counts, allocate, release};
  struct bmc_options options = BMC_OPTIONS;
  options.rows = ROWS;
  options.threads = 3;
  options.allocator = &allocator;
  struct bmc_model *model;
  for (int i = 0; i < ROWS * WIDE_X_ELEMENTS; ++i)
    x[i] = (float)(i % 17) / 17;
  for (int row = 0; row < ROWS; ++row)
    y[row] = row % 10;

  CHECK(wide_create(&options, &model) == BMC_OK && bmc_init(model, 0) == BMC_OK);
  CHECK(counts.allocations > 0 && counts.bytes > 0);
  long before = counts.allocations, beforeLibc = counted();
  work(model);
  long after = counts.allocations, afterLibc = counted();
  CHECK(bmc_load_file(model, "saved", BMC_WEIGHTS) == BMC_OK); /* borrows memory for the header */
  long afterFile = counts.allocations, afterFileLibc = counted();
  printf("after set-up: %ld from the caller, %ld from the C library\n", after - before, afterLibc - beforeLibc);
  printf("load_file: %ld from the caller, %ld from the C library\n", afterFile - after, afterFileLibc - afterLibc);
  bmc_destroy(model);
  CHECK(counts.allocations == counts.releases && counts.bytes == 0);
  runsOutOfMemory();
  return 0;
}
