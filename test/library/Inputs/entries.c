/* Calls a library's entries through its header, and trains one that has several steps. */
#include "auto.h"
#include "gan.h"

#include <math.h>
#include <stdio.h>

int main(void) {
  struct bmc_model *model, *gan;
  float x[4] = {1, 2, 3, 4}, code[2], decoded[4], output[4];
  if (auto_create(NULL, &model) || bmc_init(model, 1) || auto_encode(model, x, 1, code) ||
      auto_decode(model, code, 1, decoded) || auto_predict(model, x, 1, output))
    return 1;
  float distance = 0;
  for (int i = 0; i < 4; ++i)
    distance += fabsf(output[i] - decoded[i]);
  printf("encode and decode are%s predict\n", distance < 1e-5f ? "" : " not");
  if (bmc_call(model, "none", NULL, 1, NULL) == BMC_ERROR_ARGUMENT)
    printf("no entry: %s\n", bmc_message(model));
  bmc_destroy(model);
  if (gan_create(NULL, &gan) || bmc_init(gan, 1) || gan_train_step(gan, x, 1, NULL, NULL) ||
      gan_train_step(gan, x + 2, 1, NULL, NULL))
    return 1;
  printf("steps: %d\n", (int)bmc_step(gan));
  bmc_destroy(gan);
  return 0;
}
