// `--explain --json`: one object with each distinct kernel, and for each function its calls in the order in which they
// run.
#include "tools/bmc/Explain.h"

#include "codegen/host/Places.h"
#include "dialects/Cost.h"
#include "passes/Schedule.h"
#include "passes/TuningRecords.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace bmc {

static json::Object size(const ReportedSize &size) { return json::Object{{"text", size.text}, {"value", size.value}}; }

static json::Object size(const bm::SymbolicDim &dim, int64_t open) {
  return size(ReportedSize{dim.text(), extentWhere(dim, open)});
}

static json::Array apart(ArrayRef<Apart> reasons) {
  json::Array array;
  for (const Apart &one : reasons)
    array.push_back(json::Object{{"from", one.producer.empty() ? json::Value(nullptr) : json::Value(one.producer)},
                                 {"reason", one.name},
                                 {"text", one.text}});
  return array;
}

static json::Object kernelObject(KernelReport &report, const ReportedCall &call) {
  bm::KernelOp kernel = call.kernel;
  const Estimate &estimate = report.estimateOf(kernel);
  std::string schedule;
  if (bm::ScheduleAttr attribute = kernel.getScheduleAttr())
    raw_string_ostream(schedule) << attribute;
  // The machine model knows no devices.
  json::Value tuned = nullptr, seconds = nullptr, roofline = nullptr, limit = nullptr;
  if (!report.isForDevice()) {
    seconds = estimate.seconds;
    roofline = estimate.rooflineShare();
    limit = report.limitOf(kernel);
  }
  if (auto times = tunedTimes(kernel))
    tuned = json::Object{{"before", times->first}, {"after", times->second}};
  return json::Object{{"name", call.name},
                      {"key", tuningKey(kernel)},
                      {"tuned", std::move(tuned)},
                      {"open", tunedRows(kernel)},
                      {"ops", codegen::opsText(kernel)},
                      {"flops", size(bm::flopsOf(kernel), openExtent(kernel))},
                      {"bytes", size(bm::bytesOf(kernel), openExtent(kernel))},
                      {"seconds", std::move(seconds)},
                      {"roofline", std::move(roofline)},
                      {"limit", std::move(limit)},
                      {"schedule", schedule}};
}

// The calls of a block; kernels that were not met before are added to `kernels`.
static json::Array callArray(KernelReport &report, int64_t open, ArrayRef<ReportedCall> calls,
                             std::set<std::string> &seen, json::Array &kernels) {
  json::Array array;
  for (const ReportedCall &call : calls) {
    json::Object object{{"place", json::fixUTF8(call.place)}, {"apart", apart(call.apart)}};
    if (call.loop) {
      object["steps"] = size(call.loop->steps, open);
      object["calls"] = callArray(report, open, call.loop->calls, seen, kernels);
    } else {
      object["kernel"] = call.name;
      if (seen.insert(call.name).second)
        kernels.push_back(kernelObject(report, call));
    }
    array.push_back(std::move(object));
  }
  return array;
}

static json::Value arenaObject(const std::optional<ReportedDeviceArena> &arena) {
  if (!arena)
    return nullptr;
  return json::Object{{"bytes", arena->total()}, {"constants", arena->constants},       {"variables", arena->variables},
                      {"call", arena->call},     {"intermediate", arena->intermediate}, {"kept", arena->kept}};
}

void printExplanationAsJson(KernelReport &report, const codegen::Target &target, raw_ostream &out) {
  json::Array kernels, functions;
  std::set<std::string> seen;
  for (const ReportedFunction &reported : report.functions())
    functions.push_back(json::Object{{"name", mlir::func::FuncOp(reported.function).getSymName()},
                                     {"open", reported.open},
                                     {"arena", size(reported.arena)},
                                     {"values", size(reported.values)},
                                     {"calls", callArray(report, reported.open, reported.calls, seen, kernels)}});
  out << json::Value(json::Object{
             {"target", target.triple},
             {"cpu", target.cpu},
             {"weights", report.bytesOfVariables("parameter") + report.bytesOfVariables("buffer")},
             {"state", report.bytesOfVariables("state")},
             {"device_arena", arenaObject(report.deviceArena())},
             {"kernels", std::move(kernels)},
             {"functions", std::move(functions)},
         })
      << "\n";
}

} // namespace bmc
