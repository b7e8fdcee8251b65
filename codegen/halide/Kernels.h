// Kernels to object code: each distinct kernel of a module is compiled once, in parallel with others, and kept in a
// cache on disk. No Halide in this header.
//
// A kernel becomes the C function
//     int32_t NAME(int32_t symbol..., halide_buffer_t *input..., halide_buffer_t *output...)
// with the symbols of `kernelSymbols`, the inputs of `kernelInputs` and all results. A result in place is the only
// buffer of its input. Of a buffer the code reads nothing but `host`, and the strides that are not known at compile
// time. `host` has the alignment of an element: it may be a slice of a loop's sequence. It returns 0, and may call
// memset, memcpy, memmove, halide_do_par_for and the C library's mathematical functions. Beside it stands the function
// by which it is called, `argumentsFunction`. For a target with a device it reads `device` instead of `host`, and calls
// halide_opencl_run or halide_cuda_run for each of its loop nests, which are text for the device's driver in the
// object.
#ifndef BMC_CODEGEN_HALIDE_KERNELS_H
#define BMC_CODEGEN_HALIDE_KERNELS_H

#include "codegen/Target.h"
#include "dialects/Ops.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Support/LLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace bmc::codegen {

/// Makes every context with the bm dialect attach the ops' Halide algorithms.
void registerHalideAlgorithms(mlir::DialectRegistry &registry);

/// `k_` and 16 hex digits of a hash of the kernel's text, the target and bmc's code generator. Equal names, equal code.
std::string kernelName(bm::KernelOp kernel, const Target &target);
/// What the name is a hash of: the kernel without places, buffers and names of values.
std::string kernelText(bm::KernelOp kernel);
/// The symbols in the kernel's types and `bm.size` ops, sorted by name.
std::vector<std::string> kernelSymbols(bm::KernelOp kernel);
/// The numbers of the inputs that are passed as buffers of their own: all that no result is written into.
std::vector<int64_t> kernelInputs(bm::KernelOp kernel);

/// The function beside a kernel's that takes pointers to its arguments, int32_t NAME(void *const *arguments): to the
/// symbols and to the buffers.
std::string argumentsFunction(llvm::StringRef kernel);

/// Whether the kernel is compiled without a schedule anyway: there is no NAME_plain then.
bool isPlainAlready(bm::KernelOp kernel);

struct CompileOptions {
  Target target;
  std::string cacheDirectory; // empty: no cache
  unsigned jobs = 1;
  bool alsoPlain = false; // NAME_plain too: the same without its schedule, for the processor and the program's selftest
  bool checks = false;    // bounds are checked at run time; for bmc's own tests, never cached
  bool asBitcode = false; // for LLVM to compile together with the host code
};

struct CompiledKernel {
  bm::KernelOp kernel; // the first in the module with this name
  std::string name;
  std::string object;      // an ELF file, or LLVM's bitcode
  std::string plainObject; // of NAME_plain, if asked for and if it differs from NAME
  bool fromCache = false;
};

/// The module's distinct kernels in the order in which they first appear. What Halide cannot compile, and what it warns
/// of, is diagnosed at the kernel.
mlir::FailureOr<std::vector<CompiledKernel>> compileKernels(mlir::ModuleOp module, const CompileOptions &options);

/// Prints the loops of each distinct kernel (`--emit=halide`), or its assembly (`--emit=asm`).
mlir::LogicalResult printHalide(mlir::ModuleOp module, const Target &target, llvm::raw_ostream &stream);
mlir::LogicalResult printAssembly(mlir::ModuleOp module, const Target &target, llvm::raw_ostream &stream);

} // namespace bmc::codegen

#endif
