// The program's variables in weight files: see weights.h.
#include "weights.h"

#include "errors.h"

namespace bmc {

void defaultWeightsPath(Text &path) { path.append(bmc_program.name).append(weightsExtension); }

static bool isStored(const bmc_variable &variable, Contents contents) {
  return contents == Contents::everything || variable.role != bmc_role_state;
}

void addTensors(SafetensorsWriter &file, const char *prefix, Variables &variables, Contents contents) {
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    Text name(prefix);
    if (isStored(variable, contents))
      file.addTensor(name.append(variable.name).get(), variable.element, variable.dims, variable.rank, variables[i]);
  }
}

bool hasTensors(const SafetensorsReader &file, const char *prefix) {
  for (int64_t t = 0; t < file.tensorCount(); ++t)
    if (!strncmp(file.name(t), prefix, strlen(prefix)))
      return true;
  return false;
}

void loadTensors(SafetensorsReader &file, const char *prefix, Variables &variables, Contents contents) {
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    if (!isStored(variable, contents))
      continue;
    Text name(prefix);
    int64_t tensor = file.find(name.append(variable.name).get());
    if (tensor < 0) {
      Text shape;
      appendDims(shape, variable.dims, variable.rank);
      fail(exitBadInput, "%s: expected tensor '%s' (%s%s), found none of that name", file.path(), name.get(),
           elementName(variable.element), shape.get());
    }
    file.read(tensor, variables[i], variable.element, variable.dims, variable.rank);
  }
}

static void warnOfUnused(const SafetensorsReader &file) {
  int64_t unused = 0, first = 0;
  for (int64_t t = file.tensorCount() - 1; t >= 0; --t) {
    bool known = false;
    for (int64_t i = 0; i < bmc_program.variable_count; ++i)
      known |=
          isStored(bmc_program.variables[i], Contents::weights) && !strcmp(bmc_program.variables[i].name, file.name(t));
    if (known)
      continue;
    ++unused;
    first = t;
  }
  if (unused)
    warn("%s: %lld tensors are not used, the first is '%s'", file.path(), (long long)unused, file.name(first));
}

void loadWeights(const char *path, Variables &variables, Preparation *preparation) {
  SafetensorsReader file(path);
  loadTensors(file, "", variables, Contents::weights);
  warnOfUnused(file);
  if (preparation)
    preparation->load(file);
}

void saveWeights(const char *path, Variables &variables, const Preparation &preparation) {
  SafetensorsWriter file;
  file.addMetadata("format", "pt");
  preparation.save(file);
  addTensors(file, "", variables, Contents::weights);
  file.write(path);
}

} // namespace bmc
