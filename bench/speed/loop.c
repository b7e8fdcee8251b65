/* Calls of a compiled model in a row, and the seconds that they took; a negative number if one failed. */
#define _POSIX_C_SOURCE 199309L
#include "bmc/model.h"

#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double train_steps(struct bmc_model *model, const void *const *inputs, const void *const *targets, int64_t rows,
                   int64_t calls) {
  double begin = now(), loss;
  for (int64_t i = 0; i < calls; ++i)
    if (bmc_train_step(model, inputs, targets, rows, &loss, NULL) != BMC_OK)
      return -1;
  return now() - begin;
}

double predictions(struct bmc_model *model, const void *const *inputs, int64_t rows, void *const *outputs,
                   int64_t calls) {
  double begin = now();
  for (int64_t i = 0; i < calls; ++i)
    if (bmc_predict(model, inputs, rows, outputs) != BMC_OK)
      return -1;
  return now() - begin;
}
