/* Loads a shared library that it was not linked with: load LIBRARY.so */
#include "check.h"
#include <bmc/model.h>

#include <dlfcn.h>

int main(int count, char **arguments) {
  CHECK(count == 2);
  void *handle = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    fprintf(stderr, "%s\n", dlerror());
  CHECK(handle);
  const struct bmc_library *library = (const struct bmc_library *)dlsym(handle, "bmc_library");
  CHECK(library && library == dlsym(handle, "simple_library") && !dlsym(handle, "bmc_program"));
  struct bmc_model *model;
  CHECK(bmc_create(library, NULL, &model) == BMC_OK && bmc_init(model, 1) == BMC_OK);
  const float x[3] = {1, 2, 3};
  float y;
  CHECK(bmc_predict(model, (const void *const[]){x}, 1, (void *const[]){&y}) == BMC_OK);
  printf("%s predicts %.6f\n", bmc_name(library), y);
  bmc_destroy(model);
  return dlclose(handle);
}
