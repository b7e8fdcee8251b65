/* Training steps and predictions of a model without a heap beside those of its library. The sizes that one of them
 * knows and the other does not change the order of sums, hence the tolerance. */
#include "fixed.h"
#include "simple.h"

#include <math.h>
#include <stdio.h>

static int differs(const char *what, double a, double b) {
  if (fabs(a - b) <= 1e-6 * fmax(1, fabs(a)))
    return 0;
  printf("%s: %.9g and %.9g\n", what, a, b);
  return 1;
}

int main(void) {
  static const float x[9] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f}, y[3] = {0.3f, 0.6f, 0.9f};
  struct bmc_options options = BMC_OPTIONS;
  struct bmc_model *model;
  int wrong = 0;
  options.rows = 3;
  if (simple_create(&options, &model) || bmc_init(model, 7) || fixed_init(7))
    return 1;
  for (int step = 0; step < 50; ++step) {
    double loss, fixed_loss;
    if (simple_train_step(model, x, y, 3, &loss) || fixed_train_step(x, y, &fixed_loss))
      return 1;
    wrong += differs("loss", loss, fixed_loss);
  }
  float out[3], fixed_out[3];
  if (simple_predict(model, x, 3, out) || fixed_predict(x, fixed_out))
    return 1;
  for (int row = 0; row < 3; ++row)
    wrong += differs("output", out[row], fixed_out[row]);
  bmc_destroy(model);
  return wrong != 0;
}
