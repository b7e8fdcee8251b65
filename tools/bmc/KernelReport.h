// What is known of the kernels of a planned module: how often they run, what they cost and why they are apart. This is
// what `--explain` prints, as text or as JSON.
#ifndef BMC_TOOLS_BMC_KERNEL_REPORT_H
#define BMC_TOOLS_BMC_KERNEL_REPORT_H

#include "codegen/Target.h"
#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/MachineModel.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bmc {

/// Why a call is not one kernel with the one whose value it reads.
struct Apart {
  std::string producer; ///< the kernel's name; empty for a loop
  std::string name, text;
  bool operator==(const Apart &) const = default;
};

struct ReportedLoop;

/// A call of a kernel, or a loop of such.
struct ReportedCall {
  bm::KernelOp kernel; ///< null for a loop
  std::string name, place;
  std::vector<Apart> apart;
  std::shared_ptr<ReportedLoop> loop;
};

struct ReportedLoop {
  bm::SymbolicDim steps;
  std::vector<ReportedCall> calls; ///< in the order in which they run
};

/// A size that may depend on symbols, and what it is with the report's extents.
struct ReportedSize {
  std::string text;
  int64_t value = 0;
};

struct ReportedFunction {
  mlir::func::FuncOp function;
  int64_t open; ///< what an extent is taken for that is open at compile time
  std::vector<ReportedCall> calls;
  ReportedSize arena, values; ///< bytes of the arena, and of arguments and of results that have memory of their own
};

/// The parts of a device's arena in bytes: what is constant, weights and state, what a call takes and gives, and its
/// intermediate values; of the last two the function's that needs most.
struct ReportedDeviceArena {
  int64_t constants = 0, variables = 0, call = 0, intermediate = 0;
  int64_t kept = 0; ///< more where the weights of the best epoch are kept
  int64_t total() const { return constants + variables + call + intermediate; }
};

class KernelReport {
public:
  KernelReport(mlir::ModuleOp module, const codegen::Target &target);

  const std::vector<ReportedFunction> &functions() const { return all; }
  const MachineModel &machine() const { return model; }
  const Estimate &estimateOf(bm::KernelOp kernel);
  /// What holds a kernel up that has no other limit: a level of the memory, or the arithmetic units.
  llvm::StringRef limitOf(bm::KernelOp kernel);
  /// Bytes of the program's variables with a role.
  int64_t bytesOfVariables(llvm::StringRef role) const;
  /// Whether the kernels are a device's, of whose times the machine model knows nothing.
  bool isForDevice() const { return target.hasDevice(); }
  /// Nothing for the processor.
  std::optional<ReportedDeviceArena> deviceArena() const;

private:
  std::vector<ReportedCall> callsOf(mlir::Block &block) const;
  std::vector<Apart> apartOf(mlir::Operation *op) const;
  ReportedSize arenaOf(mlir::func::FuncOp function, int64_t open) const;
  ReportedSize valuesOf(mlir::func::FuncOp function, int64_t open) const;

  mlir::ModuleOp module;
  const codegen::Target &target;
  MachineModel model;
  std::map<mlir::Operation *, Estimate> estimates;
  std::vector<ReportedFunction> all;
};

/// Microseconds with the model's schedule and with the kernel's own, if that was measured to be faster.
std::optional<std::pair<double, double>> tunedTimes(bm::KernelOp kernel);

} // namespace bmc

#endif
