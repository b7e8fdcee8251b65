// The values that live in a program while it runs: see variables.h.
#include "variables.h"

namespace bmc {

int64_t variableBytes(const bmc_variable &variable) {
  return multiplySizes(elementCount(variable.dims, variable.rank), elementBytes(variable.element), variable.name);
}

bool isSaved(const bmc_variable &variable) {
  return variable.role == bmc_role_parameter || variable.role == bmc_role_buffer;
}

void Variables::hold(bool withState) {
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    bool held = withState || variable.role != bmc_role_state;
    buffers.push(held ? allocateBuffer(variableBytes(variable), variable.name) : nullptr);
  }
}

void Variables::holdForReading() {
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    bool held = variable.role == bmc_role_metric_state;
    buffers.push(held ? allocateBuffer(variableBytes(variable), variable.name) : nullptr);
  }
}

void Variables::copy(Variables &from) {
  for (int64_t i = 0; i < buffers.size(); ++i)
#ifdef BMC_DEVICE
    if (isSaved(bmc_program.variables[i]) && !onDevice.copy(i, from.onDevice))
#else
    if (isSaved(bmc_program.variables[i]))
#endif
      memcpy((*this)[i], from.read(i), variableBytes(bmc_program.variables[i]));
}

void Variables::holdPacked() {
  for (int64_t i = packedBuffers.size(); i < bmc_program.packed_count; ++i)
    packedBuffers.push(allocateBuffer(variableBytes(bmc_program.packed[i]), bmc_program.packed[i].name));
}

Variables::~Variables() {
  for (void *buffer : packedBuffers)
    free(buffer);
  for (void *buffer : buffers)
    if (!source.contains(buffer))
      free(buffer);
}

} // namespace bmc
