// A profile: how long the calls of the kernels took, as a table by lines of the model file and by kernels, and as a
// trace that Chrome (chrome://tracing) and Perfetto show. Kernels are called from one thread, whatever their loops run
// on. Those of a device are timed by its driver.
//
// Linked where bmc is asked to (--with=profile); entry functions then tell when each call begins.
#include "clock.h"
#include "errors.h"
#include "json.h"
#include "output_file.h"
#include "verbs.h"
#ifdef BMC_DEVICE
#include "device/device.h"
#include "device/tape.h"
#endif

#include <stdio.h>

namespace bmc {

/// A trace with more events is no help, and a long training would fill the memory.
enum { maximumEvents = 1000000 };

static int64_t nanoseconds() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t(now.tv_sec) * 1000000000 + now.tv_nsec;
}

namespace {
/// What the calls at one place of an entry function, or at one line, took.
struct Total {
  int64_t calls, nanoseconds;
  double flops, bytes;
};

/// A call of a kernel, or, where `costs` are -1, of an entry function, which `call` belongs to.
struct Event {
  int64_t call, begin, end, costs[2];
};

class Profile {
public:
  /// Of these calls, `kernels` being those that they number.
  Profile(const Options &options, const struct bmc_calls &table, const bmc_kernel *kernels)
      : table(table), kernels(kernels), verb(options.verb), trace(options.trace), isTold(options.profile),
        started(nanoseconds()) {
    totals.resize(table.count);
  }
  void mark(int64_t call, const int64_t *symbols);
#ifdef BMC_DEVICE
  void replay(Tape &tape, const int64_t *symbols);
#endif
  void finish();

private:
  void addCall(int64_t call, int64_t begin, int64_t end, const int64_t *costs);
  void add(int64_t call, int64_t begin, int64_t end, int64_t flops, int64_t bytes);
  void print() const;
  void printLines(int64_t whole) const;
  void printCalls(int64_t whole) const;
  void write() const;

  void append(Text &out, const Event &event) const;

  const struct bmc_calls &table;
  const bmc_kernel *kernels;
  const char *verb, *trace;
  bool isTold; // as a table
  int64_t started;
  int64_t open = -1, openBegin = 0, functionBegin = 0; // the call that runs
  int64_t openCosts[2] = {};
  int64_t lost = 0; // events that the trace has no room for
  Array<Total> totals;
  Array<Event> events;
};
} // namespace

static Profile *profile;

void Profile::add(int64_t call, int64_t begin, int64_t end, int64_t flops, int64_t bytes) {
  if (trace && events.size() < maximumEvents)
    events.push({call, begin, end, {flops, bytes}});
  else
    ++lost;
}

void Profile::addCall(int64_t call, int64_t begin, int64_t end, const int64_t *costs) {
  Total &total = totals[call];
  ++total.calls;
  total.nanoseconds += end - begin;
  total.flops += static_cast<double>(costs[0]);
  total.bytes += static_cast<double>(costs[1]);
  add(call, begin, end, costs[0], costs[1]);
}

/// The clock is read before and behind the book-keeping, whose time is no kernel's.
void Profile::mark(int64_t call, const int64_t *symbols) {
  int64_t now = nanoseconds();
  if (open >= 0) {
    addCall(open, openBegin, now, openCosts);
    if (call < 0)
      add(open, functionBegin, now, -1, -1);
  } else {
    functionBegin = now;
  }
  open = call;
  if (call >= 0)
    table.calls[call].costs(symbols, openCosts);
  openBegin = nanoseconds();
}

#ifdef BMC_DEVICE
/// A call takes from its first kernel's beginning to the end of its last one.
void Profile::replay(Tape &tape, const int64_t *symbols) {
  Array<LaunchTime> times;
  times.resize(tape.launches.size());
  int64_t begin = nanoseconds(), call = -1, costs[2];
  deviceDriver().replayTimed(tape, times.data());
  for (int64_t i = 0, first = 0; i < times.size(); ++i) {
    if (tape.launches[i].call >= 0) {
      call = tape.launches[i].call;
      first = i;
    }
    if (i + 1 < times.size() && tape.launches[i + 1].call < 0)
      continue;
    table.calls[call].costs(symbols, costs);
    addCall(call, begin + times[first].begin, begin + times[i].end, costs);
  }
  if (call >= 0)
    add(call, begin, begin + times[times.size() - 1].end, -1, -1);
}
#endif

// The table -----------------------------------------------------------------------------------------------------------

/// The places of the totals, the longest first.
static void sortByTime(const Array<Total> &totals, Array<int64_t> &order) {
  for (int64_t i = 0; i < totals.size(); ++i) {
    if (totals[i].calls == 0)
      continue;
    order.push(i);
    for (int64_t k = order.size() - 1; k > 0 && totals[order[k]].nanoseconds > totals[order[k - 1]].nanoseconds; --k) {
      int64_t other = order[k];
      order[k] = order[k - 1];
      order[k - 1] = other;
    }
  }
}

static double percent(int64_t part, int64_t whole) { return 100 * double(part) / double(whole ? whole : 1); }

/// Without the column.
static int64_t lineLength(const char *location) {
  const char *colon = strrchr(location, ':');
  return colon ? colon - location : static_cast<int64_t>(strlen(location));
}

static bool isSameLine(const char *a, const char *b) {
  return lineLength(a) == lineLength(b) && !strncmp(a, b, static_cast<size_t>(lineLength(a)));
}

/// Each line's total is at the first call that is on it.
void Profile::printLines(int64_t whole) const {
  Array<Total> lines;
  lines.resize(totals.size());
  for (int64_t i = 0; i < totals.size(); ++i) {
    int64_t first = 0;
    while (!isSameLine(table.calls[first].location, table.calls[i].location))
      ++first;
    lines[first].calls += totals[i].calls;
    lines[first].nanoseconds += totals[i].nanoseconds;
  }
  Array<int64_t> order;
  sortByTime(lines, order);
  fprintf(stderr, "  share    total ms       calls  line\n");
  for (int64_t i : order) {
    const char *location = table.calls[i].location;
    fprintf(stderr, "%6.1f%% %11.3f %11lld  %.*s\n", percent(lines[i].nanoseconds, whole),
            1e-6 * double(lines[i].nanoseconds), (long long)lines[i].calls, static_cast<int>(lineLength(location)),
            location);
  }
}

void Profile::printCalls(int64_t whole) const {
  Array<int64_t> order;
  sortByTime(totals, order);
  fprintf(stderr, "\n  share    total ms       calls   us a call  GFLOP/s     GB/s  %-8s  %-18s  place, ops\n",
          "function", "kernel");
  for (int64_t i : order) {
    const Total &total = totals[i];
    const bmc_call &call = table.calls[i];
    double time = static_cast<double>(total.nanoseconds ? total.nanoseconds : 1);
    fprintf(stderr, "%6.1f%% %11.3f %11lld %11.3f %8.3f %8.3f  %-8s  %-18s  %s  %s\n",
            percent(total.nanoseconds, whole), 1e-6 * time, (long long)total.calls, 1e-3 * time / double(total.calls),
            total.flops / time, total.bytes / time, call.function, kernels[call.kernel].name, call.location, call.ops);
  }
}

void Profile::print() const {
  int64_t whole = 0, elapsed = nanoseconds() - started, calls = 0;
  for (int64_t i = 0; i < totals.size(); ++i) {
    whole += totals[i].nanoseconds;
    calls += totals[i].calls;
  }
  fprintf(stderr, "\nprofile of %s %s: %lld calls of kernels took %.3f ms, everything %.3f ms\n\n", bmc_program.name,
          verb, (long long)calls, 1e-6 * double(whole), 1e-6 * double(elapsed));
  if (calls == 0)
    return;
  printLines(whole);
  printCalls(whole);
}

// The trace -----------------------------------------------------------------------------------------------------------

/// Times are microseconds since the profile began.
void Profile::append(Text &out, const Event &event) const {
  const bmc_call &call = table.calls[event.call];
  bool isFunction = event.costs[0] < 0;
  appendJsonField(out.append(",\n{"), "name", isFunction ? call.function : call.ops);
  appendJsonField(out.append(","), "cat", isFunction ? "function" : call.function);
  out.format(",\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":%.3f,\"dur\":%.3f", 1e-3 * double(event.begin - started),
             1e-3 * double(event.end - event.begin));
  if (isFunction)
    return (void)out.append("}");
  appendJsonField(out.append(",\"args\":{"), "place", call.location);
  appendJsonField(out.append(","), "kernel", kernels[call.kernel].name);
  appendJsonField(out.append(","), "schedule", kernels[call.kernel].schedule);
  out.format(",\"flops\":%lld,\"bytes\":%lld}}", (long long)event.costs[0], (long long)event.costs[1]);
}

void Profile::write() const {
  OutputFile file(trace);
  Text text(
      "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"args\":{");
  appendJsonField(text, "name", bmc_program.name);
  text.append("}}");
  for (const Event &event : events) {
    append(text, event);
    file.write(text.get(), text.size());
    text.clear();
  }
  text.append("\n]}\n");
  file.write(text.get(), text.size());
  file.commit();
  if (lost && events.size() == maximumEvents)
    warn("%s has the first %d calls; %lld are left out", trace, int(maximumEvents), (long long)lost);
  note("saved %s", trace);
}

void Profile::finish() {
  if (isTold)
    print();
  if (trace)
    write();
}

static void finishProfile() { profile->finish(); }

void bmc_part_profile(Options &options) {
  if (options.trace)
    checkWritable(options.trace);
#ifdef BMC_DEVICE
  if (isDeviceOpen()) {
    profile = create<Profile>(options, bmc_device_calls, bmc_device_program.kernels);
    watchedReplay = [](Tape &tape, const int64_t *symbols) { profile->replay(tape, symbols); };
  } else
#endif
    profile = create<Profile>(options, bmc_calls, bmc_program.kernels);
  setAtEnd(finishProfile);
}

} // namespace bmc

extern "C" void bmc_mark_call(int64_t number, const int64_t *symbols) {
  if (bmc::profile)
    bmc::profile->mark(number, symbols);
}
