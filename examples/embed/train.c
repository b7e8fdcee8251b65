/* Trains examples/simple.bm in a C program, saves its weights, and lets a second instance predict with them.
 *
 *   bmc examples/simple.bm --emit=lib
 *   cc train.c -I PREFIX/include libsimple.a -lm -o train && ./train
 */
#include "simple.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 4, EPOCHS = 100 };

static const float x[ROWS * SIMPLE_X_ELEMENTS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const float y[ROWS * SIMPLE_Y_ELEMENTS] = {0.1f, 0.2f, 0.3f, 0.4f};

/* Errors are codes with a message: what to do about them is the caller's business. */
static void check(struct bmc_model *model, enum bmc_status status) {
  if (status == BMC_OK)
    return;
  fprintf(stderr, "%s\n", bmc_message(model));
  exit(1);
}

int main(void) {
  char message[256] = "";
  struct bmc_options options = BMC_OPTIONS;
  options.rows = ROWS;
  options.message = message;
  options.message_bytes = sizeof message;

  struct bmc_model *model;
  if (simple_create(&options, &model) != BMC_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  check(model, bmc_init(model, 1));
  check(model, bmc_set_hyper(model, "lr", 0.01));
  double first = 0, loss = 0;
  for (int epoch = 0; epoch < EPOCHS; ++epoch) {
    check(model, simple_train_step(model, x, y, ROWS, &loss));
    if (epoch == 0)
      first = loss;
  }
  printf("loss %.6f after one step, %.6f after %d\n", first, loss, EPOCHS);
  check(model, bmc_save_file(model, "simple.safetensors", BMC_WEIGHTS));

  /* An instance that only predicts needs no memory for training. */
  struct bmc_model *reader;
  options.trains = 0;
  if (simple_create(&options, &reader) != BMC_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  check(reader, bmc_load_file(reader, "simple.safetensors", BMC_WEIGHTS));
  float own[ROWS], loaded[ROWS];
  check(model, simple_predict(model, x, ROWS, own));
  check(reader, simple_predict(reader, x, ROWS, loaded));
  for (int row = 0; row < ROWS; ++row)
    printf("row %d: %.6f, loaded %.6f\n", row, own[row], loaded[row]);

  bmc_destroy(reader);
  bmc_destroy(model);
  return 0;
}
