/* mlp.bm on a small device: a few training steps, then predictions. */
#include "mlp.h"
#include "report.h"

static float x[MLP_BATCH * MLP_X_ELEMENTS], out[MLP_ROWS * MLP_OUTPUT_ELEMENTS];

int main(void) {
  double loss, metrics[2];
  int32_t classes[MLP_BATCH];
  if (mlp_init(3))
    return 1;
  for (int step = 0; step < 12; ++step) {
    for (int i = 0; i < MLP_BATCH * MLP_X_ELEMENTS; ++i)
      x[i] = next_number();
    for (int row = 0; row < MLP_BATCH; ++row)
      classes[row] = (x[row * MLP_X_ELEMENTS] > 0) + 2 * (x[row * MLP_X_ELEMENTS + 1] > 0);
    if (mlp_train_step(x, classes, &loss, metrics))
      return 1;
    report("loss", (float)loss);
    report("accuracy", (float)metrics[0]);
    report("f1", (float)metrics[1]);
  }
  for (int call = 0; call < 3; ++call) {
    if (mlp_predict(x + call * MLP_ROWS * MLP_X_ELEMENTS, out))
      return 1;
    report_all("output", out, MLP_ROWS * MLP_OUTPUT_ELEMENTS);
  }
  return 0;
}
