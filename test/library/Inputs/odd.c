/* The generated header of a model with odd names, as C and as C++. */
#include "3-d.model.h"

int main(void) {
  struct bmc_model *model;
  const float in[2 * MODEL_3_D_MODEL_INT__ELEMENTS] = {1, 2, 3, 4};
  const double other[2] = {0, 1};
  const int32_t target[2] = {0, 1};
  float out[2 * MODEL_3_D_MODEL_OUTPUT_ELEMENTS];
  double loss;
  struct bmc_options options = BMC_OPTIONS;
  options.rows = 2;
  if (model_3_d_model_create(&options, &model) || bmc_init(model, 1))
    return 1;
  if (model_3_d_model_train_step(model, in, other, target, 2, &loss))
    return 2;
  if (model_3_d_model_predict(model, in, other, 2, out))
    return 3;
  bmc_destroy(model);
  return 0;
}
