// `PROGRAM train`: epochs of batches with a look at the validation set behind each; then weights, a checkpoint and the
// loss on the test set.
#include "class_weights.h"
#include "clock.h"
#include "data.h"
#include "errors.h"
#include "packed_weights.h"
#include "random.h"
#include "run_log.h"
#include "thread_pool.h"
#include "training_steps.h"
#include "units.h"
#include "verbs.h"
#include "weights.h"

#include <math.h>
#include <stdio.h>

namespace bmc {

/// What a training reads, and where it is saved.
struct TrainingData {
  TrainingData() : trainRows(FieldUse::ofData()), validRows(FieldUse::ofData()), testRows(FieldUse::ofData()) {}

  Text weightsPath, checkpoint;
  Preparation preparation;
  Rows trainRows, validRows, testRows;
};

/// Everything else that one training holds. Its entry functions begin to run with it, so the data are there before.
struct Training {
  Training(Options &options, TrainingData &data)
      : options(options), data(data), steps(state.variables), evaluation(*bmc_program.evaluate, state.variables),
        validation(state.variables), rates(state.variables) {}

  bool hasValidation() const { return data.validRows.count > 0; }
  /// The variables to save: those of the best epoch where they are kept.
  Variables &chosen() { return state.best.isHeld() ? state.best : state.variables; }

  Options &options;
  TrainingData &data;
  TrainingState state;
  Steps steps;
  Entry evaluation;
  Measures validation;
  Rates rates; // of the last step of the epoch
  RunLog log;
  int64_t rowsBefore = 0; // of the first epoch, that an earlier run trained on
  double epochStart = 0;
  bool warnedOfLoss = false;
};

static void choosePaths(const Options &options, TrainingData &data) {
  if (options.out)
    data.weightsPath.append(options.out);
  else
    defaultWeightsPath(data.weightsPath);
  checkpointPath(data.weightsPath.get(), data.checkpoint);
  checkWritable(data.weightsPath.get());
  checkWritable(data.checkpoint.get());
}

static void checkHasData(const Options &options) {
  if (!options.trainData)
    fail(exitBadCommandLine, "%s train: expected a data set, found none: say --data train=PATH", bmc_program.name);
}

static void loadData(const Options &options, TrainingData &data) {
  checkHasData(options);
  DataSet train(options, DataKind::train, data.preparation);
  train.learn();
  train.read(data.trainRows);
  if (options.validData)
    DataSet(options, DataKind::valid, data.preparation).read(data.validRows);
  if (options.testData)
    DataSet(options, DataKind::test, data.preparation).read(data.testRows);
}

/// A device's memory is taken once, for all that is going to run.
static void expectCalls([[maybe_unused]] const Options &options, [[maybe_unused]] const TrainingData &data) {
#ifdef BMC_DEVICE
  int64_t most = 0, batch = options.settings.whole(settingBatch);
  const Rows *const sets[] = {&data.trainRows, &data.validRows, &data.testRows};
  for (const Rows *rows : sets)
    most = rows->count > most ? rows->count : most;
  expectOnDevice({{batch && batch < most ? batch : most, most}, true, options.settings.whole(settingKeepBest) != 0});
#endif
}

/// The init function makes all variables; a weight file or a checkpoint then replaces what it holds.
static void fillVariables(Training &training) {
  Options &options = training.options;
  TrainingState &state = training.state;
  state.seed = options.seed;
  state.rows = training.data.trainRows.count;
  state.monitored = monitoredName(training.hasValidation());
  if (options.resume) {
    loadCheckpoint(training.data.checkpoint.get(), state, options.settings);
    if (options.seedGiven && options.seed != state.seed)
      fail(exitBadCommandLine, "%s train: --resume goes on with the checkpoint's seed %lld, found --seed %lld",
           bmc_program.name, (long long)state.seed, (long long)options.seed);
    return;
  }
  Entry init(*bmc_program.init, state.variables);
  Scalars scalars;
  scalars.hypers = options.settings.hypers();
  scalars.seed = state.seed;
  init.run(nullptr, scalars);
  if (options.weights)
    loadWeights(options.weights, state.variables, nullptr, options.partial);
  setClassWeights(training.data.trainRows, state.variables);
}

static void startVariables(Training &training) {
  fillVariables(training);
  setUnits(training.data.preparation, training.state.variables);
}

static void saveTraining(Training &training) {
  saveCheckpoint(training.data.checkpoint.get(), training.state, training.options.settings);
  training.options.checkpoints.wasSaved(training.state);
}

/// The steps of one epoch, from where it stands until its end or an interrupt.
static void runSteps(Training &training, Batches &batches, Progress &progress) {
  TrainingState &state = training.state;
  Scalars scalars;
  scalars.hypers = training.options.settings.hypers();
  scalars.seed = state.seed;
  while (!wasInterrupted()) {
    Rows *rows = batches.next();
    if (!rows)
      return;
    scalars.step = ++state.step;
    state.position += rows->count;
    training.steps.run(*rows, scalars, training.options.settings.whole(settingAccumulate), state.position == state.rows,
                       state.measures);
    progress.batchDone(rows->count);
    if (state.position < state.rows && training.options.checkpoints.isDue(state, false))
      saveTraining(training);
  }
}

static void evaluate(Training &training, Rows &rows, const char *path, Measures &measures) {
  Scalars scalars;
  scalars.hypers = training.options.settings.hypers();
  scalars.seed = training.state.seed;
  packWeights(training.state.variables);
  evaluateRows(training.evaluation, rows, training.options.settings.whole(settingBatch), path, scalars, measures);
}

static void warnOfLoss(Training &training) {
  if (training.warnedOfLoss || isfinite(training.state.measures.loss()))
    return;
  training.warnedOfLoss = true;
  warn("the loss is not finite in epoch %lld: a smaller learning rate may help", (long long)training.state.epoch);
}

/// Where the best epoch's weights are kept, a new best one replaces them. Whether it is the best one so far.
static bool observe(Training &training) {
  const Settings &settings = training.options.settings;
  TrainingState &state = training.state;
  double value = monitoredValue(state.measures, training.validation, training.hasValidation());
  bool isBest = state.monitor.observe(state.epoch, value, settings.value(settingMinDelta));
  if (!isBest || settings.whole(settingKeepBest) == 0)
    return isBest;
  if (!state.best.isHeld())
    state.best.hold(false);
  state.best.copy(state.variables);
  return isBest;
}

/// What schedules make of the value that is monitored.
static void changeSchedules(Training &training, Scalars scalars) {
  if (!bmc_program.epoch)
    return;
  TrainingState &state = training.state;
  scalars.monitored = monitoredValue(state.measures, training.validation, training.hasValidation());
  Entry(*bmc_program.epoch, state.variables).run(nullptr, scalars);
}

static void finishEpoch(Training &training, Progress &progress) {
  TrainingState &state = training.state;
  Scalars scalars;
  scalars.hypers = training.options.settings.hypers();
  scalars.step = state.step;
  training.rates.compute(scalars);
  ++state.epoch;
  state.position = 0;
  state.measures.end();
  if (training.hasValidation())
    evaluate(training, training.data.validRows, training.options.validData, training.validation);
  bool isBest = observe(training);
  changeSchedules(training, scalars);
  EpochMeasures measures = {state.measures, training.validation, training.hasValidation(), training.rates};
  progress.epochDone(state.epoch, measures);
  training.log.epochDone(state, measures, state.rows - training.rowsBefore, monotonicSeconds() - training.epochStart,
                         isBest);
  training.rowsBefore = 0;
  warnOfLoss(training);
  state.measures.begin();
  if (training.options.checkpoints.isDue(state, true))
    saveTraining(training);
}

enum class Outcome { finished, lostPatience, interrupted };

static Outcome runEpochs(Training &training) {
  const Settings &settings = training.options.settings;
  TrainingState &state = training.state;
  int64_t epochs = settings.whole(settingEpochs);
  int64_t size =
      rowsPerCall(training.steps.first(), settings.whole(settingBatch), state.rows, training.options.trainData);
  Array<int64_t> order; // the batches read it until their end
  if (bmc_program.shuffle)
    order.resize(state.rows);
  Batches batches(training.data.trainRows, size, training.steps.first().overwritesRows());
  batches.holdForDevice();
  Progress progress(Progress::choose(training.options.json, training.options.quiet), state.epoch + 1, state.position,
                    epochs, state.rows);
  Outcome outcome = Outcome::finished;
  while (state.epoch < epochs && outcome == Outcome::finished) {
    if (state.monitor.hasLostPatience(state.epoch, settings.whole(settingPatience))) {
      outcome = Outcome::lostPatience;
      break;
    }
    if (bmc_program.shuffle)
      shuffleRows(order.data(), state.rows, state.seed, state.epoch + 1);
    batches.restart(bmc_program.shuffle ? order.data() : nullptr, state.position);
    training.epochStart = monotonicSeconds();
    runSteps(training, batches, progress);
    if (state.position == state.rows)
      finishEpoch(training, progress);
    if (wasInterrupted() && state.epoch < epochs)
      outcome = Outcome::interrupted;
  }
  progress.finish();
  return outcome;
}

static void warnIfNothingIsLeft(const Training &training) {
  int64_t epochs = training.options.settings.whole(settingEpochs);
  if (training.state.epoch >= epochs && epochs > 0)
    warn("%s has %lld epochs already, nothing is left of %lld", training.data.checkpoint.get(),
         (long long)training.state.epoch, (long long)epochs);
}

/// The test set is asked with the weights that are saved. Whether there is one.
static bool testWeights(Training &training, Measures &measures) {
  if (training.data.testRows.count == 0)
    return false;
  if (training.state.best.isHeld())
    training.state.variables.copy(training.state.best);
  evaluate(training, training.data.testRows, training.options.testData, measures);
  printMeasures("Test", measures, training.options.json);
  return true;
}

static void openLog(Training &training) {
  const Options &options = training.options;
  if (!options.log)
    return;
  RunDescription run = {{{"train", options.trainData, training.data.trainRows.count},
                         {"valid", options.validData, training.data.validRows.count},
                         {"test", options.testData, training.data.testRows.count}},
                        options.threads ? options.threads : usableCpus(),
                        options.settings};
  training.log.open(options.log, training.state, run, options.resume);
}

static void tellOutcome(const Training &training, Outcome outcome) {
  const TrainingState &state = training.state;
  int64_t epochs = training.options.settings.whole(settingEpochs);
  if (outcome == Outcome::interrupted)
    fail(exitCannot, "interrupted in epoch %lld of %lld: --resume goes on", (long long)state.epoch + 1,
         (long long)epochs);
  if (training.options.quiet)
    return;
  if (outcome == Outcome::lostPatience)
    note("stopped behind epoch %lld: no better %s since epoch %lld", (long long)state.epoch, state.monitored,
         (long long)state.monitor.patientSince);
  if (state.best.isHeld())
    note("saved the weights of epoch %lld: %s %.9g", (long long)state.monitor.bestEpoch, state.monitored,
         state.monitor.best);
}

static void printFold(int64_t fold, const Measures &measures, bool json) {
  Text line;
  line.format(json ? "{\"fold\":%lld," : "Fold %lld, ", (long long)fold + 1);
  if (json)
    measures.appendJson(line, "");
  else
    measures.append(line);
  puts(line.append(json ? "}" : "").get());
}

/// Trains without the rows of a fold, and asks them.
static void trainFold(Options &options, int64_t fold, Array<double> &values) {
  TrainingData data;
  {
    DataSet set(options, DataKind::train, data.preparation);
    set.holdOut(fold, options.folds, options.seed);
    set.learn();
    set.read(data.trainRows);
    set.readHeldOut(data.validRows);
  }
  expectCalls(options, data);
  Training training(options, data);
  startVariables(training);
  if (runEpochs(training) == Outcome::interrupted)
    fail(exitCannot, "interrupted in fold %lld of %lld", (long long)fold + 1, (long long)options.folds);
  if (training.state.best.isHeld())
    training.state.variables.copy(training.state.best);
  Measures measures(training.state.variables);
  evaluate(training, training.data.validRows, options.trainData, measures);
  values.push(measures.loss());
  for (int64_t i = 0; i < bmc_program.metric_count; ++i)
    values.push(measures.value(bmc_program.metric_names[i]));
  printFold(fold, measures, options.json);
}

/// Not a table.
static bool isOneNumber(int64_t metric) {
  const bmc_function *measure = bmc_program.measure;
  for (int64_t i = 0; measure && i < measure->result_count; ++i)
    if (measure->results[i].index == metric)
      return measure->results[i].rank == 0;
  return true;
}

/// The mean and the sample's standard deviation of the loss (-1) or of a metric over the folds.
static void appendSpread(Text &line, const Array<double> &values, int64_t folds, int64_t metric, bool json) {
  int64_t width = bmc_program.metric_count + 1;
  double mean = 0, squares = 0;
  for (int64_t k = 0; k < folds; ++k)
    mean += values[k * width + metric + 1] / static_cast<double>(folds);
  for (int64_t k = 0; k < folds; ++k) {
    double distance = values[k * width + metric + 1] - mean;
    squares += distance * distance;
  }
  double deviation = sqrt(squares / static_cast<double>(folds - 1));
  const char *name = metric < 0 ? (json ? "loss" : "Loss") : bmc_program.metric_names[metric];
  if (json)
    line.format(",\"%s_mean\":%.9g,\"%s_deviation\":%.9g", name, mean, name, deviation);
  else
    line.format("%s: %.9g ± %.9g", name, mean, deviation);
}

/// No weights are saved: each fold has its own.
static void crossValidate(Options &options) {
  checkHasData(options);
  bool wasQuiet = options.quiet;
  CheckpointSchedule checkpoints = options.checkpoints;
  double keepsBest = options.settings.value(settingKeepBest);
  options.quiet = true;
  options.checkpoints.parse("never");
  if (!options.settings.isGiven(settingKeepBest))
    options.settings.set(settingKeepBest, 0);
  deferInterrupt();
  Array<double> values;
  for (int64_t fold = 0; fold < options.folds; ++fold)
    trainFold(options, fold, values);
  Text line;
  line.format(options.json ? "{\"folds\":%lld" : "%lld folds, ", (long long)options.folds);
  for (int64_t metric = -1; metric < bmc_program.metric_count; ++metric)
    if (metric < 0 || isOneNumber(metric))
      appendSpread(line.append(metric < 0 || options.json ? "" : ", "), values, options.folds, metric, options.json);
  puts(line.append(options.json ? "}" : "").get());
  options.quiet = wasQuiet;
  options.checkpoints = checkpoints;
  options.settings.set(settingKeepBest, keepsBest);
}

/// The folds of the command line are all that is done; those of the model file come before the training.
static bool isDoneByFolds(Options &options) {
  const bmc_folds *declared =
      options.trainData && !options.foldsGiven && !options.resume ? bmc_program.datasets[0].folds : nullptr;
  if (declared)
    options.folds = declared->count;
  if (options.folds)
    crossValidate(options);
  if (declared)
    options.folds = 0;
  return options.folds > 0;
}

int train(Options &options) {
  if (isDoneByFolds(options))
    return exitDone;
  TrainingData data;
  choosePaths(options, data);
  loadData(options, data);
  expectCalls(options, data);
  Training training(options, data);
  startVariables(training);
  warnIfNothingIsLeft(training);
  training.rowsBefore = training.state.position;
  openLog(training);
  options.checkpoints.wasSaved(training.state);
  // The work of hours is kept: an interrupted training is saved where it stands.
  deferInterrupt();
  Outcome outcome = runEpochs(training);
  saveWeights(training.data.weightsPath.get(), training.chosen(), training.data.preparation);
  saveTraining(training);
  Measures test(training.state.variables);
  bool isTested = outcome != Outcome::interrupted && testWeights(training, test);
  static const char *const reasons[] = {"finished", "early stop", "interrupted"};
  training.log.end(training.state, reasons[static_cast<int>(outcome)], isTested ? &test : nullptr);
  if (!options.quiet)
    note("saved %s", training.data.weightsPath.get());
  tellOutcome(training, outcome);
  return exitDone;
}

} // namespace bmc
