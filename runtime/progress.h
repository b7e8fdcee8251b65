// What `train` shows while it works: a bar redrawn in place on a terminal, one line an epoch elsewhere.
#ifndef BMC_PROGRESS_H
#define BMC_PROGRESS_H

#include "batches.h"

namespace bmc {

enum class ProgressStyle { bar, lines, json };

class Progress {
public:
  Progress(ProgressStyle style, int64_t firstEpoch, int64_t epochs, int64_t rowsPerEpoch);
  void batchDone(int64_t rows);
  void epochDone(int64_t epoch, const Measures &measures);
  void finish();

  /// The bar where standard output is a terminal.
  static ProgressStyle choose(bool json);

private:
  void appendLine(Text &line) const;
  void draw();

  ProgressStyle style;
  int64_t firstEpoch, epochs, rowsPerEpoch, epoch, rowsDone = 0;
  double start, lastShown;
  Text measuresText;
};

} // namespace bmc

#endif
