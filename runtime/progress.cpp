// What `train` shows while it works: see progress.h.
#include "progress.h"

#include "clock.h"
#include "errors.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace bmc {

static int terminalColumns() {
  struct winsize size;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

ProgressStyle Progress::choose(bool json, bool quiet) {
  return quiet                   ? ProgressStyle::none
         : json                  ? ProgressStyle::json
         : isatty(STDOUT_FILENO) ? ProgressStyle::bar
                                 : ProgressStyle::lines;
}

Progress::Progress(ProgressStyle style, int64_t firstEpoch, int64_t rowsBefore, int64_t epochs, int64_t rowsPerEpoch)
    : style(style), epochs(epochs), epoch(firstEpoch),
      rowsToDo(static_cast<double>(epochs - firstEpoch + 1) * static_cast<double>(rowsPerEpoch) -
               static_cast<double>(rowsBefore)),
      start(monotonicSeconds()), lastShown(start) {}

/// Looking at the clock and the terminal is dear beside a small step, so both happen ten times a second at most.
void Progress::batchDone(int64_t rows) {
  const double framesPerSecond = 10;
  rowsDone += rows;
  if (style != ProgressStyle::bar || monotonicSeconds() - lastShown < 1 / framesPerSecond)
    return;
  lastShown = monotonicSeconds();
  draw();
}

void EpochMeasures::append(Text &out) const {
  training.append(out);
  if (hasValidation)
    validation.append(out.append(", "), "Valid ");
}

void EpochMeasures::appendJson(Text &out) const {
  training.appendJson(out, "");
  if (hasValidation)
    validation.appendJson(out.append(","), "valid_");
  rates.appendJson(out);
}

void Progress::epochDone(int64_t number, const EpochMeasures &measures) {
  epoch = number;
  if (style == ProgressStyle::none)
    return;
  if (style == ProgressStyle::bar) {
    measuresText.clear();
    measures.append(measuresText);
    return;
  }
  Text line;
  if (style == ProgressStyle::json) {
    line.format("{\"epoch\":%lld,", static_cast<long long>(number));
    measures.appendJson(line);
    line.append("}");
  } else {
    line.format("Epoch %lld, ", static_cast<long long>(number));
    measures.append(line);
  }
  puts(line.get());
  if (ferror(stdout))
    finishStandardOutput();
  // A reader at the other end of a pipe wants to follow; a flush for each of many quick epochs would slow training
  // down.
  if (monotonicSeconds() - lastShown > 0.1) {
    finishStandardOutput();
    lastShown = monotonicSeconds();
  }
}

static void appendDuration(Text &out, double duration) {
  long long whole = static_cast<long long>(duration + 0.5);
  if (whole >= 3600)
    out.format("%lldh%02lldm", whole / 3600, whole / 60 % 60);
  else
    out.format("%lldm%02llds", whole / 60, whole % 60);
}

static void appendBar(Text &out, double fraction) {
  const int width = 20;
  int filled = static_cast<int>(fraction * width);
  out.append("[");
  for (int i = 0; i < width; ++i)
    out.append(i < filled ? "#" : ".");
  out.append("] ");
}

void Progress::appendLine(Text &line) const {
  double elapsed = monotonicSeconds() - start;
  double fraction = static_cast<double>(rowsDone) / rowsToDo;
  appendBar(line, fraction);
  line.format("Epoch %lld/%lld, ", static_cast<long long>(epoch), static_cast<long long>(epochs));
  if (measuresText.size())
    line.append(measuresText.get()).append(", ");
  line.format("%.0f rows/s", static_cast<double>(rowsDone) / (elapsed > 0 ? elapsed : 1e-9));
  if (fraction > 0 && fraction < 1) {
    line.append(", ");
    appendDuration(line, elapsed / fraction * (1 - fraction));
    line.append(" left");
  }
}

/// Cut to the terminal's width: a longer line would wrap and could not be redrawn.
void Progress::draw() {
  Text line;
  appendLine(line);
  printf("\r\033[K%.*s", terminalColumns() - 1, line.get());
  fflush(stdout);
  setLineOpen(true);
}

/// The last line stays, so it is whole.
void Progress::finish() {
  if (style != ProgressStyle::bar || rowsDone == 0)
    return;
  Text line;
  appendLine(line);
  printf("\r\033[K%s\n", line.get());
  setLineOpen(false);
}

} // namespace bmc
