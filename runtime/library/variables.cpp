// Variables and hyperparameters by their names.
#include "packing.h"

#include <string.h>

namespace bmc {

int64_t findVariable(const Program &program, const char *name, int64_t hint) {
  for (int64_t i = 0; i < program.variable_count; ++i) {
    int64_t index = (hint + i) % program.variable_count;
    if (!strcmp(program.variables[index].name, name))
      return index;
  }
  return -1;
}

/// The variable's index; -1, with a message, where the instance does not have it.
static int64_t findHeld(bmc_model *model, const char *name) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  int64_t index = name ? findVariable(*instance.program, name) : -1;
  if (index < 0) {
    failWith(instance, BMC_ERROR_ARGUMENT, "the model has no variable '%s'", name ? name : "(null)");
    return -1;
  }
  if (!instance.variables[index]) {
    failWith(instance, BMC_ERROR_STATE, "the instance does not hold '%s': it was made with `trains` 0", name);
    return -1;
  }
  return index;
}

void *variable(bmc_model *model, const char *name, bmc_tensor *tensor) {
  Instance &instance = instanceOf(model);
  int64_t index = findHeld(model, name);
  if (index < 0)
    return nullptr;
  if (isWeight(instance.program->variables[index]))
    noteLoan(instance);
  if (tensor)
    describe(instance.base.library, BMC_VARIABLES, index, tensor);
  return instance.variables[index];
}

void settle(bmc_model *model) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  if (instance.program->packer)
    instance.program->packer->settle(instance);
}

/// The status of copying `bytes` bytes from or to the variable; `memory` is where it is.
static int findWhole(bmc_model *model, const char *name, const void *other, size_t bytes, void *&memory) {
  Instance &instance = instanceOf(model);
  int64_t index = findHeld(model, name);
  if (index < 0)
    return BMC_ERROR_ARGUMENT;
  memory = instance.variables[index];
  if (!other)
    return failWith(instance, BMC_ERROR_ARGUMENT, "variable '%s': expected a pointer, found null", name);
  int64_t expected = variableBytes(instance.program->variables[index]);
  if (int64_t(bytes) != expected)
    return failWith(instance, BMC_ERROR_ARGUMENT, "variable '%s': expected %lld bytes, found %lld", name,
                    (long long)expected, (long long)bytes);
  return BMC_OK;
}

int setVariable(bmc_model *model, const char *name, const void *from, size_t bytes) {
  void *memory;
  if (int status = findWhole(model, name, from, bytes, memory))
    return status;
  noteChange(instanceOf(model));
  memcpy(memory, from, bytes);
  return BMC_OK;
}

int getVariable(bmc_model *model, const char *name, void *to, size_t bytes) {
  void *memory;
  if (int status = findWhole(model, name, to, bytes, memory))
    return status;
  memcpy(to, memory, bytes);
  return BMC_OK;
}

static double *findHyper(bmc_model *model, const char *name) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  for (int64_t i = 0; name && i < instance.program->hyper_count; ++i)
    if (!strcmp(instance.program->hypers[i].name, name))
      return instance.hypers + i * scalarStride;
  failWith(instance, BMC_ERROR_ARGUMENT, "the model has no hyperparameter '%s'", name ? name : "(null)");
  return nullptr;
}

int setHyper(bmc_model *model, const char *name, double value) {
  double *hyper = findHyper(model, name);
  if (!hyper)
    return BMC_ERROR_ARGUMENT;
  *hyper = value;
  return BMC_OK;
}

int getHyper(bmc_model *model, const char *name, double *value) {
  const double *hyper = findHyper(model, name);
  if (!hyper || !value)
    return BMC_ERROR_ARGUMENT;
  *value = *hyper;
  return BMC_OK;
}

} // namespace bmc
