// The table of processors, and the rules that turn its numbers into times. See the header.
#include "passes/MachineModel.h"
#include "dialects/Cost.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

// Processors ----------------------------------------------------------------------------------------------------------

namespace {
struct Processor {
  StringLiteral name;
  int64_t fmaPorts, fmaLatency, megahertz;
  std::array<int64_t, 3> kibibytes;                // of the caches
  std::array<int64_t, memoryLevels> bytesPerCycle; // that one core reads, from the caches and from memory
};
} // namespace

// Ports, latencies and caches as the vendors and LLVM's scheduling models give them; clocks as such machines run under
// vector load; bytes a cycle as copies and products reach them, which is less than the widths of the buses. The levels
// of x86-64, `generic` and `armv7` stand for any machine that has their instructions: modest ones of their time.
// Without fused instructions a port is a multiplication and an addition. A last cache behind the third counts as
// memory. The A7 and the A9 take two cycles where one port stands: their units are half a vector wide.
static constexpr Processor processors[] = {
    {"x86-64", 1, 8, 3000, {32, 256, 2048}, {32, 16, 8, 4}},
    {"x86-64-v2", 1, 8, 3000, {32, 256, 2048}, {32, 16, 8, 4}},
    {"x86-64-v3", 2, 5, 3300, {32, 256, 2048}, {64, 24, 10, 5}},
    {"x86-64-v4", 2, 4, 3500, {32, 1024, 4096}, {128, 40, 16, 6}},
    {"haswell", 2, 5, 3300, {32, 256, 2048}, {64, 24, 10, 5}},
    {"broadwell", 2, 4, 3300, {32, 256, 2048}, {64, 24, 10, 5}},
    {"skylake", 2, 4, 3800, {32, 256, 2048}, {64, 28, 12, 6}},
    {"skylake-avx512", 2, 4, 2800, {32, 1024, 1408}, {128, 48, 8, 5}},
    {"cascadelake", 2, 4, 2800, {32, 1024, 1408}, {128, 48, 8, 5}},
    {"icelake-server", 2, 4, 2900, {48, 1280, 1536}, {128, 48, 9, 5}},
    {"sapphirerapids", 2, 4, 3000, {48, 2048, 1920}, {128, 48, 10, 5}},
    {"znver1", 1, 5, 3200, {32, 512, 8192}, {32, 24, 14, 6}},
    {"znver2", 2, 5, 3400, {32, 512, 16384}, {64, 28, 16, 7}},
    {"znver3", 2, 4, 3600, {32, 512, 32768}, {64, 28, 20, 8}},
    {"znver4", 1, 4, 3700, {32, 1024, 32768}, {64, 30, 26, 9}}, // 512-bit operations take both halves of two ports
    {"znver5", 2, 4, 4200, {48, 1024, 32768}, {128, 48, 26, 10}},
    {"generic", 2, 4, 2400, {32, 512, 1024}, {32, 16, 6, 4}},
    {"cortex-a53", 1, 8, 1400, {32, 256, 0}, {8, 5, 2, 2}},
    {"cortex-a72", 1, 7, 1800, {32, 512, 0}, {16, 8, 3, 3}},
    {"cortex-a76", 2, 4, 2400, {64, 512, 1024}, {32, 16, 8, 5}},
    {"neoverse-n1", 2, 4, 2600, {64, 1024, 1024}, {32, 20, 8, 6}},
    {"neoverse-v1", 4, 4, 2600, {64, 1024, 1024}, {48, 28, 10, 8}},
    {"neoverse-v2", 4, 4, 3000, {64, 2048, 1536}, {48, 32, 12, 10}},
    {"apple-m1", 4, 4, 3200, {128, 3072, 0}, {48, 32, 18, 18}},
    {"armv7", 1, 8, 1200, {32, 512, 0}, {8, 5, 2, 2}},
    {"cortex-a7", 1, 8, 1000, {32, 512, 0}, {8, 4, 1, 1}},
    {"cortex-a9", 1, 9, 1000, {32, 512, 0}, {8, 4, 1, 1}},
    {"cortex-a15", 1, 9, 1700, {32, 1024, 0}, {16, 8, 3, 3}},
};

// What waking a thread of the pool, or finding it awake, costs on average, and taking a task.
static constexpr int64_t loopNanoseconds = 1500, taskNanoseconds = 100;

static const Processor *findProcessor(StringRef name) {
  const auto *found = llvm::find_if(processors, [&](const Processor &processor) { return processor.name == name; });
  return found == std::end(processors) ? nullptr : found;
}

static MachineAttr attributeOf(MLIRContext *context, const Processor &processor) {
  auto [l1, l2, l3] = processor.kibibytes;
  auto [l1Rate, l2Rate, l3Rate, memoryRate] = processor.bytesPerCycle;
  int64_t lineBytes = processor.name == "apple-m1" ? 128 : 64;
  return MachineAttr::get(context, processor.fmaPorts, processor.fmaLatency, processor.megahertz, lineBytes, l1 * 1024,
                          l2 * 1024, l3 * 1024, l1Rate, l2Rate, l3Rate, memoryRate, loopNanoseconds, taskNanoseconds);
}

MachineAttr machineOfProcessor(MLIRContext *context, StringRef cpu) {
  const Processor *processor = findProcessor(cpu);
  return processor ? attributeOf(context, *processor) : MachineAttr();
}

// `32768K` of one of Linux' descriptions of a cache, in bytes; 0 where there is none.
static int64_t cacheBytes(unsigned index) {
  std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
  auto size = llvm::MemoryBuffer::getFileAsStream(folder + "/size");
  if (!size)
    return 0;
  StringRef text = (*size)->getBuffer().trim();
  int64_t unit = text.consume_back("K") ? 1024 : text.consume_back("M") ? 1024 * 1024 : 1, number = 0;
  return text.getAsInteger(10, number) ? 0 : number * unit;
}

MachineAttr machineOfHost(MLIRContext *context) {
  const Processor *known = findProcessor(llvm::sys::getHostCPUName());
  if (!known) {
    bool isArm = llvm::Triple(llvm::sys::getProcessTriple()).isAArch64();
    bool isWide = llvm::sys::getHostCPUFeatures().lookup("avx512f");
    known = findProcessor(isArm ? "generic" : isWide ? "x86-64-v4" : "x86-64-v3");
  }
  Processor host = *known;
  // Index 1 holds instructions.
  for (auto [level, index] : {std::pair(0, 0), {1, 2}, {2, 3}})
    if (int64_t bytes = cacheBytes(index))
      host.kibibytes[level] = bytes / 1024;
  return attributeOf(context, host);
}

// Rates ---------------------------------------------------------------------------------------------------------------

StringRef nameOf(MemoryLevel level) {
  static constexpr StringLiteral names[] = {"L1", "L2", "L3", "memory"};
  return names[size_t(level)];
}

static bool isArm32(TargetAttr target) { return llvm::Triple(target.getTriple()).isARM(); }
static bool isArm64(TargetAttr target) { return llvm::Triple(target.getTriple()).isAArch64(); }

static MachineAttr machineOf(TargetAttr target) {
  if (target.getMachine())
    return target.getMachine();
  StringRef plainest = isArm64(target) ? "generic" : isArm32(target) ? "armv7" : "x86-64";
  StringRef name = target.getCpu() == "generic" ? plainest : target.getCpu(); // which is one of both ARMs
  if (MachineAttr known = machineOfProcessor(target.getContext(), name))
    return known;
  return machineOfProcessor(target.getContext(), plainest);
}

MachineModel::MachineModel(TargetAttr target)
    : vectorBits(target.getVectorBits()), registers(target.getVectorRegisters()),
      multipliesByLane(isArm64(target) || isArm32(target)), machine(machineOf(target)) {}

int64_t MachineModel::fmaPorts() const { return machine.getFmaPorts(); }
int64_t MachineModel::fmaChains() const { return machine.getFmaPorts() * machine.getFmaLatency(); }
int64_t MachineModel::lineElements(int64_t elementBytes) const { return machine.getLineBytes() / elementBytes; }

double MachineModel::peakFlops(int64_t elementBytes) const {
  return 2.0 * double(lanes(elementBytes) * machine.getFmaPorts() * machine.getMegahertz()) * 1e6;
}

double MachineModel::stepCycles(int64_t rows, int64_t vectors, int64_t elementBytes) const {
  double multiply = double(rows * vectors) / double(machine.getFmaPorts());
  double loads = double(rows) / double(broadcastElements(elementBytes)) + double(vectors);
  double load = loads * double(vectorBits / 8) / double(machine.getL1BytesPerCycle());
  return std::max({multiply, load, double(machine.getFmaLatency())});
}

double MachineModel::productSeconds(int64_t rows, int64_t columns, int64_t inner, int64_t elementBytes) const {
  int64_t bytes = (rows * inner + inner * columns + rows * columns) * elementBytes;
  return std::max(2.0 * double(rows * columns * inner) / peakFlops(elementBytes), secondsToRead(double(bytes), bytes));
}

int64_t MachineModel::bytesOf(MemoryLevel level) const {
  return std::array{machine.getL1Bytes(), machine.getL2Bytes(), machine.getL3Bytes(),
                    std::numeric_limits<int64_t>::max()}[size_t(level)];
}

double MachineModel::bandwidth(MemoryLevel level) const {
  int64_t rate = std::array{machine.getL1BytesPerCycle(), machine.getL2BytesPerCycle(), machine.getL3BytesPerCycle(),
                            machine.getMemoryBytesPerCycle()}[size_t(level)];
  return double(rate * machine.getMegahertz()) * 1e6;
}

MemoryLevel MachineModel::levelOf(int64_t bytes) const {
  for (MemoryLevel level : {MemoryLevel::L1, MemoryLevel::L2, MemoryLevel::L3})
    if (bytes <= bytesOf(level))
      return level;
  return MemoryLevel::Memory;
}

// A line is read, read again to be written to, written, and what lies in between is lost: four times its bytes.
double MachineModel::secondsToCopy(int64_t bytes) const { return secondsToRead(4.0 * double(bytes), 2 * bytes); }

// Threads -------------------------------------------------------------------------------------------------------------

// A second thread saves half of the time and costs its start; it should save twice of that.
bool MachineModel::paysParallel(double seconds) const { return seconds >= 4e-9 * double(machine.getLoopNanoseconds()); }

// Taking a task should cost a fifteenth of it at most. More tasks than several a thread balance little, so long work
// has longer ones.
int64_t MachineModel::taskCount(double seconds) const {
  constexpr double enough = 16, largest = 256;
  if (!paysParallel(seconds))
    return 1;
  double shortest = 15e-9 * double(machine.getTaskNanoseconds());
  double count = std::min(seconds / shortest, enough + seconds / (30 * shortest));
  return int64_t(std::clamp(count, 2.0, largest));
}

// Kernels -------------------------------------------------------------------------------------------------------------

int64_t extentWhere(const SymbolicDim &size, int64_t open) {
  SymbolValues values;
  for (const std::string &symbol : size.symbols())
    values[symbol] = open;
  return size.evaluate(values).value_or(0);
}

namespace {
class Estimator {
public:
  Estimator(KernelOp kernel, const MachineModel &machine, int64_t open)
      : kernel(kernel), machine(machine), open(open) {}
  Estimate run();

private:
  double valueOf(const SymbolicDim &dim) const { return double(extentWhere(dim, open)); }
  double productSeconds(ProductOpInterface product);
  void addBytes(double amount, double footprint) {
    result.bytes[size_t(machine.levelOf(int64_t(footprint)))] += amount;
  }

  KernelOp kernel;
  const MachineModel &machine;
  int64_t open;
  Estimate result;
};
} // namespace

// A tile walks along the inner axis: each step multiplies its rows with its columns. One side stays in the cache while
// the other passes by, as a whole for each tile of the first.
double Estimator::productSeconds(ProductOpInterface product) {
  auto type = cast<RankedTensorType>(product->getResult(0).getType());
  Shape shape = shapeOf(type);
  ScheduleAttr schedule = kernel.getScheduleAttr();
  bool isTiled = schedule && schedule.getTile().size() == 2;
  double bytes = double(elementBytes(type.getElementType())), rows = valueOf(shape[shape.size() - 2]),
         columns = valueOf(shape.back()),
         inner = product.getSliceLength() ? double(product.getSliceLength()) : valueOf(product.getInner()),
         matrices = valueOf(elementCount(shape)) / std::max(rows * columns, 1.0);
  double tileRows = isTiled ? double(schedule.getTile()[0]) : 1,
         tileColumns = isTiled ? double(schedule.getTile()[1]) : 1;
  StringRef lanes = schedule ? schedule.getLanes() : "columns";
  double vector = schedule ? double(schedule.getVector()) : 1;
  double rowTiles = std::ceil(rows / tileRows), columnTiles = std::ceil(columns / tileColumns);

  // Elements that a step loads, and multiply-adds: vectors along one of the three axes.
  double rowLoads = tileRows, columnLoads = tileColumns, steps = inner, perStep = tileRows * tileColumns / vector;
  double broadcastElements = schedule ? double(schedule.getUnroll()) : 1;
  if (lanes == "rows")
    rowLoads /= vector, columnLoads /= broadcastElements;
  else if (lanes == "columns")
    columnLoads /= vector, rowLoads /= broadcastElements;
  else
    steps = std::ceil(inner / vector), perStep = tileRows * tileColumns;
  double vectorBytes = vector * bytes;
  double loads = matrices * rowTiles * columnTiles * steps * (rowLoads + columnLoads) * vectorBytes;
  double units = std::max(perStep, double(machine.fmaChains()) * (lanes == "inner" ? 0.5 : 1));
  double arithmetic = matrices * rowTiles * columnTiles * steps * units * 2 * double(machine.lanes(int64_t(bytes))) /
                      machine.peakFlops(int64_t(bytes));

  // Lanes along rows keep a panel of rows and read the columns again for each; all others the other way round.
  double lhs = rows * inner * bytes, rhs = columns * inner * bytes;
  bool keepsRows = lanes == "rows";
  double kept = (keepsRows ? tileRows : tileColumns) * inner * bytes;
  double passes = keepsRows ? rowTiles : columnTiles, tilesOfPass = keepsRows ? columnTiles : rowTiles;
  addBytes(matrices * (keepsRows ? lhs : rhs), matrices * (keepsRows ? lhs : rhs));
  addBytes(matrices * passes * kept * std::max(tilesOfPass - 1, 0.0), kept);
  addBytes(matrices * (keepsRows ? rhs : lhs) * passes, matrices * (keepsRows ? rhs : lhs));
  result.bytes[size_t(MemoryLevel::L1)] += loads;
  return std::max(arithmetic, loads / machine.bandwidth(MemoryLevel::L1));
}

Estimate Estimator::run() {
  ProductOpInterface product;
  int64_t bytes = 1;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    product = product ? product : dyn_cast<ProductOpInterface>(op);
    for (Type type : op.getResultTypes())
      bytes = std::max(bytes, elementBytes(cast<RankedTensorType>(type).getElementType()));
  }
  result.flops = valueOf(flopsOf(kernel));
  double productFlops = product ? valueOf(flopsOf(product)) : 0, peak = machine.peakFlops(bytes);
  double moved = valueOf(bytesOf(kernel));
  // What is no multiplication with its addition takes a unit for one operation.
  double other = 2 * (result.flops - productFlops) / peak;
  double stream = machine.secondsToRead(moved, int64_t(moved));
  result.rooflineSeconds = std::max(productFlops / peak + other, stream);

  ScheduleAttr schedule = kernel.getScheduleAttr();
  double idleLanes = schedule ? std::max(double(machine.lanes(bytes)) / double(schedule.getVector()), 1.0) : 1;
  double arithmetic = other * idleLanes, transfer = 0;
  if (product) {
    arithmetic += productSeconds(product);
    for (Value operand : {product->getOperand(0), product->getOperand(1)})
      moved -= valueOf(bm::bytesOf(operand.getType()));
  }
  addBytes(std::max(moved, 0.0), moved);
  for (size_t level = size_t(MemoryLevel::L2); level < memoryLevels; ++level)
    transfer += result.bytes[level] / machine.bandwidth(MemoryLevel(level));
  result.seconds = std::max({arithmetic, transfer, result.rooflineSeconds});
  return result;
}

Estimate estimate(KernelOp kernel, const MachineModel &machine, int64_t open) {
  return Estimator(kernel, machine, open).run();
}

} // namespace bmc
