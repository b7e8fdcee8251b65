// The program's variables in weight files: see weights.h.
#include "weights.h"

namespace bmc {

void defaultWeightsPath(Text &path) { path.append(bmc_program.name).append(weightsExtension); }

void addTensors(SafetensorsWriter &file, const char *prefix, Variables &variables, Contents contents) {
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    Text name(prefix);
    if (isStored(variable, contents))
      file.addTensor(name.append(variable.name).get(), variable.element, variable.dims, variable.rank, variables[i]);
  }
}

void loadWeights(const char *path, Variables &variables, Preparation *preparation, bool acceptMissing) {
  SafetensorsReader file(path);
  TensorLoader loader(file);
  loader.load("", variables, Contents::weights);
  loader.check(acceptMissing);
  loader.tellRest();
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
