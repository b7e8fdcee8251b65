// The numbers that a run works with: those of the model file, unless this command line, or that of the run that is
// resumed, gave others.
#ifndef BMC_SETTINGS_H
#define BMC_SETTINGS_H

#include "memory.h"

namespace bmc {

/// The settings that every program has; the numbers that the model file names follow them.
enum Setting {
  settingBatch,
  settingAccumulate,
  settingEpochs,
  settingPatience,
  settingMinDelta,
  settingKeepBest,
  namedSettings
};

class Settings {
public:
  /// The program's own numbers.
  Settings();
  int64_t count() const { return values.size(); }
  const char *name(int64_t i) const;
  /// Whether a command line can give it: `accumulate` only where the model file has it.
  bool isOffered(int64_t i) const;
  /// The number with this name that is offered, or -1.
  int64_t find(const char *name) const;
  double value(int64_t i) const { return values[i]; }
  int64_t whole(Setting setting) const { return static_cast<int64_t>(values[setting]); }
  /// Whether a command line gave it.
  bool isGiven(int64_t i) const { return given[i]; }
  void set(int64_t i, double value) { values[i] = value; }
  void give(int64_t i, double value) {
    values[i] = value;
    given[i] = true;
  }
  /// Reads a number and gives it; null, or what was expected instead.
  const char *parse(int64_t i, const char *text);
  /// The numbers of the model file, for the entry functions.
  const double *hypers() const { return values.data() + namedSettings; }

private:
  Array<double> values;
  Array<bool> given;
};

} // namespace bmc

#endif
