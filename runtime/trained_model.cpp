// See trained_model.h.
#include "trained_model.h"

#include "packed_weights.h"
#include "weights.h"

namespace bmc {

TrainedModel::TrainedModel(const Options &options) {
  if (options.weights)
    path.append(options.weights);
  else
    defaultWeightsPath(path);
  variables.holdForReading();
  loadWeights(path.get(), variables, &preparation);
  packWeights(variables);
}

} // namespace bmc
