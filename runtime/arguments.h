// The command line of a compiled program: `PROGRAM VERB [FLAGS]`.
#ifndef BMC_ARGUMENTS_H
#define BMC_ARGUMENTS_H

#include "bmc/program.h"
#include "checkpoint.h"

namespace bmc {

/// The flags of all verbs; each verb accepts those whose bits it names.
enum Flag : unsigned {
  flagData = 1,
  flagWeights = 2,
  flagOut = 4,
  flagResume = 8,
  flagEpochs = 16,
  flagSeed = 32,
  flagThreads = 64,
  flagSet = 128,
  flagJson = 256,
  flagOutput = 512,
  flagPatience = 1024,
  flagCheckpointEvery = 2048,
  flagQuiet = 4096,
  flagLog = 8192,
  flagPartial = 16384,
  flagProbabilities = 32768,
  flagMemory = 65536,
  flagFolds = 131072,
  flagProfile = 262144,
  flagTrace = 524288,
  flagMethod = 1048576,
  flagSteps = 2097152,
  flagTarget = 4194304,
  flagEntry = 8388608,
#ifdef BMC_DEVICE
  flagDevice = 16777216,
#endif
};
/// Of verbs that run kernels: where there is a device, whether they run there.
#ifdef BMC_DEVICE
enum : unsigned { flagsOfKernels = flagThreads | flagDevice };
#else
enum : unsigned { flagsOfKernels = flagThreads };
#endif

/// What the command line says, defaults from the program filled in.
struct Options {
  const char *verb;
  const char *weights = nullptr, *out = nullptr, *output = nullptr, *log = nullptr, *trace = nullptr, *target = nullptr;
  const char *input = nullptr;                        // of `predict` and `explain`
  const bmc_function *function = bmc_program.predict; // what `predict` calls
  const char *trainData = nullptr, *validData = nullptr, *testData = nullptr;
  bool trainIsGiven = false, validIsGiven = false, testIsGiven = false; // on the command line
  Text declaredData[3];                                                 // the model file's paths of these
  bool resume = false, partial = false, json = false, quiet = false, seedGiven = false, foldsGiven = false,
       probabilities = false, profile = false;
#ifdef BMC_DEVICE
  bool onDevice = true; // or on the processor
#endif
  bool integrates = true;    // `explain`: integrated gradients
  int64_t steps = 50;        // of their integral
  int64_t seed, threads = 0; // 0: as many as there are CPUs
  int64_t folds = 0;         // of a cross-validation; 0: none
  int64_t memory = 0;        // bytes for the rows of a data set; 0: a share of the machine's
  Settings settings;
  CheckpointSchedule checkpoints;
};

struct Verb {
  const char *name;
  const char *summary;
  unsigned flags;
  bool takesInput;
  int (*run)(Options &options);
};

/// Reads what stands behind the verb. Ends the program with exit code 2 on a mistake and with 0 after `--help`.
void parseArguments(const Verb &verb, int count, char **arguments, Options &options);

} // namespace bmc

#endif
