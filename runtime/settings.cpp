// The numbers that a run works with: see settings.h.
#include "settings.h"

#include "bmc/program.h"
#include "numbers.h"

#include <math.h>

namespace bmc {

static const struct {
  char name[12];
  bool isWhole;
} named[namedSettings] = {{"batch", true},    {"accumulate", true}, {"epochs", true},
                          {"patience", true}, {"min_delta", false}, {"keep_best", true}};

Settings::Settings() {
  const bmc_monitor &monitor = *bmc_program.monitor;
  const double own[namedSettings] = {static_cast<double>(bmc_program.batch),
                                     static_cast<double>(bmc_program.update ? bmc_program.accumulate : 1),
                                     static_cast<double>(bmc_program.epochs),
                                     static_cast<double>(monitor.patience),
                                     monitor.min_delta,
                                     static_cast<double>(monitor.keep)};
  values.append(own, namedSettings);
  for (int64_t i = 0; i < bmc_program.hyper_count; ++i)
    values.push(bmc_program.hypers[i].value);
  given.resize(values.size());
}

const char *Settings::name(int64_t i) const {
  return i < namedSettings ? named[i].name : bmc_program.hypers[i - namedSettings].name;
}

bool Settings::isOffered(int64_t i) const { return i != settingAccumulate || bmc_program.update; }

int64_t Settings::find(const char *wanted) const {
  for (int64_t i = 0; i < count(); ++i)
    if (isOffered(i) && !strcmp(name(i), wanted))
      return i;
  return -1;
}

const char *Settings::parse(int64_t i, const char *text) {
  double number;
  bool isNumber = parseNumber(text, number) && isfinite(number);
  if (i == settingKeepBest && !(isNumber && (number == 0 || number == 1)))
    return "1 (save the best epoch's weights) or 0 (the last one's)";
  int64_t whole;
  if (i == settingAccumulate && !(isNumber && number >= 1))
    return "a whole number from 1";
  if (i < namedSettings && named[i].isWhole && !(parseInteger(text, whole) && whole >= 0))
    return i == settingBatch ? "a whole number from 0 (0: all rows)" : "a whole number from 0";
  if (i == settingMinDelta && !(isNumber && number >= 0))
    return "a number from 0";
  if (!isNumber)
    return "a number";
  give(i, number);
  return nullptr;
}

} // namespace bmc
