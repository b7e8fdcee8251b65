// Weights and checkpoints: see weights.h.
#include "weights.h"

#include "errors.h"
#include "numbers.h"

namespace bmc {

static const char extension[] = ".safetensors";
static const char checkpointFormat[] = "bmc checkpoint";

enum class Contents { weights, everything };

void defaultWeightsPath(Text &path) { path.append(bmc_program.name).append(extension); }

void checkpointPath(const char *weightsPath, Text &path) {
  int64_t length = strlen(weightsPath), end = sizeof extension - 1;
  bool hasExtension = length > end && !strcmp(weightsPath + length - end, extension);
  path.append(weightsPath, hasExtension ? length - end : length).append(".checkpoint").append(extension);
}

static bool isStored(const bmc_variable &variable, Contents contents) {
  return contents == Contents::everything || variable.role != bmc_role_state;
}

static void loadTensors(SafetensorsReader &file, Variables &variables, Contents contents) {
  int64_t used = 0;
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    if (!isStored(variable, contents))
      continue;
    int64_t tensor = file.find(variable.name);
    if (tensor < 0) {
      Text shape;
      appendDims(shape, variable.dims, variable.rank);
      fail(exitBadInput, "%s: expected tensor '%s' (%s%s), found none of that name", file.path(), variable.name,
           elementName(variable.element), shape.get());
    }
    file.read(tensor, variables[i], variable.element, variable.dims, variable.rank);
    ++used;
  }
  if (used == file.tensorCount())
    return;
  for (int64_t t = 0; t < file.tensorCount(); ++t) {
    bool known = false;
    for (int64_t i = 0; i < bmc_program.variable_count; ++i)
      known |= isStored(bmc_program.variables[i], contents) && !strcmp(bmc_program.variables[i].name, file.name(t));
    if (!known) {
      warn("%s: %lld tensors are not used, the first is '%s'", file.path(), (long long)(file.tensorCount() - used),
           file.name(t));
      return;
    }
  }
}

static void addTensors(SafetensorsWriter &file, Variables &variables, Contents contents) {
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    if (isStored(variable, contents))
      file.addTensor(variable.name, variable.element, variable.dims, variable.rank, variables[i]);
  }
}

void loadWeights(const char *path, Variables &variables) {
  SafetensorsReader file(path);
  loadTensors(file, variables, Contents::weights);
}

void saveWeights(const char *path, Variables &variables) {
  SafetensorsWriter file;
  file.addMetadata("format", "pt");
  addTensors(file, variables, Contents::weights);
  file.write(path, Durability::synced);
}

static void addCounter(SafetensorsWriter &file, const char *key, int64_t value) {
  Text text;
  file.addMetadata(key, text.format("%lld", static_cast<long long>(value)).get());
}

static void hyperKey(int64_t hyper, Text &key) { key.append("set.").append(bmc_program.hypers[hyper].name); }

/// Not synced: a checkpoint lost in a crash of the machine costs less than waiting for the disk each time.
void saveCheckpoint(const char *path, Variables &variables, const TrainingState &state) {
  SafetensorsWriter file;
  file.addMetadata("format", checkpointFormat);
  addCounter(file, "epoch", state.epoch);
  addCounter(file, "step", state.step);
  addCounter(file, "seed", state.seed);
  addCounter(file, "batch", state.batch);
  for (int64_t i = 0; i < bmc_program.hyper_count; ++i) {
    Text key, value;
    hyperKey(i, key);
    file.addMetadata(key.get(), value.format("%.17g", state.hypers[i]).get());
  }
  addTensors(file, variables, Contents::everything);
  file.write(path, Durability::renamed);
}

static int64_t counter(const SafetensorsReader &file, const char *key) {
  const char *text = file.metadata(key);
  int64_t value;
  if (!text || !parseInteger(text, value))
    fail(exitBadInput, "%s: expected a whole number for '%s' in its metadata, found '%s'", file.path(), key,
         text ? text : "nothing");
  return value;
}

static void warnOfOtherNumbers(const SafetensorsReader &file, const TrainingState &state) {
  int64_t batch = counter(file, "batch");
  if (batch != state.batch)
    warn("%s was made with batch=%lld, this run uses batch=%lld", file.path(), (long long)batch,
         (long long)state.batch);
  for (int64_t i = 0; i < bmc_program.hyper_count; ++i) {
    Text key;
    double value;
    hyperKey(i, key);
    const char *text = file.metadata(key.get());
    if (text && parseNumber(text, value) && value != state.hypers[i])
      warn("%s was made with %s=%.9g, this run uses %s=%.9g", file.path(), bmc_program.hypers[i].name, value,
           bmc_program.hypers[i].name, state.hypers[i]);
  }
}

void loadCheckpoint(const char *path, Variables &variables, TrainingState &state) {
  SafetensorsReader file(path);
  const char *format = file.metadata("format");
  if (!format || strcmp(format, checkpointFormat))
    fail(exitBadInput, "%s: expected a checkpoint, found a weight file", path);
  state.epoch = counter(file, "epoch");
  state.step = counter(file, "step");
  state.seed = counter(file, "seed");
  warnOfOtherNumbers(file, state);
  loadTensors(file, variables, Contents::everything);
}

} // namespace bmc
