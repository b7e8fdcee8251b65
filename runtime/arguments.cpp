// The command line of a compiled program: see arguments.h.
#include "arguments.h"

#include "bmc/program.h"
#include "errors.h"
#include "nearest.h"
#include "numbers.h"
#include "thread_pool.h"
#include "threads.h"
#include "verbs.h"

#include <stdio.h>

namespace bmc {

/// One flag: its name, what its value is called in help (null: it takes none), its help.
static const struct FlagInfo {
  Flag flag;
  char name[20], value[12];
  char help[80];
} flagTable[] = {
    {flagData, "--data", "NAME=PATH", "read the data set NAME (train, valid or test) from PATH"},
    {flagWeights, "--weights", "FILE", "start from these weights"},
    {flagPartial, "--partial", "", "let tensors that the weights lack keep their initial values"},
    {flagOut, "--out", "FILE", "write the weights here"},
    {flagResume, "--resume", "", "go on from the checkpoint of an earlier run"},
    {flagEpochs, "--epochs", "N", "train until N epochs are done"},
    {flagPatience, "--patience", "N", "stop after N epochs without a better one; 0: never"},
    {flagCheckpointEvery, "--checkpoint-every", "TIME", "500steps, 2epochs, 30s, 5m, 1h or never"},
    {flagSeed, "--seed", "S", "the seed of every random number"},
    {flagThreads, "--threads", "T", "use at most T threads"},
    {flagSet, "--set", "NAME=VALUE", "change a number of the train block"},
    {flagEntry, "--entry", "NAME", "call this entry of the network"},
    {flagOutput, "--output", "FILE", "write the output here"},
    {flagLog, "--log", "FILE", "the run log: what happens in training, as JSON lines"},
    {flagFolds, "--folds", "K", "cross-validate: train K times, each time without one part"},
    {flagMemory, "--memory", "SIZE", "hold larger data on the disk: 500M, 16G"},
    {flagProbabilities, "--probabilities", "", "print the probability of each class too"},
    {flagProfile, "--profile", "", "tell how long each kernel took, by lines of the model file"},
    {flagTrace, "--trace", "FILE", "write the calls of the kernels as a trace for Chrome or Perfetto"},
    {flagMethod, "--method", "METHOD", "integrated (gradients, the default) or gradient"},
    {flagSteps, "--steps", "N", "points of the path that is integrated over; 50"},
    {flagTarget, "--target", "CLASS", "explain this class, or output by number, in place of the predicted one"},
#ifdef BMC_DEVICE
    {flagDevice, "--device", "gpu|cpu", "run on the device (the default), or on the processor"},
#endif
    {flagQuiet, "--quiet", "", "show no progress"},
    {flagJson, "--json", "", "print JSON lines"},
};

[[noreturn]] static void failAtCommandLine(const Options &options, const char *message, const char *detail) {
  fail(exitBadCommandLine, "%s %s: %s '%s'; '%s %s --help' tells more", bmc_program.name, options.verb, message, detail,
       bmc_program.name, options.verb);
}

/// With the name that was probably meant.
[[noreturn]] static void failAtCommandLine(const Options &options, const char *message, const char *detail,
                                           const Nearest &nearest) {
  if (!nearest.found())
    failAtCommandLine(options, message, detail);
  fail(exitBadCommandLine, "%s %s: %s '%s'; did you mean '%s'?", bmc_program.name, options.verb, message, detail,
       nearest.found());
}

/// A program without a profile does not offer its flags.
static bool isThere(const FlagInfo &info) { return bmc_part_profile || !(info.flag & (flagProfile | flagTrace)); }

static void printVerbHelp(const Verb &verb, const Options &options) {
  printf("usage: %s %s%s [FLAGS]\n\n%s\n\n", bmc_program.name, verb.name, verb.takesInput ? " INPUT|-" : "",
         verb.summary);
  for (const FlagInfo &info : flagTable)
    if ((verb.flags & info.flag) && isThere(info))
      printf("  %-18s %-11s %s\n", info.name, info.value, info.help);
  printf("  %-18s %-11s %s\n", "--help", "", "print this");
  if (verb.flags & flagSet) {
    printf("\nNumbers for --set:\n");
    for (int64_t i = 0; i < options.settings.count(); ++i)
      if (options.settings.isOffered(i))
        printf("  %s = %.9g\n", options.settings.name(i), options.settings.value(i));
  }
}

static int64_t parseCount(const Options &options, const FlagInfo &info, const char *value, int64_t minimum) {
  int64_t number;
  if (parseInteger(value, number) && number >= minimum)
    return number;
  Text message;
  message.format("%s: expected a whole number from %lld, found", info.name, static_cast<long long>(minimum));
  failAtCommandLine(options, message.get(), value);
}

/// `4096`, `500K`, `500M` or `16G`.
static int64_t parseSize(const Options &options, const char *value) {
  static const char units[] = "KMG";
  int64_t length = static_cast<int64_t>(strlen(value)), number;
  const char *unit = length > 1 ? strchr(units, value[length - 1]) : nullptr;
  Text digits;
  digits.append(value, unit ? length - 1 : length);
  int shift = unit ? 10 * static_cast<int>(unit - units + 1) : 0;
  if (!parseInteger(digits.get(), number) || number < 1 || number > INT64_MAX >> shift)
    failAtCommandLine(options, "--memory: expected a size such as 500M or 16G, found", value);
  return number << shift;
}

/// Splits NAME=VALUE; the value.
static const char *splitPair(const Options &options, const FlagInfo &info, const char *text, Text &name) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || !equals[1]) {
    Text message;
    message.format("%s: expected %s, found", info.name, info.value);
    failAtCommandLine(options, message.get(), text);
  }
  name.append(text, equals - text);
  return equals + 1;
}

struct DataFlag {
  const char *name;
  const char *Options::*path;
  bool Options::*isGiven;
};
static const DataFlag dataFlags[] = {{"train", &Options::trainData, &Options::trainIsGiven},
                                     {"valid", &Options::validData, &Options::validIsGiven},
                                     {"test", &Options::testData, &Options::testIsGiven}};

static void setData(Options &options, const FlagInfo &info, const char *text) {
  Text name;
  const char *path = splitPair(options, info, text, name);
  for (const DataFlag &flag : dataFlags)
    if (!strcmp(name.get(), flag.name)) {
      options.*flag.path = path;
      options.*flag.isGiven = true;
      return;
    }
  failAtCommandLine(options, "--data: expected the data set train, valid or test, found", name.get());
}

/// Parts of the training data's file follow it to another one.
static void followTrainData(Options &options) {
  for (int64_t i = 0; options.trainIsGiven && i < bmc_program.dataset_count; ++i)
    for (const DataFlag &flag : dataFlags)
      if (bmc_program.datasets[i].split && !strcmp(bmc_program.datasets[i].name, flag.name) && !(options.*flag.isGiven))
        options.*flag.path = options.trainData;
}

/// The paths of a data set's files, separated by commas.
static void declareData(Options &options, const bmc_dataset &dataset) {
  for (int k = 0; k < 3; ++k) {
    if (strcmp(dataset.name, dataFlags[k].name))
      continue;
    for (int64_t f = 0; f < dataset.file_count; ++f)
      options.declaredData[k].append(f ? "," : "").append(dataset.files[f].path);
    options.*dataFlags[k].path = options.declaredData[k].get();
  }
}

/// `flag` is how the command line names the setting.
static void giveSetting(Options &options, int64_t setting, const char *flag, const char *value) {
  const char *expected = options.settings.parse(setting, value);
  if (!expected)
    return;
  Text message;
  message.format("%s: expected %s, found", flag, expected);
  failAtCommandLine(options, message.get(), value);
}

static void setNumber(Options &options, const FlagInfo &info, const char *text) {
  Text name, message;
  const char *value = splitPair(options, info, text, name);
  int64_t setting = options.settings.find(name.get());
  if (setting >= 0)
    return giveSetting(options, setting, message.append("--set ").append(name.get()).get(), value);
  for (int64_t i = 0; i < bmc_program.fixed_count; ++i)
    if (!strcmp(bmc_program.fixed[i].name, name.get()))
      fail(exitBadCommandLine, "%s %s: --set cannot change '%s': %s; change it in the model file", bmc_program.name,
           options.verb, name.get(), bmc_program.fixed[i].reason);
  Nearest nearest(name.get());
  message.append("--set: expected one of ");
  for (int64_t i = 0; i < options.settings.count(); ++i) {
    if (!options.settings.isOffered(i))
      continue;
    message.append(i ? ", " : "").append(options.settings.name(i));
    nearest.consider(options.settings.name(i));
  }
  message.append(" (other numbers are known at compile time: change the model file, or use bmc -D), found");
  failAtCommandLine(options, message.get(), name.get(), nearest);
}

static void chooseEntry(Options &options, const char *wanted) {
  Nearest nearest(wanted);
  Text message("--entry: expected ");
  for (int64_t i = 0; i < bmc_program.entry_count; ++i) {
    const bmc_entry &entry = bmc_program.entries[i];
    if (!strcmp(entry.name, wanted)) {
      options.function = entry.function;
      return;
    }
    nearest.consider(entry.name);
    message.append(i ? ", " : "one of ").append(entry.name);
  }
  if (!bmc_program.entry_count)
    fail(exitBadCommandLine, "%s %s: --entry: the networks of %s have no entries", bmc_program.name, options.verb,
         bmc_program.source);
  failAtCommandLine(options, message.append(", found").get(), wanted, nearest);
}

static void applyFlag(Options &options, const FlagInfo &info, const char *value) {
  if (!isThere(info))
    fail(exitBadCommandLine, "%s was compiled without its profile; bmc --with=profile adds it", bmc_program.name);
  switch (info.flag) {
  case flagData:
    return setData(options, info, value);
  case flagWeights:
    options.weights = value;
    return;
  case flagOut:
    options.out = value;
    return;
  case flagEntry:
    return chooseEntry(options, value);
  case flagOutput:
    options.output = value;
    return;
  case flagResume:
    options.resume = true;
    return;
  case flagPartial:
    options.partial = true;
    return;
  case flagJson:
    options.json = true;
    return;
  case flagEpochs:
    return giveSetting(options, settingEpochs, info.name, value);
  case flagPatience:
    return giveSetting(options, settingPatience, info.name, value);
  case flagCheckpointEvery:
    if (!options.checkpoints.parse(value))
      failAtCommandLine(options, "--checkpoint-every: expected 500steps, 2epochs, 30s, 5m, 1h or never, found", value);
    return;
  case flagLog:
    options.log = value;
    return;
  case flagFolds:
    options.folds = !strcmp(value, "0") ? 0 : parseCount(options, info, value, 2);
    options.foldsGiven = true;
    return;
  case flagMemory:
    options.memory = parseSize(options, value);
    return;
  case flagProbabilities:
    options.probabilities = true;
    return;
  case flagProfile:
    options.profile = true;
    return;
  case flagTrace:
    options.trace = value;
    return;
  case flagMethod:
    options.integrates = !strcmp(value, "integrated");
    if (!options.integrates && strcmp(value, "gradient"))
      failAtCommandLine(options, "--method: expected integrated or gradient, found", value);
    return;
  case flagSteps:
    options.steps = parseCount(options, info, value, 1);
    return;
  case flagTarget:
    options.target = value;
    return;
#ifdef BMC_DEVICE
  case flagDevice:
    options.onDevice = !strcmp(value, "gpu");
    if (!options.onDevice && strcmp(value, "cpu"))
      failAtCommandLine(options, "--device: expected gpu or cpu, found", value);
    return;
#endif
  case flagQuiet:
    options.quiet = true;
    return;
  case flagSeed:
    options.seed = parseCount(options, info, value, INT64_MIN);
    options.seedGiven = true;
    return;
  case flagThreads: {
    int64_t threads = parseCount(options, info, value, 1);
    options.threads = threads > maximumThreads ? int64_t(maximumThreads) : threads;
    setThreadCount(static_cast<int>(options.threads));
    return;
  }
  case flagSet:
    return setNumber(options, info, value);
  }
}

/// The verb's flag that `argument` names, whole or up to '='.
static const FlagInfo *findFlag(const Verb &verb, const char *argument, int64_t length) {
  for (const FlagInfo &info : flagTable)
    if ((verb.flags & info.flag) && static_cast<int64_t>(strlen(info.name)) == length &&
        !strncmp(info.name, argument, length))
      return &info;
  return nullptr;
}

[[noreturn]] static void failAtUnknownFlag(const Verb &verb, const char *argument, const char *equals,
                                           const Options &options) {
  Text name;
  name.append(argument, equals ? equals - argument : static_cast<int64_t>(strlen(argument)));
  const char *number = name.get() + strspn(name.get(), "-");
  if ((verb.flags & flagSet) && options.settings.find(number) >= 0)
    fail(exitBadCommandLine, "%s %s: unknown flag '%s'; did you mean '--set %s=VALUE'?", bmc_program.name, verb.name,
         argument, number);
  Nearest nearest(name.get());
  for (const FlagInfo &info : flagTable)
    if ((verb.flags & info.flag) && isThere(info))
      nearest.consider(info.name);
  failAtCommandLine(options, "unknown flag", argument, nearest);
}

/// Applies the flag at `arguments[i]`; the index of the last argument that it used.
static int parseFlag(const Verb &verb, int i, int count, char **arguments, Options &options) {
  const char *argument = arguments[i];
  const char *equals = strchr(argument, '=');
  const FlagInfo *info = findFlag(verb, argument, equals ? equals - argument : static_cast<int64_t>(strlen(argument)));
  if (!info)
    failAtUnknownFlag(verb, argument, equals, options);
  const char *value = equals ? equals + 1 : nullptr;
  if (!*info->value && value)
    failAtCommandLine(options, "expected no value, found", argument);
  if (*info->value && !value) {
    if (++i == count)
      failAtCommandLine(options, "expected a value behind", argument);
    value = arguments[i];
  }
  if (value && !*value)
    failAtCommandLine(options, "expected a value behind", info->name);
  applyFlag(options, *info, value);
  return i;
}

static void setDefaults(const Verb &verb, Options &options) {
  options.verb = verb.name;
  options.seed = bmc_program.seed;
  for (int64_t i = 0; i < bmc_program.dataset_count; ++i)
    declareData(options, bmc_program.datasets[i]);
}

/// Where the model file leaves it open, the best epoch's weights are kept if there is a validation set to tell it by.
static void chooseKeptEpoch(Options &options) {
  if (bmc_program.monitor->keep == bmc_keep_automatic && !options.settings.isGiven(settingKeepBest))
    options.settings.set(settingKeepBest, options.validData != nullptr);
}

void parseArguments(const Verb &verb, int count, char **arguments, Options &options) {
  setDefaults(verb, options);
  chooseKeptEpoch(options);
  for (int i = 0; i < count; ++i)
    if (!strcmp(arguments[i], "--help")) {
      printVerbHelp(verb, options);
      finishStandardOutput();
      exit(exitDone);
    }
  for (int i = 0; i < count; ++i) {
    const char *argument = arguments[i];
    if (argument[0] == '-' && argument[1])
      i = parseFlag(verb, i, count, arguments, options);
    else if (!verb.takesInput || options.input)
      failAtCommandLine(options, "unexpected argument", argument);
    else
      options.input = argument;
  }
  followTrainData(options);
  if (verb.takesInput && !options.input)
    failAtCommandLine(options, "expected", "INPUT|-");
  chooseKeptEpoch(options);
  if (options.folds && (options.resume || options.validIsGiven))
    failAtCommandLine(options, "--folds trains anew, with validation rows of its own, so it excludes",
                      options.resume ? "--resume" : "--data valid");
  if (options.resume && options.weights)
    failAtCommandLine(options, "--resume goes on from a checkpoint, so it excludes", "--weights");
  if (options.partial && !options.weights)
    failAtCommandLine(options, "--partial is about the weights to start from, so it needs", "--weights");
}

} // namespace bmc
