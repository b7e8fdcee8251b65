// The program's variables in weight files.
#ifndef BMC_WEIGHTS_H
#define BMC_WEIGHTS_H

#include "preparation.h"
#include "variables.h"

namespace bmc {

inline constexpr char weightsExtension[] = ".safetensors";

/// `PROGRAM.safetensors`, in the current folder.
void defaultWeightsPath(Text &path);

/// Parameters and buffers from a file; each must be there with its shape and element type. Other tensors are warned
/// about. `preparation` gets what was learned with the weights; null where it is learned anew.
void loadWeights(const char *path, Variables &variables, Preparation *preparation);
void saveWeights(const char *path, Variables &variables, const Preparation &preparation);

/// Which variables: parameters and buffers, or optimizer state too.
enum class Contents { weights, everything };

/// Each variable as a tensor with its name behind `prefix`.
void addTensors(SafetensorsWriter &file, const char *prefix, Variables &variables, Contents contents);
void loadTensors(SafetensorsReader &file, const char *prefix, Variables &variables, Contents contents);
bool hasTensors(const SafetensorsReader &file, const char *prefix);

} // namespace bmc

#endif
