// `--explain --json`: one object with each distinct kernel, and for each function its calls in the order in which they
// run.
#include "tools/bmc/Explain.h"

#include "codegen/host/Places.h"
#include "dialects/Cost.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace bmc {

static json::Object size(const ReportedSize &size) { return json::Object{{"text", size.text}, {"value", size.value}}; }

static json::Object size(const KernelReport &report, const bm::SymbolicDim &dim) {
  return size(ReportedSize{dim.text(), report.valueOf(dim)});
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
  return json::Object{{"name", call.name},
                      {"ops", codegen::opsText(kernel)},
                      {"flops", size(report, bm::flopsOf(kernel))},
                      {"bytes", size(report, bm::bytesOf(kernel))},
                      {"seconds", estimate.seconds},
                      {"roofline", estimate.rooflineShare()},
                      {"limit", report.limitOf(kernel)},
                      {"schedule", schedule}};
}

// The calls of a block; kernels that were not met before are added to `kernels`.
static json::Array callArray(KernelReport &report, ArrayRef<ReportedCall> calls, std::set<std::string> &seen,
                             json::Array &kernels) {
  json::Array array;
  for (const ReportedCall &call : calls) {
    json::Object object{{"place", json::fixUTF8(call.place)}, {"apart", apart(call.apart)}};
    if (call.loop) {
      object["steps"] = size(report, call.loop->steps);
      object["calls"] = callArray(report, call.loop->calls, seen, kernels);
    } else {
      object["kernel"] = call.name;
      if (seen.insert(call.name).second)
        kernels.push_back(kernelObject(report, call));
    }
    array.push_back(std::move(object));
  }
  return array;
}

void printExplanationAsJson(KernelReport &report, const codegen::Target &target, raw_ostream &out) {
  json::Array kernels, functions;
  std::set<std::string> seen;
  for (const ReportedFunction &reported : report.functions())
    functions.push_back(json::Object{{"name", mlir::func::FuncOp(reported.function).getSymName()},
                                     {"arena", size(reported.arena)},
                                     {"values", size(reported.values)},
                                     {"calls", callArray(report, reported.calls, seen, kernels)}});
  out << json::Value(json::Object{
             {"target", target.triple},
             {"cpu", target.cpu},
             {"open", report.openExtent()},
             {"weights", report.bytesOfVariables("parameter") + report.bytesOfVariables("buffer")},
             {"state", report.bytesOfVariables("state")},
             {"kernels", std::move(kernels)},
             {"functions", std::move(functions)},
         })
      << "\n";
}

} // namespace bmc
