/* Three models in one program, several instances of each in threads of their own, the widest with threads for its loops: each instance's losses are those that
 * it has when it is alone. */
#include "check.h"
#include "iris.h"
#include "simple.h"
#include "wide.h"

#include <pthread.h>
#include <string.h>

enum { THREADS = 4, STEPS = 300, WIDE_STEPS = 5, ROWS = 12, WIDE_ROWS = 256 };

static float x[ROWS * IRIS_X_ELEMENTS], y[ROWS];
static float wideX[WIDE_ROWS * WIDE_X_ELEMENTS];
static int32_t classes[WIDE_ROWS];

struct Result {
  double simple, iris, wide;
};

static struct bmc_model *make(const struct bmc_library *library, int32_t threads, uint64_t seed) {
  struct bmc_options options = BMC_OPTIONS;
  options.rows = WIDE_ROWS;
  options.threads = threads;
  struct bmc_model *model;
  CHECK(bmc_create(library, &options, &model) == BMC_OK && bmc_init(model, seed) == BMC_OK);
  return model;
}

static struct Result train(uint64_t seed, int32_t threads) {
  struct Result result = {0, 0, 0};
  struct bmc_model *simple = make(&simple_library, threads, seed), *iris = make(&iris_library, threads, seed);
  struct bmc_model *wide = make(&wide_library, threads, seed);
  double accuracy;
  for (int step = 0; step < STEPS; ++step) {
    CHECK(simple_train_step(simple, x, y, ROWS, &result.simple) == BMC_OK);
    CHECK(iris_train_step(iris, x, classes, ROWS, &result.iris, &accuracy) == BMC_OK);
  }
  for (int step = 0; step < WIDE_STEPS; ++step)
    CHECK(wide_train_step(wide, wideX, classes, WIDE_ROWS, &result.wide, &accuracy) == BMC_OK);
  bmc_destroy(wide);
  bmc_destroy(simple);
  bmc_destroy(iris);
  return result;
}

struct Work {
  uint64_t seed;
  struct Result result;
};

static void *work(void *argument) {
  struct Work *work = argument;
  work->result = train(work->seed, 2);
  return NULL;
}

int main(void) {
  for (int i = 0; i < ROWS * IRIS_X_ELEMENTS; ++i)
    x[i] = (float)(i * 7 % 13) / 13;
  for (int i = 0; i < WIDE_ROWS * WIDE_X_ELEMENTS; ++i)
    wideX[i] = (float)(i * 7 % 101) / 101;
  for (int row = 0; row < ROWS; ++row)
    y[row] = (float)row / ROWS;
  for (int row = 0; row < WIDE_ROWS; ++row)
    classes[row] = row % 3;
  pthread_t threads[THREADS];
  struct Work works[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    works[i].seed = (uint64_t)i + 1;
    CHECK(pthread_create(&threads[i], NULL, work, &works[i]) == 0);
  }
  for (int i = 0; i < THREADS; ++i) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    struct Result alone = train(works[i].seed, 1);
    CHECK(alone.simple == works[i].result.simple && alone.iris == works[i].result.iris &&
          alone.wide == works[i].result.wide);
  }
  puts("all alike");
  return 0;
}
