// A model as a training left it, for the verbs that ask it.
#ifndef BMC_TRAINED_MODEL_H
#define BMC_TRAINED_MODEL_H

#include "arguments.h"
#include "preparation.h"
#include "variables.h"

namespace bmc {

struct TrainedModel {
  /// From the file of `--weights`, or the one that `train` writes where nothing else is said.
  explicit TrainedModel(const Options &options);

  Text path;
  Variables variables;
  Preparation preparation;
};

} // namespace bmc

#endif
