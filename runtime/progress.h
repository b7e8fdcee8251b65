// What `train` shows while it works: a bar redrawn in place on a terminal, one line an epoch elsewhere.
#ifndef BMC_PROGRESS_H
#define BMC_PROGRESS_H

#include "batches.h"
#include "rates.h"

namespace bmc {

enum class ProgressStyle { bar, lines, json, none };

/// What an epoch came to, on the training set and, where there is one, on the validation set.
struct EpochMeasures {
  const Measures &training, &validation;
  bool hasValidation;
  const Rates &rates;

  void append(Text &out) const;
  void appendJson(Text &out) const;
};

class Progress {
public:
  /// `rowsBefore` rows of the first epoch were done by an earlier run.
  Progress(ProgressStyle style, int64_t firstEpoch, int64_t rowsBefore, int64_t epochs, int64_t rowsPerEpoch);
  void batchDone(int64_t rows);
  void epochDone(int64_t epoch, const EpochMeasures &measures);
  void finish();

  /// The bar where standard output is a terminal.
  static ProgressStyle choose(bool json, bool quiet);

private:
  void appendLine(Text &line) const;
  void draw();

  ProgressStyle style;
  int64_t epochs, epoch, rowsDone = 0;
  double rowsToDo, start, lastShown;
  Text measuresText;
};

} // namespace bmc

#endif
