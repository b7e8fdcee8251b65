// The machine model: what is known of a processor, and what a kernel costs on it. The one place with numbers about
// machines; layouts and schedules ask it. It is a function of `#bm.target` alone, so that the same text gets the same
// schedules on any machine.
#ifndef BMC_PASSES_MACHINE_MODEL_H
#define BMC_PASSES_MACHINE_MODEL_H

#include "dialects/Ops.h"

#include <array>

namespace bmc {

/// Where data is read from; of the caches the nearest that holds it.
enum class MemoryLevel { L1, L2, L3, Memory };
constexpr size_t memoryLevels = 4;
llvm::StringRef nameOf(MemoryLevel level);

class MachineModel {
public:
  /// The numbers that the target carries, or those of its processor's name; of an unknown name, those of the plainest
  /// processor of the architecture.
  explicit MachineModel(bm::TargetAttr target);

  int64_t vectorRegisters() const { return registers; }
  /// Elements of a vector, and of a cache line.
  int64_t lanes(int64_t elementBytes) const { return std::max<int64_t>(vectorBits / 8 / elementBytes, 1); }
  int64_t lineElements(int64_t elementBytes) const;
  /// Vector multiply-adds that must be under way for the units to be busy.
  int64_t fmaChains() const;
  int64_t fmaPorts() const;

  /// Multiplications and additions in a second, if all units are always busy.
  double peakFlops(int64_t elementBytes) const;
  /// Elements that one load brings of a product's operand that is broadcast: a vector, where a multiply-add takes its
  /// factor from any lane of a register; else one.
  int64_t broadcastElements(int64_t elementBytes) const { return multipliesByLane ? lanes(elementBytes) : 1; }
  /// Cycles of one step of a register tile along the inner axis: to multiply and add, to load vectors of columns and
  /// the rows that are broadcast, or to wait for the step before.
  double stepCycles(int64_t rows, int64_t vectors, int64_t elementBytes) const;
  /// A product at its best on one thread.
  double productSeconds(int64_t rows, int64_t columns, int64_t inner, int64_t elementBytes) const;
  /// What a level of the memory holds, for one core; there is no limit to memory.
  int64_t bytesOf(MemoryLevel level) const;
  /// The bytes that one core reads from a level in a second.
  double bandwidth(MemoryLevel level) const;
  /// The nearest level that holds so many bytes.
  MemoryLevel levelOf(int64_t bytes) const;
  /// Time to read so many bytes once from the level that holds `footprint` of them.
  double secondsToRead(double bytes, int64_t footprint) const { return bytes / bandwidth(levelOf(footprint)); }

  /// Time to copy so many bytes in another order.
  double secondsToCopy(int64_t bytes) const;

  /// Whether work that takes one thread so long is worth a second one.
  bool paysParallel(double seconds) const;
  /// The number of tasks that such work is cut into: few enough that taking them costs little, enough for any number of
  /// threads that pays. 1 where a second thread does not pay.
  int64_t taskCount(double seconds) const;

private:
  double secondsOfCycles(double cycles) const { return cycles / (double(machine.getMegahertz()) * 1e6); }

  int64_t vectorBits, registers;
  bool multipliesByLane;
  bm::MachineAttr machine;
};

/// A size, where each extent that is open at compile time is `open`.
int64_t extentWhere(const bm::SymbolicDim &size, int64_t open);

/// What a kernel costs.
struct Estimate {
  double flops = 0;
  std::array<double, memoryLevels> bytes = {}; // read or written at each level of the memory
  double seconds = 0;                          // on one thread
  double rooflineSeconds = 0;                  // no schedule is faster: each byte moved once, or all units busy

  /// 1 is a kernel that nothing but the machine holds up.
  double rooflineShare() const { return seconds > 0 ? rooflineSeconds / seconds : 1; }
};

/// What a kernel costs with its schedule; an extent that is open at compile time is `open`.
Estimate estimate(bm::KernelOp kernel, const MachineModel &machine, int64_t open);

/// The numbers of a processor by its name, if it is known.
bm::MachineAttr machineOfProcessor(mlir::MLIRContext *context, llvm::StringRef cpu);
/// Those of this machine: of its processor's name, with the sizes of its caches as the system tells them. Reading twice
/// gives the same: nothing is timed.
bm::MachineAttr machineOfHost(mlir::MLIRContext *context);

} // namespace bmc

#endif
