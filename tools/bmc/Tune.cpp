// A search for each distinct kernel, those that take most of the time first: the neighbours of the best schedule so
// far, until none is ahead. What wins is measured once more against the model's choice, and kept only if it is clearly
// ahead.
#include "tools/bmc/Tune.h"

#include "codegen/host/Places.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/MachineModel.h"
#include "passes/Schedule.h"
#include "passes/ScheduleCandidates.h"
#include "passes/TuningRecords.h"
#include "tools/bmc/Files.h"
#include "tools/bmc/Trial.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"

#include <chrono>

using namespace llvm;

namespace bmc {

// A schedule is ahead if it takes at most this share of the other one's time, in the median and at best.
static constexpr double ahead = 0.97;
// Of a kernel's time, what the measurement of one move takes; compilation takes the rest.
static constexpr double shareOfMove = 0.1;
// So often the search moves on to the best of the neighbours.
static constexpr unsigned mostMoves = 4;

namespace {
struct TunedKernel {
  bm::KernelOp kernel; ///< the first in the module
  std::string key;
  int64_t rows;       ///< what its open extents are taken for
  double seconds = 0; ///< that all calls take, as the model estimates
};

class Tuner {
public:
  explicit Tuner(Compilation &compilation)
      : compilation(compilation), target(codegen::targetAttr(&compilation.context, compilation.target)),
        begin(std::chrono::steady_clock::now()) {}

  /// Fills `records` with what was found.
  void run();
  std::vector<TuningRecord> records;                  ///< those that are faster
  std::set<std::pair<std::string, int64_t>> measured; ///< keys and rows of the kernels that were measured
  std::string report;

private:
  std::vector<TunedKernel> kernels();
  void tune(TunedKernel &tuned, double seconds);
  bm::ScheduleAttr search(bm::KernelOp kernel, bm::ScheduleAttr chosen, double seconds);
  int64_t openOf(bm::KernelOp kernel) const {
    bool isTraining = batchOf(kernel).has_value();
    return compilation.options.tuneRows && !isTraining ? compilation.options.tuneRows : openExtent(kernel);
  }
  void progress(const Twine &text) const;
  double elapsed() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); }
  double rest() const { return compilation.options.tuneSeconds - elapsed(); }

  Compilation &compilation;
  bm::TargetAttr target;
  std::chrono::steady_clock::time_point begin;
  size_t tried = 0;
};
} // namespace

void Tuner::progress(const Twine &text) const {
  if (sys::Process::StandardErrIsDisplayed())
    errs() << "\r\x1b[K" << text;
}

// In the order of the time that they take.
std::vector<TunedKernel> Tuner::kernels() {
  MapVector<StringRef, TunedKernel> byKey;
  std::deque<std::string> keys;
  MachineModel machine(target);
  compilation.module->walk([&](bm::KernelOp kernel) {
    std::string key = tuningKey(kernel);
    int64_t rows = tunedRows(kernel), open = openExtent(kernel);
    keys.push_back(key + " " + std::to_string(rows));
    TunedKernel &tuned = byKey.try_emplace(keys.back(), TunedKernel{kernel, key, rows}).first->second;
    int64_t runs = 1;
    for (auto scan = kernel->getParentOfType<bm::ScanOp>(); scan; scan = scan->getParentOfType<bm::ScanOp>())
      runs *= scan.getLengthDim().constant().value_or(open);
    if (kernel->getParentOfType<mlir::func::FuncOp>().getSymName() != "init") // which runs once
      tuned.seconds += double(runs) * estimate(kernel, machine, open).seconds;
  });
  std::vector<TunedKernel> result;
  for (auto &[key, tuned] : byKey)
    if (canBeMeasured(tuned.kernel))
      result.push_back(tuned);
  sort(result, [](const TunedKernel &a, const TunedKernel &b) {
    return std::tie(b.seconds, a.key, a.rows) < std::tie(a.seconds, b.key, b.rows);
  });
  return result;
}

static int64_t outerExtent(bm::KernelOp kernel, int64_t open) {
  bm::Shape shape = bm::shapeOf(kernel.getOutputs()[0].getType());
  if (kernel.getScheduleAttr().getFlat())
    shape = {bm::elementCount(shape)};
  if (kernel.getScheduleAttr().getKind() == "matmul" && shape.size() > 2)
    shape.erase(shape.begin() + 1, shape.end());
  if (shape.empty())
    return 1;
  return std::max<int64_t>(extentWhere(shape[0], open), 1);
}

// The best schedule that the neighbours of the best lead to.
bm::ScheduleAttr Tuner::search(bm::KernelOp kernel, bm::ScheduleAttr chosen, double seconds) {
  bm::ScheduleAttr best = chosen;
  int64_t open = openOf(kernel);
  SmallSetVector<mlir::Attribute, 32> seen;
  seen.insert(chosen);
  double end = elapsed() + seconds;
  for (unsigned move = 0; move < mostMoves && rest() > 0 && elapsed() < end; ++move) {
    SmallVector<bm::ScheduleAttr> schedules{chosen};
    if (best != chosen)
      schedules.push_back(best);
    size_t known = schedules.size();
    for (bm::ScheduleAttr neighbour : neighboursOf(kernel, best, target, outerExtent(kernel, open)))
      if (seen.insert(neighbour))
        schedules.push_back(neighbour);
    if (schedules.size() == known)
      break;
    tried += schedules.size() - known;
    auto results = measureSchedules(compilation, kernel, schedules,
                                    {open, std::max(std::min(seconds * shareOfMove, rest()), 0.05)});
    size_t fastest = known - 1;
    for (size_t i = 0; i < results.size(); ++i)
      if (results[i].state == TrialState::Measured && results[i].median < results[fastest].median)
        fastest = i;
    if (results[0].state != TrialState::Measured || fastest < known)
      break;
    best = schedules[fastest];
  }
  return best;
}

void Tuner::tune(TunedKernel &tuned, double seconds) {
  bm::ScheduleAttr chosen = tuned.kernel.getScheduleAttr();
  tried = 0;
  bm::ScheduleAttr best = search(tuned.kernel, chosen, seconds);
  measured.insert({tuned.key, tuned.rows});
  std::string note = codegen::opsText(tuned.kernel) + ", " + codegen::placeText(tuned.kernel.getLoc());
  if (best == chosen) {
    report += formatv("{0}  {1,3} tried  the model's schedule stays  {2}\n", tuned.key, tried, note);
    return;
  }
  // The winner of many has had luck too: both once more.
  auto results =
      measureSchedules(compilation, tuned.kernel, {chosen, best}, {openOf(tuned.kernel), seconds * shareOfMove});
  const TrialResult &before = results[0], &after = results[1];
  bool isAhead = before.state == TrialState::Measured && after.state == TrialState::Measured &&
                 after.median <= ahead * before.median && after.minimum <= ahead * before.minimum;
  std::string times = formatv("{0:f2} us -> {1:f2} us", before.median * 1e6, after.median * 1e6);
  if (!isAhead) {
    report += formatv("{0}  {1,3} tried  the model's schedule stays  {2}\n", tuned.key, tried, note);
    return;
  }
  report +=
      formatv("{0}  {1,3} tried  {2} ({3:f2}x)  {4}\n", tuned.key, tried, times, before.median / after.median, note);
  std::string schedule;
  raw_string_ostream(schedule) << chosen << " -> " << best;
  report += "    " + schedule + "\n";
  records.push_back({tuned.key, compilation.target.cpu, tuned.rows, before.median * 1e6, after.median * 1e6, best, note,
                     tuned.kernel.getLoc()});
}

void Tuner::run() {
  std::vector<TunedKernel> all = kernels();
  double total = 0;
  for (const TunedKernel &tuned : all)
    total += tuned.seconds;
  size_t number = 0;
  for (TunedKernel &tuned : all) {
    if (rest() <= 0)
      break;
    progress(formatv("{0} of {1} kernels, {2} faster, {3:f0} s left: {4}", number + 1, all.size(), records.size(),
                     rest(), codegen::opsText(tuned.kernel)));
    // A share by its time, but each its turn.
    constexpr double least = 0.5;
    double share = total > 0 ? tuned.seconds / total : 0;
    tune(tuned, std::max(least, share * rest()));
    total -= tuned.seconds;
    ++number;
  }
  progress("");
  report += formatv("{0} of {1} kernels measured, {2} are faster\n", number, all.size(), records.size());
  if (number < all.size())
    report += "the time was over; --tune-seconds gives more\n";
}

// Records
// --------------------------------------------------------------------------------------------------------------

// What the file says already. Nothing if it cannot be read.
static mlir::FailureOr<std::vector<TuningRecord>> oldRecords(Compilation &compilation, const std::string &path) {
  std::optional<std::string_view> text = compilation.tuningText();
  if (!text)
    return std::vector<TuningRecord>();
  return readTuningRecords(&compilation.context, StringRef(text->data(), text->size()), path);
}

static ExitCode finish(Compilation &compilation, Error error) {
  if (!error)
    return ExitDone;
  compilation.error(toString(std::move(error)));
  return ExitCannot;
}

ExitCode tune(Compilation &compilation) {
  if (!compilation.target.isHost()) {
    compilation.error("--tune measures on this machine, but " + compilation.target.triple + " with " +
                      compilation.target.cpu + " is not this machine");
    return ExitBadInput;
  }
  if (!compilation.read())
    return ExitBadInput;
  std::string path = tuningPath(compilation.options);
  mlir::FailureOr<std::vector<TuningRecord>> old = oldRecords(compilation, path);
  if (mlir::failed(old) || !compilation.runPasses(Stage::Schedule))
    return ExitBadInput;
  Tuner tuner(compilation);
  tuner.run();
  if (compilation.hasErrors())
    return ExitCannot;
  // Records of other kernels and processors stay.
  std::vector<TuningRecord> records = std::move(tuner.records);
  for (TuningRecord &record : *old)
    if (record.cpu != compilation.target.cpu || !tuner.measured.count({record.kernel, record.rows}))
      records.push_back(std::move(record));
  if (Error error = writeOutput(path, tuningText(records)))
    return finish(compilation, std::move(error));
  return finish(compilation, writeOutput("-", tuner.report + "wrote " + path + "\n"));
}

} // namespace bmc
