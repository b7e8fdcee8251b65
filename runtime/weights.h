// Weights and checkpoints: the program's variables in weight files.
#ifndef BMC_WEIGHTS_H
#define BMC_WEIGHTS_H

#include "safetensors.h"
#include "variables.h"

namespace bmc {

/// `PROGRAM.safetensors`, in the current folder.
void defaultWeightsPath(Text &path);

/// Parameters and buffers from a file; each must be there with its shape and element type. Other tensors are warned
/// about.
void loadWeights(const char *path, Variables &variables);
void saveWeights(const char *path, Variables &variables);

/// Where a training stands, beside its variables.
struct TrainingState {
  int64_t epoch = 0; // finished epochs
  int64_t step = 0;  // finished steps
  int64_t seed = 0;
  int64_t batch = 0;
  Array<double> hypers;
};

/// `DIR/NAME.checkpoint.safetensors` for the weights `DIR/NAME.safetensors`.
void checkpointPath(const char *weightsPath, Text &path);

void saveCheckpoint(const char *path, Variables &variables, const TrainingState &state);

/// All variables and the counters. Where `state` has other numbers than the checkpoint, they are kept, with a warning.
void loadCheckpoint(const char *path, Variables &variables, TrainingState &state);

} // namespace bmc

#endif
