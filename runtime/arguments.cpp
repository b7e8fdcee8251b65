// The command line of a compiled program: see arguments.h.
#include "arguments.h"

#include "bmc/program.h"
#include "errors.h"
#include "numbers.h"
#include "threads.h"

#include <math.h>
#include <stdio.h>

namespace bmc {

/// One flag: its name, what its value is called in help (null: it takes none), its help.
static const struct FlagInfo {
  Flag flag;
  char name[12], value[12];
  char help[64];
} flagTable[] = {
    {flagData, "--data", "NAME=PATH", "read the data set NAME (train or test) from PATH"},
    {flagWeights, "--weights", "FILE", "start from these weights"},
    {flagOut, "--out", "FILE", "write the weights here"},
    {flagResume, "--resume", "", "go on from the checkpoint of an earlier run"},
    {flagEpochs, "--epochs", "N", "train until N epochs are done"},
    {flagSeed, "--seed", "S", "the seed of every random number"},
    {flagThreads, "--threads", "T", "use at most T threads"},
    {flagSet, "--set", "NAME=VALUE", "change a number of the train block"},
    {flagOutput, "--output", "FILE", "write the predictions here"},
    {flagJson, "--json", "", "print JSON lines"},
};

[[noreturn]] static void failAtCommandLine(const Options &options, const char *message, const char *detail) {
  fail(exitBadCommandLine, "%s %s: %s '%s'; '%s %s --help' tells more", bmc_program.name, options.verb, message, detail,
       bmc_program.name, options.verb);
}

void printVerbHelp(const Verb &verb) {
  printf("usage: %s %s%s [FLAGS]\n\n%s\n\n", bmc_program.name, verb.name, verb.takesInput ? " INPUT|-" : "",
         verb.summary);
  for (const FlagInfo &info : flagTable)
    if (verb.flags & info.flag)
      printf("  %-10s %-11s %s\n", info.name, info.value, info.help);
  printf("  %-10s %-11s %s\n", "--help", "", "print this");
  if (verb.flags & flagSet) {
    printf("\nNumbers for --set:\n  batch = %lld\n", static_cast<long long>(bmc_program.batch));
    for (int64_t i = 0; i < bmc_program.hyper_count; ++i)
      printf("  %s = %.9g\n", bmc_program.hypers[i].name, bmc_program.hypers[i].value);
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

static void setData(Options &options, const FlagInfo &info, const char *text) {
  Text name;
  const char *path = splitPair(options, info, text, name);
  if (!strcmp(name.get(), "train"))
    options.trainData = path;
  else if (!strcmp(name.get(), "test"))
    options.testData = path;
  else
    failAtCommandLine(options, "--data: expected the data set train or test, found", name.get());
}

static void appendKnownNumbers(Text &text) {
  text.append("batch");
  for (int64_t i = 0; i < bmc_program.hyper_count; ++i)
    text.append(", ").append(bmc_program.hypers[i].name);
}

static void setNumber(Options &options, const FlagInfo &info, const char *text) {
  Text name;
  const char *value = splitPair(options, info, text, name);
  for (int64_t i = 0; i < bmc_program.hyper_count; ++i) {
    if (strcmp(name.get(), bmc_program.hypers[i].name))
      continue;
    if (!parseNumber(value, options.hypers[i]) || !isfinite(options.hypers[i])) {
      Text message;
      message.format("--set %s: expected a number, found", name.get());
      failAtCommandLine(options, message.get(), value);
    }
    return;
  }
  if (strcmp(name.get(), "batch")) {
    Text message;
    message.append("--set: expected one of ");
    appendKnownNumbers(message);
    failAtCommandLine(options, message.append(", found").get(), name.get());
  }
  if (!parseInteger(value, options.batch) || options.batch < 0)
    failAtCommandLine(options, "--set batch: expected a whole number from 0 (0: all rows), found", value);
}

static void applyFlag(Options &options, const FlagInfo &info, const char *value) {
  switch (info.flag) {
  case flagData:
    return setData(options, info, value);
  case flagWeights:
    options.weights = value;
    return;
  case flagOut:
    options.out = value;
    return;
  case flagOutput:
    options.output = value;
    return;
  case flagResume:
    options.resume = true;
    return;
  case flagJson:
    options.json = true;
    return;
  case flagEpochs:
    options.epochs = parseCount(options, info, value, 0);
    return;
  case flagSeed:
    options.seed = parseCount(options, info, value, INT64_MIN);
    options.seedGiven = true;
    return;
  case flagThreads: {
    int64_t threads = parseCount(options, info, value, 1);
    setThreadCount(threads > INT32_MAX ? INT32_MAX : static_cast<int>(threads));
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

/// Applies the flag at `arguments[i]`; the index of the last argument that it used.
static int parseFlag(const Verb &verb, int i, int count, char **arguments, Options &options) {
  const char *argument = arguments[i];
  const char *equals = strchr(argument, '=');
  const FlagInfo *info = findFlag(verb, argument, equals ? equals - argument : static_cast<int64_t>(strlen(argument)));
  if (!info)
    failAtCommandLine(options, "unknown flag", argument);
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
  options.epochs = bmc_program.epochs;
  options.seed = bmc_program.seed;
  options.batch = bmc_program.batch;
  for (int64_t i = 0; i < bmc_program.hyper_count; ++i)
    options.hypers.push(bmc_program.hypers[i].value);
  for (int64_t i = 0; i < bmc_program.dataset_count; ++i) {
    const bmc_dataset &dataset = bmc_program.datasets[i];
    if (!strcmp(dataset.name, "train"))
      options.trainData = dataset.path;
    else if (!strcmp(dataset.name, "test"))
      options.testData = dataset.path;
  }
}

void parseArguments(const Verb &verb, int count, char **arguments, Options &options) {
  setDefaults(verb, options);
  for (int i = 0; i < count; ++i)
    if (!strcmp(arguments[i], "--help")) {
      printVerbHelp(verb);
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
  if (verb.takesInput && !options.input)
    failAtCommandLine(options, "expected", "INPUT|-");
  if (options.resume && options.weights)
    failAtCommandLine(options, "--resume goes on from a checkpoint, so it excludes", "--weights");
}

} // namespace bmc
