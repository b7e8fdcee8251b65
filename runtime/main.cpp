// The entry of every compiled program: finds the verb and hands over to its file.
#include "bmc/program.h"
#include "errors.h"
#include "nearest.h"
#include "verbs.h"
#ifdef BMC_DEVICE
#include "device/device.h"
#endif

#include <stdio.h>

using namespace bmc;

static const Verb verbs[] = {
    {"train", "Trains the model and saves its weights.",
     flagData | flagWeights | flagPartial | flagOut | flagResume | flagEpochs | flagPatience | flagCheckpointEvery |
         flagSeed | flagsOfKernels | flagFolds | flagMemory | flagSet | flagLog | flagProfile | flagTrace | flagQuiet |
         flagJson,
     false, train},
    {"evaluate", "Prints the loss and the metrics on the test set, or on the train set where there is none.",
     flagData | flagWeights | flagsOfKernels | flagMemory | flagProfile | flagTrace | flagJson, false, evaluate},
    {"predict", "Prints the model's answers for the rows of a file, or of standard input (-).",
     flagWeights | flagEntry | flagOutput | flagProbabilities | flagsOfKernels | flagProfile | flagTrace | flagJson,
     true, predict},
    {"explain", "Prints how much each column of the rows makes of the model's answers.",
     flagWeights | flagOutput | flagMethod | flagSteps | flagTarget | flagsOfKernels | flagProfile | flagTrace |
         flagJson,
     true, bmc_part_explain},
    {"report", "Writes a page (HTML) about the training and the model; --log shows its curves.",
     flagData | flagWeights | flagLog | flagOutput | flagsOfKernels | flagMemory, false, bmc_part_report},
    {"info", "Prints the architecture, the parameters, the memory plan and the kernels.", flagJson, false, info},
    {"selftest", "Compares every compiled kernel with its plain form.", flagsOfKernels, false, selftest},
};

/// What the model file does not ask for is no verb of its program.
static bool isThere(const Verb &verb) {
  if (!verb.run)
    return false;
  if (verb.run == train)
    return (bmc_program.train || bmc_program.step_count) && bmc_program.init && bmc_program.evaluate;
  if (verb.run == evaluate || verb.run == bmc_part_report)
    return bmc_program.evaluate;
  if (verb.run == predict)
    return bmc_program.predict;
  return true;
}

static void printHelp(FILE *out) {
  fprintf(out, "usage: %s VERB [FLAGS]\n\n", bmc_program.name);
  for (const Verb &verb : verbs)
    if (isThere(verb))
      fprintf(out, "  %-10s %s\n", verb.name, verb.summary);
  fprintf(out, "\n'%s VERB --help' prints the flags of a verb.\n", bmc_program.name);
}

static int printVersion() {
  printf("%s, compiled from %s by bmc %s\n", bmc_program.name, bmc_program.source, BMC_VERSION);
  return exitDone;
}

#ifdef BMC_DEVICE
static void startDevice(const Verb &verb, const Options &options) {
  if (!options.onDevice || !(verb.flags & flagDevice))
    return;
  openDevice(options.profile || options.trace);
}
#endif

static int run(int count, char **arguments) {
  if (count < 2) {
    printHelp(stderr);
    return exitBadCommandLine;
  }
  const char *name = arguments[1];
  if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
    printHelp(stdout);
    return exitDone;
  }
  if (!strcmp(name, "--version"))
    return printVersion();
  for (const Verb &verb : verbs)
    if (isThere(verb) && !strcmp(name, verb.name)) {
      Options options;
      parseArguments(verb, count - 2, arguments + 2, options);
#ifdef BMC_DEVICE
      startDevice(verb, options);
#endif
      if (options.profile || options.trace)
        bmc_part_profile(options);
      return verb.run(options);
    }
  for (const Verb &verb : verbs)
    if (!verb.run && !strcmp(name, verb.name))
      fail(exitBadCommandLine, "%s was compiled without '%s'; bmc --with=%s adds it", bmc_program.name, name, name);
  Nearest nearest(name);
  for (const Verb &verb : verbs)
    if (isThere(verb))
      nearest.consider(verb.name);
  fail(exitBadCommandLine, "%s: unknown verb '%s'%s%s; '%s --help' lists the verbs", bmc_program.name, name,
       nearest.found() ? ", did you mean " : "", nearest.found() ? nearest.found() : "", bmc_program.name);
}

int main(int count, char **arguments) {
  installSignalHandlers();
  if (bmc_program.version != BMC_PROGRAM_VERSION)
    fail(exitCannot, "this program's table has version %lld, its runtime expects %d", (long long)bmc_program.version,
         BMC_PROGRAM_VERSION);
  int code = run(count, arguments);
  finishStandardOutput();
  runAtEnd();
  return code;
}
