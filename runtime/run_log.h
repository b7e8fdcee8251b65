// The run log: what a training did, as JSON lines for programs and reports to read. It begins with a `start`, has an
// `epoch` for each epoch, a `resume` where a later run went on, and an `end`.
#ifndef BMC_RUN_LOG_H
#define BMC_RUN_LOG_H

#include "checkpoint.h"
#include "progress.h"

namespace bmc {

/// What the log's first line tells beside the program and the training's state.
struct RunDescription {
  struct DataSet {
    const char *name, *path;
    int64_t rows; // 0: it is not there
  };
  DataSet data[3];
  int64_t threads;
  const Settings &settings;
};

/// The whole text of a log; ends the program where the file is none.
void readRunLog(const char *path, Text &log);

class RunLog {
public:
  ~RunLog();
  /// Begins a log, or goes on with one: what it has from behind the checkpoint is cut off, since it comes again.
  /// Without this call nothing is logged.
  void open(const char *path, const TrainingState &state, const RunDescription &run, bool resumes);
  /// `rows` were trained on in `seconds` by this run.
  void epochDone(const TrainingState &state, const EpochMeasures &measures, int64_t rows, double seconds, bool isBest);
  /// `test` may be null.
  void end(const TrainingState &state, const char *reason, const Measures *test);

private:
  void cut(const TrainingState &state, bool resumes);
  void writeLine(Text &line);

  const char *fileName = nullptr;
  int descriptor = -1;
  double startedAt = 0;
};

} // namespace bmc

#endif
