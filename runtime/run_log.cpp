// The run log: see run_log.h.
#include "run_log.h"

#include "clock.h"
#include "errors.h"
#include "input_file.h"
#include "layers.h"
#include "numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bmc {

// How lines begin; the epoch of a line decides whether it stays.
static const char startLine[] = "{\"event\":\"start\",\"epoch\":", resumeLine[] = "{\"event\":\"resume\",\"epoch\":",
                  epochLine[] = "{\"event\":\"epoch\",\"epoch\":", endLine[] = "{\"event\":\"end\",\"epoch\":";

static bool isRunLog(const char *text) { return !strncmp(text, startLine, sizeof startLine - 1); }

void readRunLog(const char *path, Text &log) {
  Array<char> bytes;
  InputFile(path, false).readRest(bytes);
  log.append(bytes.data(), bytes.size());
  if (!isRunLog(log.get()))
    fail(exitBadInput, "%s: expected a run log, as 'train --log' writes it, found other text", path);
}

RunLog::~RunLog() {
  if (descriptor >= 0)
    close(descriptor);
}

static void appendKey(Text &out, const char *key) {
  out.append(",");
  appendJsonString(out, key);
  out.append(":");
}

static void appendText(Text &out, const char *key, const char *value) { appendJsonField(out.append(","), key, value); }

static void appendCount(Text &out, const char *key, int64_t value) {
  appendKey(out, key);
  out.format("%lld", static_cast<long long>(value));
}

static void appendReal(Text &out, const char *key, double value) {
  appendKey(out, key);
  appendJsonNumber(out, value);
}

static void appendProgram(Text &out) {
  appendText(out, "program", bmc_program.name);
  appendText(out, "source", bmc_program.source);
  appendText(out, "version", BMC_VERSION);
  appendKey(out, "layers");
  appendJsonLayers(out);
  int64_t parameters = 0;
  for (int64_t i = 0; i < bmc_program.variable_count; ++i)
    if (bmc_program.variables[i].role == bmc_role_parameter)
      parameters += elementCount(bmc_program.variables[i].dims, bmc_program.variables[i].rank);
  appendCount(out, "parameters", parameters);
}

static void appendRun(Text &out, const TrainingState &state, const RunDescription &run) {
  appendCount(out, "time", static_cast<int64_t>(clockSeconds(CLOCK_REALTIME)));
  appendCount(out, "threads", run.threads);
  appendCount(out, "seed", state.seed);
  appendCount(out, "shuffle", bmc_program.shuffle);
  appendText(out, "monitor", state.monitored);
  appendText(out, "goal", bmc_program.monitor->maximize ? "maximize" : "minimize");
  appendKey(out, "settings");
  bool isFirstSetting = true;
  for (int64_t i = 0; i < run.settings.count(); ++i) {
    if (!run.settings.isOffered(i))
      continue;
    out.append(isFirstSetting ? "{" : ",");
    isFirstSetting = false;
    appendJsonString(out, run.settings.name(i));
    out.append(":");
    appendJsonNumber(out, run.settings.value(i));
  }
  out.append("}");
  appendKey(out, "data");
  bool isFirst = true;
  for (const RunDescription::DataSet &set : run.data) {
    if (set.rows == 0)
      continue;
    out.append(isFirst ? "{" : ",");
    isFirst = false;
    appendJsonString(out, set.name);
    out.append(":{\"path\":");
    appendJsonString(out, set.path);
    out.format(",\"rows\":%lld}", static_cast<long long>(set.rows));
  }
  out.append("}");
}

void RunLog::open(const char *path, const TrainingState &state, const RunDescription &run, bool resumes) {
  fileName = path;
  startedAt = monotonicSeconds();
  descriptor = ::open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0)
    fail(exitCannot, "%s: cannot write: %s", path, systemError());
  cut(state, resumes);
  Text line;
  line.format("%s%lld", resumes ? resumeLine : startLine, static_cast<long long>(state.epoch));
  appendProgram(line);
  appendRun(line, state, run);
  writeLine(line);
}

/// Whether a line is from before the checkpoint.
static bool staysInLog(const char *line, const TrainingState &state) {
  if (!strncmp(line, startLine, sizeof startLine - 1))
    return true;
  if (!strncmp(line, epochLine, sizeof epochLine - 1))
    return atoll(line + sizeof epochLine - 1) <= state.epoch;
  return !strncmp(line, resumeLine, sizeof resumeLine - 1) && atoll(line + sizeof resumeLine - 1) < state.epoch;
}

/// Only a log is cut or written over: a file of another kind is not taken for one.
void RunLog::cut(const TrainingState &state, bool resumes) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
    return;
  Text text;
  char piece[4096];
  for (ssize_t got; (got = read(descriptor, piece, sizeof piece)) > 0;)
    text.append(piece, got);
  if (!isRunLog(text.get()))
    fail(exitBadInput, "%s: expected a run log or no file, found a file that begins with other text", fileName);
  int64_t kept = 0;
  while (const char *end = resumes ? strchr(text.get() + kept, '\n') : nullptr) {
    if (!staysInLog(text.get() + kept, state))
      break;
    kept = end + 1 - text.get();
  }
  if (ftruncate(descriptor, kept) != 0)
    fail(exitCannot, "%s: cannot write: %s", fileName, systemError());
}

/// In one piece, so that a program that is killed leaves whole lines.
void RunLog::writeLine(Text &line) {
  line.append("}\n");
  for (int64_t done = 0; done < line.size();) {
    ssize_t written = write(descriptor, line.get() + done, line.size() - done);
    if (written < 0 && errno != EINTR)
      fail(exitCannot, "%s: cannot write: %s", fileName, systemError());
    done += written < 0 ? 0 : written;
  }
}

void RunLog::epochDone(const TrainingState &state, const EpochMeasures &measures, int64_t rows, double seconds,
                       bool isBest) {
  if (descriptor < 0)
    return;
  Text line;
  line.format("%s%lld", epochLine, static_cast<long long>(state.epoch));
  appendCount(line, "step", state.step);
  measures.appendJson(line.append(","));
  appendCount(line, "best", isBest);
  appendReal(line, "seconds", seconds);
  appendReal(line, "rows_per_second", static_cast<double>(rows) / (seconds > 0 ? seconds : 1e-9));
  writeLine(line);
}

void RunLog::end(const TrainingState &state, const char *reason, const Measures *test) {
  if (descriptor < 0)
    return;
  Text line;
  line.format("%s%lld", endLine, static_cast<long long>(state.epoch));
  appendText(line, "reason", reason);
  appendCount(line, "step", state.step);
  if (state.monitor.bestEpoch > 0) {
    appendCount(line, "best_epoch", state.monitor.bestEpoch);
    appendReal(line, "best_value", state.monitor.best);
  }
  if (test)
    test->appendJson(line.append(","), "test_");
  appendReal(line, "seconds", monotonicSeconds() - startedAt);
  writeLine(line);
}

} // namespace bmc
