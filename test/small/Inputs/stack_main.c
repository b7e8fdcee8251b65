/* How much stack the functions of a model use: it is painted, they run, and the paint that is left is counted. */
#include "mlp.h"
#include "report.h"

enum { painted = 4096, paint = 0x5a5a5a5a };

static float x[MLP_BATCH * MLP_X_ELEMENTS], output[MLP_ROWS * MLP_OUTPUT_ELEMENTS];
static int32_t y[MLP_BATCH];

static int initialise(void) { return mlp_init(1); }
static int train(void) {
  double loss, metrics[2];
  return mlp_train_step(x, y, &loss, metrics);
}
static int predict(void) { return mlp_predict(x, output); }

/* Words below the frame of this function, whose stack pointer is the same in front of the call and behind it. */
static __attribute__((noinline)) void measure(const char *name, int (*function)(void)) {
  volatile uint32_t *sp;
  __asm__ volatile("mov %0, sp" : "=r"(sp));
  for (int i = 1; i <= painted; ++i)
    sp[-i] = paint;
  int status = function();
  int words = painted;
  while (words > 0 && sp[-words] == paint)
    --words;
  report(status ? "failed" : name, (float)(4 * words));
}

int main(void) {
  for (int i = 0; i < MLP_BATCH * MLP_X_ELEMENTS; ++i)
    x[i] = next_number();
  measure("mlp_init", initialise);
  measure("mlp_train_step", train);
  measure("mlp_predict", predict);
  return 0;
}
