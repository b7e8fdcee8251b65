/* What an instance predicts behind a change of its weights is what another one predicts that never had others. */
#include "check.h"
#include "wide.h"

#include <pthread.h>

enum { THREADS = 4, ROWS = 3, OUTPUTS = ROWS * WIDE_OUTPUT_ELEMENTS, WEIGHTS = 512 * 256 };

static float x[ROWS * WIDE_X_ELEMENTS], given[WEIGHTS];
static int32_t y[ROWS] = {1, 0, 2};

static struct bmc_model *make(int trains, struct bmc_model *weights) {
  struct bmc_options options = BMC_OPTIONS;
  struct bmc_model *model;
  options.rows = ROWS;
  options.trains = trains;
  options.weights = weights;
  CHECK(wide_create(&options, &model) == BMC_OK);
  return model;
}

static struct bmc_model *copyOf(struct bmc_model *model) {
  size_t size;
  struct bmc_model *copy = make(0, NULL);
  CHECK(bmc_save_memory(model, NULL, 0, &size, BMC_WEIGHTS) == BMC_ERROR_MEMORY);
  void *memory = malloc(size);
  CHECK(bmc_save_memory(model, memory, size, &size, BMC_WEIGHTS) == BMC_OK);
  CHECK(bmc_load_memory(copy, memory, size, BMC_WEIGHTS) == BMC_OK);
  free(memory);
  return copy;
}

static int predictsAlike(struct bmc_model *a, struct bmc_model *b) {
  float ofA[OUTPUTS], ofB[OUTPUTS];
  CHECK(wide_predict(a, x, ROWS, ofA) == BMC_OK && wide_predict(b, x, ROWS, ofB) == BMC_OK);
  return memcmp(ofA, ofB, sizeof ofA) == 0;
}

static int evaluatesAlike(struct bmc_model *a, struct bmc_model *b) {
  double ofA, ofB;
  CHECK(wide_evaluate(a, x, y, ROWS, &ofA, NULL) == BMC_OK && wide_evaluate(b, x, y, ROWS, &ofB, NULL) == BMC_OK);
  return ofA == ofB;
}

/* Of all neurons: one may be silent. */
static void raise(float *weight) {
  for (int i = 0; i < WEIGHTS; i += WIDE_X_ELEMENTS)
    weight[i] += 1;
}

/* `before` is what the weights were at the check before, and becomes what they are now. */
static void checkChanged(struct bmc_model *model, struct bmc_model *reader, struct bmc_model **before) {
  struct bmc_model *now = copyOf(model);
  CHECK(!*before || !predictsAlike(*before, now));
  CHECK(evaluatesAlike(model, now) && predictsAlike(model, now));
  CHECK(predictsAlike(reader, now) && evaluatesAlike(reader, now));
  bmc_destroy(*before);
  *before = now;
}

/* The answers of an instance in a thread of its own, in many calls. */
struct Work {
  struct bmc_model *reader;
  const float *expected;
  int isWrong;
};

static void *work(void *argument) {
  struct Work *task = argument;
  float out[OUTPUTS];
  for (int i = 0; i < 200; ++i)
    task->isWrong |= wide_predict(task->reader, x, ROWS, out) != BMC_OK || memcmp(out, task->expected, sizeof out);
  return NULL;
}

/* Several instances read the weights at the same time, while there is a pointer to them. */
static void readTogether(struct bmc_model *model) {
  float expected[OUTPUTS], *weight = bmc_find_variable(model, "fc1.weight", NULL);
  struct Work tasks[THREADS];
  pthread_t threads[THREADS];
  for (int round = 0; round < 5; ++round) {
    raise(weight);
    struct bmc_model *now = copyOf(model);
    CHECK(wide_predict(now, x, ROWS, expected) == BMC_OK);
    bmc_destroy(now);
    for (int i = 0; i < THREADS; ++i) {
      tasks[i] = (struct Work){make(0, model), expected, 0};
      CHECK(pthread_create(&threads[i], NULL, work, &tasks[i]) == 0);
    }
    for (int i = 0; i < THREADS; ++i) {
      CHECK(pthread_join(threads[i], NULL) == 0 && !tasks[i].isWrong);
      bmc_destroy(tasks[i].reader);
    }
  }
}

int main(void) {
  struct bmc_model *model = make(1, NULL), *reader = make(0, model), *before = NULL, *first;
  for (int i = 0; i < ROWS * WIDE_X_ELEMENTS; ++i)
    x[i] = (float)(i % 17 + 1) / 17;
  for (int i = 0; i < WEIGHTS; ++i)
    given[i] = (float)(i % 13) / 130;
  CHECK(bmc_init(model, 1) == BMC_OK);
  checkChanged(model, reader, &before);
  first = copyOf(model);
  CHECK(bmc_init(model, 2) == BMC_OK);
  checkChanged(model, reader, &before);
  for (int step = 0; step < 3; ++step) {
    CHECK(wide_train_step(model, x, y, ROWS, NULL, NULL) == BMC_OK);
    checkChanged(model, reader, &before);
  }
  CHECK(bmc_set(model, "fc1.weight", given, sizeof given) == BMC_OK);
  checkChanged(model, reader, &before);
  CHECK(bmc_save_file(first, "first.safetensors", BMC_WEIGHTS) == BMC_OK);
  CHECK(bmc_load_file(model, "first.safetensors", BMC_WEIGHTS) == BMC_OK);
  checkChanged(model, reader, &before);

  /* Through a pointer, as often as one likes, also one that the reading instance gave. */
  float *weight = bmc_find_variable(model, "fc1.weight", NULL);
  for (int i = 0; i < 3; ++i) {
    raise(weight);
    checkChanged(model, reader, &before);
  }
  raise(weight);
  bmc_settle(model);
  checkChanged(model, reader, &before);
  CHECK(wide_train_step(model, x, y, ROWS, NULL, NULL) == BMC_OK);
  checkChanged(model, reader, &before);
  weight = bmc_find_variable(reader, "fc1.weight", NULL);
  raise(weight);
  checkChanged(model, reader, &before);
  bmc_settle(reader);
  CHECK(predictsAlike(model, before) && predictsAlike(reader, before));

  /* The promise is believed, and ends with the next pointer. */
  raise(weight);
  CHECK(predictsAlike(model, before) && predictsAlike(reader, before));
  CHECK(bmc_find_variable(model, "fc1.weight", NULL) == weight);
  checkChanged(model, reader, &before);

  readTogether(model);

  /* What is packed is no variable. */
  struct bmc_tensor tensor;
  for (int64_t i = 0; i < bmc_count(&wide_library, BMC_VARIABLES); ++i)
    CHECK(bmc_describe(&wide_library, BMC_VARIABLES, i, &tensor) == BMC_OK && !strstr(tensor.name, "packed"));
  CHECK(!bmc_find_variable(model, "packed:fc1.weight", NULL));
  bmc_destroy(reader);
  bmc_destroy(model);
  bmc_destroy(first);
  bmc_destroy(before);
  puts("always current");
  return 0;
}
