/* sequence.bm on a small device: loops of known length, forwards and backwards. */
#include "report.h"
#include "sequence.h"

static float x[SEQUENCE_BATCH * SEQUENCE_X_ELEMENTS], y[SEQUENCE_BATCH], out[SEQUENCE_ROWS];

int main(void) {
  double loss;
  if (sequence_init(1))
    return 1;
  for (int step = 0; step < 10; ++step) {
    for (int i = 0; i < SEQUENCE_BATCH * SEQUENCE_X_ELEMENTS; ++i)
      x[i] = next_number();
    for (int row = 0; row < SEQUENCE_BATCH; ++row)
      y[row] = x[row * SEQUENCE_X_ELEMENTS] * 0.5f;
    if (sequence_train_step(x, y, &loss))
      return 1;
    report("loss", (float)loss);
  }
  if (sequence_predict(x, out))
    return 1;
  report_all("output", out, SEQUENCE_ROWS);
  return 0;
}
