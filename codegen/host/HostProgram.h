// What the steps of the host lowering tell each other: the functions that were made for each kernel and entry function.
#ifndef BMC_CODEGEN_HOST_HOST_PROGRAM_H
#define BMC_CODEGEN_HOST_HOST_PROGRAM_H

#include "codegen/host/Globals.h"
#include "codegen/host/LowerHost.h"
#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace bmc::codegen {

struct HostKernel {
  bm::KernelOp kernel; // the first one of this name
  int64_t number = 0;  // in the program's table
  std::vector<std::string> symbols;
  llvm::SmallVector<int64_t> passed; // the inputs and then results that are buffers of its code
  Address run, plain, valueDims;
  int64_t calls = 0;
};

struct HostFunction {
  mlir::func::FuncOp source;
  std::vector<std::string> symbols;
  Address run, arenaBytes, resultDims, loopSteps; // the last one only on a device
  llvm::SmallVector<int64_t> aliases;             // of each result: the argument that it is written into, or -1
  int64_t kernelCalls = 0;
};

/// A call of a kernel; the symbols are those of the function that it is in.
struct HostCall {
  bm::KernelOp kernel;
  std::vector<std::string> symbols;
};

struct HostProgram {
  llvm::MapVector<mlir::StringAttr, HostKernel> kernels; // by name, in the order of their first calls
  std::map<mlir::Operation *, HostKernel *> kernelOf;    // of each call
  std::vector<HostFunction> functions;
  std::vector<HostCall> calls; // that the functions tell of; none without a profile
};

/// Finds the distinct kernels.
void lowerKernels(mlir::ModuleOp planned, const HostOptions &options, mlir::ModuleOp host, HostProgram &program);
/// Makes the entry functions. With a profile they tell of each call before it begins, and of their end.
mlir::LogicalResult lowerFunctions(mlir::ModuleOp planned, const HostOptions &options, mlir::ModuleOp host,
                                   Globals &globals, HostProgram &program);
/// void NAME(const int64_t *symbols, int64_t *dims), the dims of tensors; null where each is a constant or a symbol.
Address lowerDims(mlir::ModuleOp host, llvm::StringRef name, llvm::ArrayRef<std::string> symbols,
                  llvm::ArrayRef<mlir::Type> tensors);
/// Makes `bmc_calls`, or `bmc_device_calls`.
void addCallTable(mlir::ModuleOp host, Globals &globals, const HostProgram &program, llvm::StringRef name);
/// Makes `bmc_program`.
mlir::LogicalResult addProgramTable(mlir::ModuleOp planned, Globals &globals, const HostProgram &program);
/// Makes `bmc_device_program`: the functions whose kernels run on a device, beside those of `bmc_program`.
mlir::LogicalResult addDeviceTable(mlir::ModuleOp planned, Globals &globals, const HostProgram &program,
                                   llvm::StringRef device);

} // namespace bmc::codegen

#endif
