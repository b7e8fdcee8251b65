// Checkpoints: everything that a training needs to go on with the same bits, in one file.
#ifndef BMC_CHECKPOINT_H
#define BMC_CHECKPOINT_H

#include "monitor.h"

namespace bmc {

/// Where a training stands. Random numbers need no state of their own: they depend on the seed, the epoch and the step.
struct TrainingState {
  int64_t epoch = 0;    // finished epochs
  int64_t step = 0;     // finished steps
  int64_t position = 0; // rows of the unfinished epoch that were trained on
  int64_t rows = 0;     // of the training set
  int64_t seed = 0;
  const char *monitored; // the name of what the monitor looks at
  Monitor monitor;
  Variables variables = Variables(true);
  Measures measures = Measures(variables); // of the unfinished epoch
  Variables best;                          // those of the best epoch, where they are kept
};

/// `DIR/NAME.checkpoint.safetensors` for the weights `DIR/NAME.safetensors`.
void checkpointPath(const char *weightsPath, Text &path);

void saveCheckpoint(const char *path, TrainingState &state, const Settings &settings);

/// Reads it all back. A number that a command line gave, this one or an earlier one, is kept; a warning tells where the
/// training goes on with others than before.
void loadCheckpoint(const char *path, TrainingState &state, Settings &settings);

/// How often checkpoints are written while a training runs.
class CheckpointSchedule {
public:
  /// Reads `500steps`, `2epochs`, `30s`, `5m`, `1h` or `never`; false for anything else.
  bool parse(const char *text);
  /// Asked behind each step; `isEpochEnd` also behind each epoch.
  bool isDue(const TrainingState &state, bool isEpochEnd);
  void wasSaved(const TrainingState &state);

private:
  enum class Unit { automatic, never, steps, epochs, seconds };
  Unit unit = Unit::automatic;
  int64_t every = 0;
  int64_t savedStep = 0, savedEpoch = 0;
  double savedAt = 0;
};

} // namespace bmc

#endif
