// `PROGRAM train`: epochs of batches, then weights, a checkpoint and the loss on the test set.
#include "errors.h"
#include "progress.h"
#include "random.h"
#include "verbs.h"
#include "weights.h"

#include <math.h>

namespace bmc {

/// Everything that one training holds.
struct Training {
  explicit Training(Options &options)
      : options(options), trainRows(FieldUse::all), testRows(FieldUse::all), variables(true),
        step(*bmc_program.train, variables) {}

  Options &options;
  Rows trainRows, testRows;
  Variables variables;
  Entry step;
  TrainingState state;
  Text weightsPath, checkpoint;
  bool warnedOfLoss = false;
};

static void choosePaths(Training &training) {
  if (training.options.out)
    training.weightsPath.append(training.options.out);
  else
    defaultWeightsPath(training.weightsPath);
  checkpointPath(training.weightsPath.get(), training.checkpoint);
  checkWritable(training.weightsPath.get());
  checkWritable(training.checkpoint.get());
}

static void loadData(Training &training) {
  const Options &options = training.options;
  if (!options.trainData)
    fail(exitBadCommandLine, "%s train: expected a data set, found none: say --data train=PATH", bmc_program.name);
  readRows(options.trainData, training.trainRows);
  if (options.testData && bmc_program.evaluate)
    readRows(options.testData, training.testRows);
}

/// The init function makes all variables; a weight file or a checkpoint then replaces what it holds.
static void startVariables(Training &training) {
  const Options &options = training.options;
  TrainingState &state = training.state;
  state.seed = options.seed;
  state.batch = options.batch;
  state.hypers.append(options.hypers.data(), options.hypers.size());
  if (options.resume) {
    loadCheckpoint(training.checkpoint.get(), training.variables, state);
    if (options.seedGiven && options.seed != state.seed)
      fail(exitBadCommandLine, "%s train: --resume goes on with the checkpoint's seed %lld, found --seed %lld",
           bmc_program.name, (long long)state.seed, (long long)options.seed);
    return;
  }
  Entry init(*bmc_program.init, training.variables);
  Scalars scalars;
  scalars.hypers = state.hypers.data();
  scalars.seed = state.seed;
  init.run(nullptr, scalars);
  if (options.weights)
    loadWeights(options.weights, training.variables);
}

static void runEpoch(Training &training, Batches &batches, Progress &progress, Measures &measures) {
  TrainingState &state = training.state;
  Scalars scalars;
  scalars.hypers = state.hypers.data();
  scalars.seed = state.seed;
  while (Rows *rows = batches.next()) {
    scalars.step = ++state.step;
    training.step.run(rows, scalars);
    measures.add(training.step, rows->count);
    progress.batchDone(rows->count);
  }
}

static void warnOfLoss(Training &training, const Measures &measures) {
  if (training.warnedOfLoss || isfinite(measures.loss()))
    return;
  training.warnedOfLoss = true;
  warn("the loss is not finite in epoch %lld: a smaller learning rate may help", (long long)training.state.epoch);
}

static void runEpochs(Training &training) {
  const Options &options = training.options;
  TrainingState &state = training.state;
  int64_t rows = training.trainRows.count;
  int64_t size = rowsPerCall(training.step, options.batch, rows, options.trainData);
  Batches batches(training.trainRows, size, training.step.overwritesRows());
  Array<int64_t> order;
  if (bmc_program.shuffle)
    order.resize(rows);
  Progress progress(Progress::choose(options.json), state.epoch + 1, options.epochs, rows);
  while (state.epoch < options.epochs && !wasInterrupted()) {
    ++state.epoch;
    if (bmc_program.shuffle)
      shuffleRows(order.data(), rows, state.seed, state.epoch);
    batches.restart(bmc_program.shuffle ? order.data() : nullptr);
    Measures measures;
    runEpoch(training, batches, progress, measures);
    progress.epochDone(state.epoch, measures);
    warnOfLoss(training, measures);
  }
  progress.finish();
}

static void printTestMeasures(Training &training) {
  if (training.testRows.count == 0)
    return;
  const Options &options = training.options;
  Entry entry(*bmc_program.evaluate, training.variables);
  Scalars scalars;
  scalars.hypers = options.hypers.data();
  Measures measures;
  evaluateRows(entry, training.testRows, options.batch, options.testData, scalars, measures);
  printMeasures("Test", measures, options.json);
}

int train(Options &options) {
  Training training(options);
  choosePaths(training);
  loadData(training);
  startVariables(training);
  if (training.state.epoch >= options.epochs && options.epochs > 0)
    warn("%s has %lld epochs already, nothing is left of %lld", training.checkpoint.get(),
         (long long)training.state.epoch, (long long)options.epochs);
  // The work of hours is kept: an interrupted epoch is finished and saved.
  deferInterrupt();
  runEpochs(training);
  if (!wasInterrupted())
    printTestMeasures(training);
  saveWeights(training.weightsPath.get(), training.variables);
  saveCheckpoint(training.checkpoint.get(), training.variables, training.state);
  note("saved %s", training.weightsPath.get());
  if (wasInterrupted() && training.state.epoch < options.epochs)
    fail(exitCannot, "interrupted behind epoch %lld of %lld: --resume goes on", (long long)training.state.epoch,
         (long long)options.epochs);
  return exitDone;
}

} // namespace bmc
