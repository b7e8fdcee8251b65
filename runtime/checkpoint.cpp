// Checkpoints: see checkpoint.h.
#include "checkpoint.h"

#include "clock.h"
#include "errors.h"
#include "numbers.h"
#include "weights.h"

namespace bmc {

static const char checkpointFormat[] = "bmc checkpoint 2";
// A colon is in no variable's name.
static const char bestPrefix[] = "best:", measuresName[] = "epoch:measures", monitorName[] = "epoch:monitor",
                  rowsPrefix[] = "epoch:rows:";

void checkpointPath(const char *weightsPath, Text &path) {
  int64_t length = strlen(weightsPath), end = strlen(weightsExtension);
  bool hasExtension = length > end && !strcmp(weightsPath + length - end, weightsExtension);
  path.append(weightsPath, hasExtension ? length - end : length).append(".checkpoint").append(weightsExtension);
}

/// The counters of a training, as they are called in a checkpoint.
struct Counter {
  const char *name;
  int64_t TrainingState::*member;
};
static const Counter counters[] = {{"epoch", &TrainingState::epoch},
                                   {"step", &TrainingState::step},
                                   {"position", &TrainingState::position},
                                   {"rows", &TrainingState::rows},
                                   {"seed", &TrainingState::seed}};

static void addSettings(SafetensorsWriter &file, const Settings &settings) {
  for (int64_t i = 0; i < settings.count(); ++i) {
    if (!settings.isOffered(i))
      continue;
    Text key(settings.isGiven(i) ? "given." : "set."), value;
    key.append(settings.name(i));
    file.addMetadata(key.get(), value.format("%.17g", settings.value(i)).get());
  }
}

/// The numbers of the monitor, exactly.
struct StoredMonitor {
  double numbers[4];
};

static StoredMonitor store(const Monitor &monitor) {
  return {{monitor.best, static_cast<double>(monitor.bestEpoch), monitor.reference,
           static_cast<double>(monitor.patientSince)}};
}

static Monitor restore(const StoredMonitor &stored) {
  Monitor monitor;
  monitor.best = stored.numbers[0];
  monitor.bestEpoch = static_cast<int64_t>(stored.numbers[1]);
  monitor.reference = stored.numbers[2];
  monitor.patientSince = static_cast<int64_t>(stored.numbers[3]);
  return monitor;
}

/// The rows that metrics of all rows wait for.
static void addKeptRows(SafetensorsWriter &file, const Measures &measures) {
  for (int64_t i = 0; i < measures.keptCount(); ++i) {
    const GivenTensor &rows = measures.keptRows(i);
    const bmc_value &value = bmc_program.measure->arguments[i];
    Text name(rowsPrefix);
    if (rows.data)
      file.addTensor(name.append(value.name).get(), value.element, rows.dims, value.rank, rows.data);
  }
}

void saveCheckpoint(const char *path, TrainingState &state, const Settings &settings) {
  SafetensorsWriter file;
  file.addMetadata("format", checkpointFormat);
  for (const Counter &counter : counters) {
    Text text;
    file.addMetadata(counter.name, text.format("%lld", static_cast<long long>(state.*counter.member)).get());
  }
  file.addMetadata("monitored", state.monitored);
  addSettings(file, settings);
  addTensors(file, "", state.variables, Contents::everything);
  if (state.best.isHeld())
    addTensors(file, bestPrefix, state.best, Contents::weights);
  Array<double> measures;
  state.measures.store(measures);
  int64_t size = measures.size(), monitorSize = sizeof(StoredMonitor) / sizeof(double);
  StoredMonitor monitor = store(state.monitor);
  file.addTensor(measuresName, bmc_f64, &size, 1, measures.data());
  file.addTensor(monitorName, bmc_f64, &monitorSize, 1, monitor.numbers);
  addKeptRows(file, state.measures);
  file.write(path);
}

static int64_t readCounter(const WeightFile &file, const char *key) {
  const char *text = file.metadata(key);
  int64_t value;
  if (!text || !parseInteger(text, value) || (value < 0 && strcmp(key, "seed")))
    fail(exitBadInput, "%s: expected a whole number for '%s' in its metadata, found '%s'", file.path(), key,
         text ? text : "nothing");
  return value;
}

/// This command line's numbers come before those that an earlier one gave, and these before the program's own.
static void readSettings(const WeightFile &file, Settings &settings) {
  for (int64_t i = 0; i < settings.count(); ++i) {
    Text set("set."), given("given.");
    const char *own = file.metadata(set.append(settings.name(i)).get());
    const char *earlier = file.metadata(given.append(settings.name(i)).get());
    double value;
    if (!(own || earlier) || !parseNumber(own ? own : earlier, value) || value == settings.value(i))
      continue;
    bool changesSteps = i == settingBatch || i == settingAccumulate || i >= namedSettings;
    if (earlier && !settings.isGiven(i))
      settings.give(i, value);
    else if (changesSteps)
      warn("%s was made with %s=%.9g, this run uses %s=%.9g", file.path(), settings.name(i), value, settings.name(i),
           settings.value(i));
  }
}

static void readMeasures(TensorLoader &loader, TrainingState &state) {
  Array<double> measures;
  state.measures.store(measures);
  int64_t size = measures.size();
  loader.loadTensor(measuresName, measures.data(), bmc_f64, &size, 1);
  state.measures.restore(measures.data());
  for (int64_t i = 0; state.position > 0 && i < state.measures.keptCount(); ++i) {
    const GivenTensor &rows = state.measures.keptRows(i);
    const bmc_value &value = bmc_program.measure->arguments[i];
    Text name(rowsPrefix);
    if (rows.data)
      loader.loadTensor(name.append(value.name).get(), rows.data, value.element, rows.dims, value.rank);
  }
}

/// A monitor that looked at something else, or whose best weights nobody kept, begins anew.
static void readMonitor(WeightFile &file, TensorLoader &loader, TrainingState &state, bool keepsBest) {
  StoredMonitor monitor;
  int64_t size = sizeof monitor / sizeof(double);
  loader.loadTensor(monitorName, monitor.numbers, bmc_f64, &size, 1);
  const char *monitored = file.metadata("monitored");
  bool isSame = monitored && !strcmp(monitored, state.monitored);
  if (!isSame || (keepsBest && !loader.has(bestPrefix)))
    return;
  state.monitor = restore(monitor);
  if (!keepsBest)
    return;
  state.best.hold(false);
  loader.load(bestPrefix, state.best, Contents::weights);
}

void loadCheckpoint(const char *path, TrainingState &state, Settings &settings) {
  WeightFile file(path);
  const char *format = file.metadata("format");
  if (!format || strncmp(format, checkpointFormat, sizeof "bmc checkpoint" - 1))
    fail(exitBadInput, "%s: expected a checkpoint, found a weight file", path);
  if (strcmp(format, checkpointFormat))
    fail(exitBadInput, "%s: expected '%s', found '%s', which another version of bmc wrote", path, checkpointFormat,
         format);
  int64_t rows = state.rows;
  for (const Counter &counter : counters)
    state.*counter.member = readCounter(file, counter.name);
  if (state.position > 0 && state.rows != rows)
    fail(exitBadInput, "%s: stopped at row %lld of %lld of an epoch, but the training set has %lld rows", path,
         (long long)state.position, (long long)state.rows, (long long)rows);
  if (state.rows != rows)
    warn("%s was made with %lld rows, the training set has %lld", path, (long long)state.rows, (long long)rows);
  state.rows = rows;
  readSettings(file, settings);
  TensorLoader loader(file);
  loader.load("", state.variables, Contents::everything);
  readMeasures(loader, state);
  readMonitor(file, loader, state, settings.whole(settingKeepBest) != 0);
  loader.check(false);
}

bool CheckpointSchedule::parse(const char *text) {
  static const struct {
    char name[8];
    Unit unit;
    int64_t factor;
  } units[] = {{"steps", Unit::steps, 1},  {"step", Unit::steps, 1}, {"epochs", Unit::epochs, 1},
               {"epoch", Unit::epochs, 1}, {"s", Unit::seconds, 1},  {"m", Unit::seconds, 60},
               {"h", Unit::seconds, 3600}};
  if (!strcmp(text, "never")) {
    unit = Unit::never;
    return true;
  }
  int64_t digits = strspn(text, "0123456789");
  Text number;
  if (!parseInteger(number.append(text, digits).get(), every) || every < 1 || every > INT32_MAX)
    return false;
  for (const auto &known : units)
    if (!strcmp(text + digits, known.name)) {
      unit = known.unit;
      every *= known.factor;
      return true;
    }
  return false;
}

/// Without a wish: behind an epoch where the last checkpoint is some seconds old, inside one where it is a minute old.
/// So short trainings write one at their end, and no training loses more than a minute.
bool CheckpointSchedule::isDue(const TrainingState &state, bool isEpochEnd) {
  const double epochPause = 10, stepPause = 60;
  switch (unit) {
  case Unit::automatic:
    return monotonicSeconds() - savedAt >= (isEpochEnd ? epochPause : stepPause);
  case Unit::never:
    return false;
  case Unit::steps:
    return state.step - savedStep >= every;
  case Unit::epochs:
    return isEpochEnd && state.epoch - savedEpoch >= every;
  case Unit::seconds:
    return monotonicSeconds() - savedAt >= static_cast<double>(every);
  }
}

void CheckpointSchedule::wasSaved(const TrainingState &state) {
  savedStep = state.step;
  savedEpoch = state.epoch;
  savedAt = monotonicSeconds();
}

} // namespace bmc
