// The program's variables in weight files: see weights.h.
#include "weights.h"

#include "units.h"

namespace bmc {

void defaultWeightsPath(Text &path) { path.append(bmc_program.name).append(weightsExtension); }

void addTensors(SafetensorsWriter &file, const char *prefix, Variables &variables, Contents contents) {
  // Tensors have no gaps between them: those that leave the next one where a buffer may begin come first.
  for (int pass = 0; pass < 2; ++pass)
    for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
      const bmc_variable &variable = bmc_program.variables[i];
      Text name(prefix);
      if (isStored(variable, contents) && (variableBytes(variable) % bufferAlignment == 0) == (pass == 0))
        file.addTensor(name.append(variable.name).get(), variable.element, variable.dims, variable.rank,
                       variables.read(i));
    }
}

void loadWeights(const char *path, Variables &variables, Preparation *preparation, bool acceptMissing) {
  WeightFile file(path);
  TensorLoader loader(file);
  loader.load("", variables, Contents::weights);
  loader.check(acceptMissing);
  loader.tellRest();
  if (!preparation)
    return;
  preparation->load(file);
  setUnits(*preparation, variables);
}

void saveWeights(const char *path, Variables &variables, const Preparation &preparation) {
  SafetensorsWriter file;
  file.addMetadata("format", "pt");
  preparation.save(file);
  addTensors(file, "", variables, Contents::weights);
  file.write(path);
}

} // namespace bmc
