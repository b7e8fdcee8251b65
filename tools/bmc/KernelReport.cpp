// See the header.
#include "tools/bmc/KernelReport.h"

#include "codegen/halide/Kernels.h"
#include "codegen/host/Places.h"
#include "dialects/Cost.h"
#include "passes/DeviceArena.h"
#include "passes/FusionReason.h"
#include "passes/MemoryPlan.h"
#include "passes/Schedule.h"
#include "passes/ScheduleCandidates.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace bmc {

using bm::SymbolicDim;

static bm::TargetAttr targetOf(ModuleOp module) { return module->getAttrOfType<bm::TargetAttr>("bm.target"); }

KernelReport::KernelReport(ModuleOp module, const codegen::Target &target)
    : module(module), target(target), model(targetOf(module)) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    Block &body = function.getBody().front();
    int64_t open = openExtent(body.getTerminator());
    all.push_back({function, open, callsOf(body), arenaOf(function, open), valuesOf(function, open)});
  }
}

const Estimate &KernelReport::estimateOf(bm::KernelOp kernel) {
  auto [entry, isNew] = estimates.try_emplace(kernel);
  if (isNew)
    entry->second = estimate(kernel, model, openExtent(kernel));
  return entry->second;
}

StringRef KernelReport::limitOf(bm::KernelOp kernel) {
  int64_t bytes = extentWhere(bm::bytesOf(kernel), openExtent(kernel));
  bool isMemory = model.secondsToRead(double(bytes), bytes) >= estimateOf(kernel).rooflineSeconds;
  return isMemory ? nameOf(model.levelOf(bytes)) : "units";
}

int64_t KernelReport::bytesOfVariables(StringRef role) const {
  int64_t bytes = 0;
  for (auto variable : ModuleOp(module).getOps<bm::VariableOp>())
    if (variable.getRole() == role)
      bytes += *bm::bytesOf(variable.getType()).constant();
  return bytes;
}

std::optional<std::pair<double, double>> tunedTimes(bm::KernelOp kernel) {
  auto times = kernel->getAttrOfType<ArrayAttr>(tunedAttrName);
  auto number = [&](size_t i) { return cast<FloatAttr>(times[i]).getValueAsDouble(); };
  return times && times.size() == 2 ? std::optional(std::pair(number(0), number(1))) : std::nullopt;
}

// Calls ---------------------------------------------------------------------------------------------------------------

// Each kernel or loop that the operands come from, with each of its reasons once.
std::vector<Apart> KernelReport::apartOf(Operation *op) const {
  std::vector<Apart> result;
  auto reasons = op->getAttrOfType<ArrayAttr>(apartAttrName);
  if (!reasons)
    return result;
  for (auto [operand, attribute] : llvm::zip(op->getOperands(), reasons.getAsRange<DictionaryAttr>())) {
    Operation *producer = contentOf(operand).getDefiningOp();
    if (attribute.empty() || !isa_and_nonnull<bm::KernelOp, bm::ScanOp>(producer))
      continue;
    auto kernel = dyn_cast<bm::KernelOp>(producer);
    Apart apart{kernel ? codegen::kernelName(kernel, target) : "", attribute.getAs<StringAttr>("name").str(),
                attribute.getAs<StringAttr>("text").str()};
    if (!llvm::is_contained(result, apart))
      result.push_back(std::move(apart));
  }
  return result;
}

std::vector<ReportedCall> KernelReport::callsOf(Block &block) const {
  std::vector<ReportedCall> calls;
  for (Operation &op : block) {
    if (auto kernel = dyn_cast<bm::KernelOp>(op))
      calls.push_back(
          {kernel, codegen::kernelName(kernel, target), codegen::placeText(op.getLoc()), apartOf(&op), nullptr});
    if (auto scan = dyn_cast<bm::ScanOp>(op)) {
      auto loop = std::make_shared<ReportedLoop>(ReportedLoop{scan.getLengthDim(), callsOf(scan.getBody().front())});
      calls.push_back({nullptr, "", codegen::placeText(op.getLoc()), apartOf(&op), std::move(loop)});
    }
  }
  return calls;
}

// Memory --------------------------------------------------------------------------------------------------------------

// `64 + 3*(32*N) + max(8*N, 4*M)`: slots of a size that is a number are added up, equal ones counted. A slot holds the
// largest of its sizes.
ReportedSize KernelReport::arenaOf(func::FuncOp function, int64_t open) const {
  constexpr int64_t alignment = 64;
  int64_t fixed = 0, sum = 0;
  std::vector<std::pair<std::string, int64_t>> rest; // texts and how often
  llvm::StringMap<size_t> placeInRest;
  for (Attribute slot : function->getAttrOfType<ArrayAttr>("bm.arena")) {
    SmallVector<std::string> texts;
    SymbolicDim size = 0;
    int64_t largest = 0;
    for (StringRef text : cast<ArrayAttr>(slot).getAsValueRange<StringAttr>()) {
      size = *SymbolicDim::parse(std::string_view(text));
      texts.push_back(size.text());
      largest = std::max<int64_t>(largest, llvm::alignTo(extentWhere(size, open), alignment));
    }
    sum += largest;
    if (texts.size() == 1 && size.isConstant()) {
      fixed += largest;
      continue;
    }
    std::string text = texts.size() > 1 ? "max(" + llvm::join(texts, ", ") + ")" : texts.front();
    auto [place, isNew] = placeInRest.try_emplace(text, rest.size());
    if (isNew)
      rest.emplace_back(text, 0);
    ++rest[place->second].second;
  }
  SmallVector<std::string> terms;
  if (fixed || rest.empty())
    terms.push_back(std::to_string(fixed));
  for (auto &[text, count] : rest)
    terms.push_back(count == 1 ? text : std::to_string(count) + "*(" + text + ")");
  return {llvm::join(terms, " + "), sum};
}

// Whether a value that a function returns lives in an argument's memory.
static bool isDonated(Value value) {
  auto result = dyn_cast<OpResult>(storageOf(value));
  auto buffers = result ? result.getOwner()->getAttrOfType<ArrayAttr>("buffers") : ArrayAttr();
  return buffers && cast<bm::BufferAttr>(buffers[result.getResultNumber()]).getKind() == bm::BufferKind::Argument;
}

ReportedSize KernelReport::valuesOf(func::FuncOp function, int64_t open) const {
  SymbolicDim bytes = 0;
  for (Type type : function.getArgumentTypes())
    bytes = bytes + bm::bytesOf(type);
  for (Value value : function.getBody().front().getTerminator()->getOperands())
    if (!isDonated(value))
      bytes = bytes + bm::bytesOf(value.getType());
  return {bytes.text(), extentWhere(bytes, open)};
}

// What the runtime lays out for a call (runtime/device/call_layout.h).
static int64_t callBytes(func::FuncOp function, int64_t open) {
  constexpr int64_t alignment = 64;
  int64_t sum = 0;
  auto add = [&](Type type, DictionaryAttr attributes) {
    if (!attributes || !attributes.contains("bm.variable"))
      sum += llvm::alignTo(extentWhere(bm::bytesOf(type), open), alignment);
  };
  for (auto [number, type] : llvm::enumerate(function.getArgumentTypes()))
    add(type, function.getArgAttrDict(unsigned(number)));
  for (auto [number, type] : llvm::enumerate(function.getResultTypes()))
    add(type, function.getResultAttrDict(unsigned(number)));
  return sum;
}

std::optional<ReportedDeviceArena> KernelReport::deviceArena() const {
  if (!target.hasDevice())
    return std::nullopt;
  DeviceArena parts = deviceArenaOf(module);
  ReportedDeviceArena arena{.constants = parts.constants,
                            .variables = parts.variables - parts.constants,
                            .kept = parts.saved - parts.constants};
  for (const ReportedFunction &function : all) {
    arena.call = std::max(arena.call, callBytes(function.function, function.open));
    arena.intermediate = std::max(arena.intermediate, function.arena.value);
  }
  return arena;
}

} // namespace bmc
