// The ports of an instance: inputs, targets, outputs, what only entries take, and what they give.
#include "instance.h"

namespace bmc {

static int fillPort(Instance &instance, Port *&port, int status, const bmc_tensor &tensor) {
  *port++ = {tensor.bytes, nullptr};
  return status ? failWith(instance, bmc_status(status), "an input or output has more than %d dimensions",
                           BMC_MAXIMUM_RANK)
                : int(BMC_OK);
}

int fillPorts(Instance &instance, const bmc_library *library) {
  const Program &program = *instance.program;
  Port *port = instance.ports;
  bmc_tensor tensor = {};
  for (int list = BMC_INPUTS; list <= BMC_OUTPUTS; ++list)
    for (int64_t i = 0; i < count(library, list); ++i) {
      int found = describe(library, list, i, &tensor);
      if (int status = fillPort(instance, port, found, tensor))
        return status;
    }
  for (int64_t i = 0; i < program.field_count; ++i)
    if (isOfEntries(program.fields[i])) {
      int found = describeField(program.fields[i], tensor);
      if (int status = fillPort(instance, port, found, tensor))
        return status;
    }
  for (int64_t entry = 0; entry < program.entry_count; ++entry) {
    const bmc_function &function = *program.entries[entry].function;
    Call &call = instance.more[program.step_count + entry];
    call.firstOutput = port - instance.ports;
    call.outputCount = countOutputs(&function);
    for (int64_t i = 0; i < call.outputCount; ++i) {
      int found = describeOutput(program, function, i, tensor);
      if (int status = fillPort(instance, port, found, tensor))
        return status;
    }
  }
  Call &predict = instance.calls[callPredict];
  predict.firstOutput = instance.inputCount + instance.targetCount;
  predict.outputCount = instance.outputCount;
  return BMC_OK;
}

int64_t countPorts(const Instance &instance) {
  const Program &program = *instance.program;
  int64_t number = instance.inputCount + instance.targetCount + instance.outputCount;
  for (int64_t i = 0; i < program.field_count; ++i)
    number += isOfEntries(program.fields[i]);
  for (int64_t i = 0; i < program.entry_count; ++i)
    number += countOutputs(program.entries[i].function);
  return number;
}

/// The port of a field: inputs come first, then targets, each in the fields' order.
int64_t portOfField(const Instance &instance, int64_t index) {
  const bmc_field *fields = instance.program->fields;
  auto groupOf = [&](int64_t i) { return fields[i].is_input ? 0 : isOfEntries(fields[i]) ? 2 : 1; };
  const int64_t begins[] = {0, instance.inputCount, instance.inputCount + instance.targetCount + instance.outputCount};
  int64_t port = begins[groupOf(index)];
  for (int64_t i = 0; i < index; ++i)
    port += groupOf(i) == groupOf(index);
  return port;
}

} // namespace bmc
