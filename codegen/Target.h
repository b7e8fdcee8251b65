// The machine that code is made for: what `--target` and `--cpu` mean to passes, to Halide and to LLVM.
#ifndef BMC_CODEGEN_TARGET_H
#define BMC_CODEGEN_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace mlir {
class MLIRContext;
}
namespace bmc::bm {
class TargetAttr;
}

namespace bmc::codegen {

struct Target {
  std::string triple;       // as the user writes it: `x86_64-linux-musl`
  std::string cpu;          // one of the known processors
  std::string llvmCpu;      // whose instructions are used: the processor, or the plain one that it stands above
  std::string llvmFeatures; // for LLVM's target machine, beside the processor
  std::string halide;       // Halide's text for the machine, without the features of one compilation
  int64_t vectorBits = 128;
  int64_t vectorRegisters = 16;
  bool isNative = false; // `--cpu` named none: schedules are for this very machine
  std::string device;    // what runs the kernels: `opencl`, `cuda`; empty: the processor
  std::string gpu;       // of CUDA: the oldest one that runs them, `sm_80`

  bool hasDevice() const { return !device.empty(); }
  /// The processor of a machine with a device, which programs can go on with.
  Target withoutDevice() const;
  bool isHost() const; // whether programs for it run here
  /// Whether LLVM makes the code of kernels, for the pipelines of a processor that has a name: Halide does not know
  /// ARM's, and of 32-bit ones not even all instructions.
  bool hasPipelines() const;
  bool isMusl() const; // the C library that programs carry; any other is glibc, the system's
  /// Whether code calls the compiler's builtins: to divide integers of 64 bits, where the processor cannot.
  bool callsBuiltins() const;
  bool isBare() const; // a microcontroller: no operating system, little memory
  /// Of buffers: a cache line, or where there is little memory a vector.
  int64_t alignment() const { return isBare() ? 16 : 64; }
  bool operator==(const Target &) const = default;
};

/// Reads `--target`, `--cpu` and `--gpu`. A triple may be followed by `+opencl` or `+cuda`. Empty texts mean this
/// machine with musl (with glibc where there is a device), and this machine's features (or the triple's plainest
/// processor if it is another architecture). The error lists the known names.
llvm::Expected<Target> parseTarget(llvm::StringRef triple, llvm::StringRef cpu, llvm::StringRef gpu = "");

/// This machine with a C library: `gnu` or `musl`.
std::string hostTriple(llvm::StringRef cLibrary);

/// What passes need to know of it, and back.
bm::TargetAttr targetAttr(mlir::MLIRContext *context, const Target &target);
llvm::Expected<Target> targetOf(bm::TargetAttr attr);

} // namespace bmc::codegen

#endif
