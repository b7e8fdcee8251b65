/* Metrics of all kinds of metrics.bm: means, sums over rows, tensors, all rows. */
#include "check.h"
#include "metrics.h"

#include <math.h>

enum { ROWS = 4 };

static void expect(const double *found, double hits, const double *confusion) {
  CHECK(found[0] == hits);
  for (int i = 0; i < 9; ++i)
    CHECK(found[1 + i] == confusion[i]);
}

int main(void) {
  static const float x[ROWS * METRICS_X_ELEMENTS] = {3, 1, 2, 0, 5, 1, 0, 2, 9, 4, 1, 1};
  static const int32_t y[ROWS] = {0, 1, 2, 1};
  /* Rows: the class; columns: the largest score. */
  static const double all[9] = {1, 0, 0, 1, 1, 0, 0, 0, 1}, first[9] = {1, 0, 0, 0, 0, 0, 0, 0, 0};
  struct bmc_options options = BMC_OPTIONS;
  struct bmc_model *model;
  struct bmc_tensor tensor;
  double loss, metrics[METRICS_METRICS];
  options.rows = ROWS;
  CHECK(METRICS_METRICS == 1 + 9 + 1 + 3 + 3 && bmc_count(&metrics_library, BMC_METRICS) == 5);
  CHECK(bmc_describe(&metrics_library, BMC_METRICS, 1, &tensor) == BMC_OK);
  CHECK(!strcmp(tensor.name, "confusion") && tensor.rank == 2 && tensor.dims[0] == 3 && tensor.bytes == 72);
  CHECK(metrics_create(&options, &model) == BMC_OK && bmc_init(model, 0) == BMC_OK);
  for (int again = 0; again < 2; ++again) { /* each call counts anew */
    CHECK(metrics_evaluate(model, x, y, ROWS, &loss, metrics) == BMC_OK);
    expect(metrics, 0.75, all);
    CHECK(metrics[11] == 1 && metrics[12] == 0.5 && metrics[13] == 1); /* recall of each class */
    CHECK(fabs(metrics[10] - 29.0 / 12) < 1e-6);                      /* the mean of the scores */
    CHECK(metrics[14] == 9 && metrics[15] == 0 && metrics[16] == 2);  /* of all rows */
  }
  CHECK(metrics_evaluate(model, x, y, 1, &loss, metrics) == BMC_OK);
  expect(metrics, 1, first);
  CHECK(metrics[14] == 3 && metrics[15] == 1 && metrics[16] == 0);
  CHECK(metrics_train_step(model, x, y, ROWS, &loss, metrics) == BMC_OK);
  expect(metrics, 0.75, all);
  CHECK(metrics[14] == 9 && metrics[15] == 0 && metrics[16] == 2);
  CHECK(metrics_train_step(model, x, y, ROWS, &loss, NULL) == BMC_OK);
  puts("counted");
  bmc_destroy(model);
  return 0;
}
