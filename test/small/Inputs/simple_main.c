/* examples/simple.bm on a small device: compiled-in weights, initial values, training, saving. */
#include "report.h"
#include "simple.h"

int main(void) {
  static const float x[SIMPLE_BATCH * SIMPLE_X_ELEMENTS] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f};
  static const float y[SIMPLE_BATCH * SIMPLE_Y_ELEMENTS] = {0.3f, 0.6f, 0.9f};
  static unsigned char saved[SIMPLE_WEIGHT_BYTES];
  float out[SIMPLE_ROWS];
  double loss;
  simple_load(simple_weights);
  for (int row = 0; row < 3; ++row) {
    if (simple_predict(x + 3 * row, out))
      return 1;
    report_all("loaded", out, SIMPLE_ROWS);
  }
  if (simple_init(5))
    return 1;
  simple_hypers[SIMPLE_HYPER_LR] = 0.01;
  for (int step = 0; step < 100; ++step) {
    if (simple_train_step(x, y, &loss))
      return 1;
    report("loss", (float)loss);
  }
  if (simple_evaluate(x, y, &loss) || simple_evaluate(x, y, 0))
    return 1;
  report("evaluated", (float)loss);
  simple_save(saved);
  if (simple_init(6))
    return 1;
  simple_load(saved);
  for (int row = 0; row < 3; ++row) {
    if (simple_predict(x + 3 * row, out))
      return 1;
    report_all("trained", out, SIMPLE_ROWS);
  }
  return 0;
}
