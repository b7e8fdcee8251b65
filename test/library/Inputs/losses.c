/* Trains and evaluates as the program does, on the same rows from the same weights, and prints its lines:
 * losses WEIGHTS TRAIN.csv TEST.csv OUT */
#include "check.h"
#include "simple.h"

enum { MOST_ROWS = 16, EPOCHS = 100 };

struct Rows {
  float x[MOST_ROWS * SIMPLE_X_ELEMENTS], y[MOST_ROWS];
  int64_t count;
};

static void read(const char *path, struct Rows *rows) {
  FILE *file = fopen(path, "r");
  CHECK(file);
  rows->count = 0;
  for (float *x = rows->x; fscanf(file, "%f,%f,%f,%f", x, x + 1, x + 2, rows->y + rows->count) == 4; x += 3)
    CHECK(++rows->count < MOST_ROWS);
  fclose(file);
}

int main(int count, char **arguments) {
  struct Rows train, test;
  struct bmc_options options = BMC_OPTIONS;
  struct bmc_model *model;
  double loss;
  CHECK(count == 5);
  read(arguments[2], &train);
  read(arguments[3], &test);
  options.rows = MOST_ROWS;
  CHECK(simple_create(&options, &model) == BMC_OK);
  CHECK(bmc_init(model, 0) == BMC_OK);
  CHECK(bmc_load_file(model, arguments[1], BMC_WEIGHTS) == BMC_OK);
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    CHECK(simple_train_step(model, train.x, train.y, train.count, &loss) == BMC_OK);
    printf("Epoch %d, Loss: %.9g\n", epoch, loss);
  }
  CHECK(simple_evaluate(model, test.x, test.y, test.count, &loss) == BMC_OK);
  printf("Test Loss: %.9g\n", loss);
  CHECK(bmc_save_file(model, arguments[4], BMC_WEIGHTS) == BMC_OK);
  bmc_destroy(model);
  return 0;
}
