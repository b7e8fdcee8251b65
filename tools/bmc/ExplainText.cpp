// `--explain` for people: a table of kernels for each function, equal ones once, with the reasons below.
#include "tools/bmc/Explain.h"

#include "codegen/host/Places.h"
#include "dialects/Cost.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace bmc {

// Numbers -------------------------------------------------------------------------------------------------------------

static std::string decimal(double value, unsigned digits) {
  std::string text;
  raw_string_ostream(text) << format("%.*f", int(digits), value);
  return text;
}

// Three digits and a prefix: `12.3 k`.
static std::string scaled(double value, StringRef unit) {
  static constexpr StringLiteral prefixes[] = {"", "k", "M", "G", "T"};
  size_t prefix = 0;
  for (; value >= 999.5 && prefix + 1 < std::size(prefixes); ++prefix)
    value /= 1000;
  unsigned digits = prefix == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  std::string suffix = (prefixes[prefix] + unit).str();
  return decimal(value, digits) + (suffix.empty() ? "" : " " + suffix);
}

static std::string timeText(double seconds) {
  double microseconds = seconds * 1e6;
  return microseconds < 999.5 ? decimal(microseconds, 2) + " us" : decimal(microseconds / 1000, 2) + " ms";
}

static std::string percent(double share) { return decimal(100 * share, 0) + "%"; }

// Kernels -------------------------------------------------------------------------------------------------------------

namespace {
/// Equal kernels of one block.
struct Row {
  ReportedCall first;
  int64_t calls = 0;
  std::vector<Apart> apart;
};

class TextReport {
public:
  TextReport(KernelReport &report, raw_ostream &out) : report(report), out(out) {}
  void print(const codegen::Target &target);

private:
  void print(const ReportedFunction &function);
  void printBlock(ArrayRef<ReportedCall> calls, int64_t runs, unsigned depth);
  void printRow(const Row &row, unsigned depth);
  std::string costText(bm::KernelOp kernel, int64_t calls);
  void printLongest();
  void printApart(ArrayRef<Apart> apart, const Twine &margin);
  void printLoop(const ReportedCall &call, int64_t runs, unsigned depth);
  double addUp(ArrayRef<ReportedCall> calls, int64_t runs);
  double secondsOf(bm::KernelOp kernel) { return report.estimateOf(kernel).seconds; }

  KernelReport &report;
  raw_ostream &out;
  // Of the function at hand:
  MapVector<StringRef, unsigned> numbers; // of kernels, in the order of their first calls
  std::map<unsigned, double> seconds;     // by number, all calls
  double total = 0;
  int64_t open = 1;
};
} // namespace

// Numbers the kernels and adds up what they take.
double TextReport::addUp(ArrayRef<ReportedCall> calls, int64_t runs) {
  double sum = 0;
  for (const ReportedCall &call : calls) {
    if (call.loop) {
      sum += addUp(call.loop->calls, runs * extentWhere(call.loop->steps, open));
      continue;
    }
    unsigned number = numbers.try_emplace(call.name, numbers.size() + 1).first->second;
    double taken = double(runs) * secondsOf(call.kernel);
    seconds[number] += taken;
    sum += taken;
  }
  return sum;
}

void TextReport::printApart(ArrayRef<Apart> apart, const Twine &margin) {
  for (const Apart &one : apart)
    out << margin << "apart from " << (one.producer.empty() ? "the loop" : "#" + utostr(numbers.lookup(one.producer)))
        << ": " << one.text << "\n";
}

// What the machine model makes of a kernel: its time, the share of the function's and of the roofline. It knows no
// devices: of theirs the operations for each byte, which say what bounds it where the device's own are known.
std::string TextReport::costText(bm::KernelOp kernel, int64_t calls) {
  const Estimate &estimate = report.estimateOf(kernel);
  if (report.isForDevice())
    return formatv("{0,7}",
                   decimal(estimate.flops / double(std::max<int64_t>(extentWhere(bm::bytesOf(kernel), open), 1)), 2));
  double taken = double(calls) * estimate.seconds;
  return formatv("{0,9}  {1,5}  {2,4} {3,-6}", timeText(taken), percent(total > 0 ? taken / total : 0),
                 percent(estimate.rooflineShare()), report.limitOf(kernel));
}

void TextReport::printRow(const Row &row, unsigned depth) {
  bm::KernelOp kernel = row.first.kernel;
  std::string margin(2 * depth, ' '), number = "#" + utostr(numbers.lookup(row.first.name));
  out << margin
      << formatv("{0,4}  {1}  {2,6}  {3,8}  {4,8}  {5}  {6}\n", number, row.first.name, row.calls,
                 scaled(report.estimateOf(kernel).flops, ""),
                 scaled(double(extentWhere(bm::bytesOf(kernel), open)), "B"), costText(kernel, row.calls),
                 codegen::opsText(kernel));
  margin += "      ";
  out << margin << row.first.place << ", " << bm::flopsOf(kernel).text() << " flops, " << bm::bytesOf(kernel).text()
      << " bytes\n";
  if (bm::ScheduleAttr schedule = kernel.getScheduleAttr())
    out << margin << schedule << "\n";
  if (auto times = tunedTimes(kernel))
    out << margin << "measured: " << decimal(times->second, 2) << " us, and " << decimal(times->first, 2)
        << " us with the model's schedule\n";
  printApart(row.apart, margin);
}

void TextReport::printLoop(const ReportedCall &call, int64_t runs, unsigned depth) {
  std::string margin(2 * depth, ' ');
  out << margin << "loop of " << call.loop->steps.text() << " steps, " << call.place << "\n";
  printApart(call.apart, margin + "  ");
  printBlock(call.loop->calls, runs * extentWhere(call.loop->steps, open), depth + 1);
}

// In the order in which they run, equal kernels where the first of them does.
void TextReport::printBlock(ArrayRef<ReportedCall> calls, int64_t runs, unsigned depth) {
  StringMap<Row> rows;
  for (const ReportedCall &call : calls) {
    if (call.loop)
      continue;
    Row &row = rows.try_emplace(call.name, Row{call, 0, {}}).first->second;
    row.calls += runs;
    for (const Apart &one : call.apart)
      if (!is_contained(row.apart, one))
        row.apart.push_back(one);
  }
  StringSet<> printed;
  for (const ReportedCall &call : calls)
    if (call.loop)
      printLoop(call, runs, depth);
    else if (printed.insert(call.name).second)
      printRow(rows.at(call.name), depth);
}

static int64_t countCalls(ArrayRef<ReportedCall> calls, int64_t runs, int64_t open) {
  int64_t sum = 0;
  for (const ReportedCall &call : calls)
    sum += call.loop ? countCalls(call.loop->calls, runs * extentWhere(call.loop->steps, open), open) : runs;
  return sum;
}

void TextReport::print(const ReportedFunction &reported) {
  numbers.clear();
  seconds.clear();
  open = reported.open;
  total = addUp(reported.calls, 1);
  out << "\n"
      << mlir::func::FuncOp(reported.function).getSymName() << ": " << numbers.size() << " kernels in "
      << countCalls(reported.calls, 1, open) << " calls" << (report.isForDevice() ? "" : ", " + timeText(total))
      << " where open sizes are " << open << "\n";
  out << "  memory     " << scaled(double(reported.arena.value + reported.values.value), "B") << ": "
      << scaled(double(reported.values.value), "B") << " of arguments and results, "
      << scaled(double(reported.arena.value), "B") << " of arena: " << reported.arena.text << "\n";
  if (!report.isForDevice())
    printLongest();
  out << formatv("  {0,4}  {1,-18}  {2,6}  {3,8}  {4,8}  {5}  {6}\n", "", "kernel", "calls", "FLOPs", "bytes",
                 report.isForDevice() ? "FLOPs/B" : "     time  share  roofline   ", "ops");
  printBlock(reported.calls, 1, 1);
}

void TextReport::printLongest() {
  SmallVector<std::pair<double, unsigned>> longest;
  for (auto [number, taken] : seconds)
    longest.emplace_back(taken, number);
  sort(longest, [](auto &a, auto &b) { return std::pair(-a.first, a.second) < std::pair(-b.first, b.second); });
  constexpr size_t shown = 5;
  if (longest.size() > shown)
    longest.truncate(shown);
  out << "  most time  "
      << join(map_range(longest,
                        [&](auto &one) {
                          return "#" + utostr(one.second) + " " + percent(total > 0 ? one.first / total : 0);
                        }),
              ", ")
      << "\n";
}

void TextReport::print(const codegen::Target &target) {
  constexpr int64_t floatBytes = 4;
  std::optional<ReportedDeviceArena> arena = report.deviceArena();
  out << "target " << target.triple << ", " << target.cpu;
  if (arena)
    out << ", device " << target.device << (target.gpu.empty() ? "" : " " + target.gpu) << "\n";
  else
    out << ": " << scaled(report.machine().peakFlops(floatBytes), "FLOP/s") << " and "
        << scaled(report.machine().bandwidth(MemoryLevel::Memory), "B/s") << " a core\n";
  out << "weights " << scaled(double(report.bytesOfVariables("parameter") + report.bytesOfVariables("buffer")), "B")
      << ", the optimizer's state " << scaled(double(report.bytesOfVariables("state")), "B") << "\n";
  if (!arena)
    out << "times are the machine model's, for one thread\n";
  else
    out << "arena on the device " << scaled(double(arena->total()), "B") << ": "
        << scaled(double(arena->constants), "B") << " of constants, " << scaled(double(arena->variables), "B")
        << " of weights and state, " << scaled(double(arena->call), "B") << " of a call's arguments and results, "
        << scaled(double(arena->intermediate), "B")
        << " of intermediate values; keeping the best epoch's weights takes " << scaled(double(arena->kept), "B")
        << " more\n";
  for (const ReportedFunction &function : report.functions())
    print(function);
}

void printExplanation(KernelReport &report, const codegen::Target &target, raw_ostream &out) {
  TextReport(report, out).print(target);
}

} // namespace bmc
