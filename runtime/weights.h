// The program's variables in weight files.
#ifndef BMC_WEIGHTS_H
#define BMC_WEIGHTS_H

#include "preparation.h"
#include "tensor_loader.h"
#include "variables.h"

namespace bmc {

inline constexpr char weightsExtension[] = ".safetensors";

/// `PROGRAM.safetensors`, in the current folder.
void defaultWeightsPath(Text &path);

/// Parameters and buffers from a file. Each must be there, unless `acceptMissing`, with its shape and a fitting element
/// type; what does not fit is told all at once. Variables without memory are read in place where that can be done.
/// `preparation` gets what was learned with the weights; null where it is learned anew.
void loadWeights(const char *path, Variables &variables, Preparation *preparation, bool acceptMissing = false);
void saveWeights(const char *path, Variables &variables, const Preparation &preparation);

/// Each variable as a tensor with its name behind `prefix`.
void addTensors(SafetensorsWriter &file, const char *prefix, Variables &variables, Contents contents);

} // namespace bmc

#endif
