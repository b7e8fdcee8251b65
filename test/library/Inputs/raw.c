/* Raw columns in C, without an allocation by the calls, whatever the host's locale is. */
#include "check.h"
#include "raw.h"

#include <locale.h>
#include <math.h>

static int allocations;

static void *count(void *context, size_t bytes, size_t alignment) {
  (void)context;
  ++allocations;
  return aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

static void release(void *context, void *memory, size_t bytes) {
  (void)context, (void)bytes;
  --allocations;
  free(memory);
}

int main(void) {
  static const char *kind[2] = {"north", "nowhere"}, *name[2] = {"Bo", NULL}, *sex[2] = {"male", NULL},
                    *deck[2] = {"B \"C\"", NULL};
  static const double age[2] = {30, NAN}, fare[2] = {0, 2}, pair[4] = {1, 2, 3, 4}, size[2] = {9, 1};
  const void *columns[9] = {age, sex, fare, pair, deck, size, size, kind, name};
  static float x[2 * RAW_X_ELEMENTS], out[2 * 2];
  static int32_t k[2], t[2 * RAW_T_ELEMENTS];
  void *inputs[3] = {x, k, t}, *outputs[1] = {out};
  const void *given[3] = {x, k, t};
  double restored[4];
  struct bmc_allocator allocator = {NULL, count, release};
  struct bmc_options options = BMC_OPTIONS;
  struct bmc_model *model;
  struct bmc_tensor tensor;
  options.rows = 2;
  options.allocator = &allocator;
  (void)setlocale(LC_ALL, "");
  CHECK(raw_create(&options, &model) == BMC_OK && bmc_count(&raw_library, BMC_COLUMNS) == 9);
  CHECK(bmc_describe(&raw_library, BMC_COLUMNS, 3, &tensor) == BMC_OK && tensor.rank == 1 && tensor.dims[0] == 2);
  CHECK(bmc_describe(&raw_library, BMC_COLUMNS, 7, &tensor) == BMC_OK && tensor.type == BMC_TEXT);
  CHECK(bmc_load_file(model, "raw.safetensors", BMC_WEIGHTS) == BMC_OK);
  int before = allocations;
  CHECK(bmc_prepare(model, columns, 2, inputs) == BMC_OK);
  CHECK(x[3] == 0 && fabs(x[RAW_X_ELEMENTS + 3] - log1p(2)) < 1e-6);            /* log1p(fare) */
  CHECK(x[6] == 0 && x[7] == 1 && x[8] == 0 && x[RAW_X_ELEMENTS + 8] == 1);      /* deck: its second one, unknown */
  CHECK(x[9] == 3.5 && x[10] == 5 && x[RAW_X_ELEMENTS + 10] == 1);               /* size / 2 - 1, clip(size, 0, 5) */
  CHECK(x[1] + x[2] == 1 && x[RAW_X_ELEMENTS + 1] + x[RAW_X_ELEMENTS + 2] == 1); /* sex, and the most frequent one */
  CHECK(k[1] == 3 && t[0] > 0 && t[2] == 0 && t[RAW_T_ELEMENTS] == 0);
  CHECK(bmc_predict(model, given, 2, outputs) == BMC_OK && bmc_restore(model, 0, out, 2, restored) == BMC_OK);
  CHECK(restored[0] > -1 && restored[0] != out[0] && allocations == before);
  columns[2] = NULL;
  EXPECT(model, BMC_ERROR_ARGUMENT, bmc_prepare(model, columns, 2, inputs), "expected a pointer to column 2, found null");
  EXPECT(model, BMC_ERROR_ARGUMENT, bmc_restore(model, 1, out, 2, restored), "found output 1");
  CHECK(bmc_init(model, 1) == BMC_OK);
  bmc_destroy(model);
  CHECK(allocations == 0);
  puts("prepared");
  return 0;
}
