// Runs Halide in child processes. Halide numbers the names that it makes from counters of the process, so the same
// kernel compiled second has other names inside than compiled first: a child for each kernel starts from the same
// counters and makes the same bytes, whatever else is compiled, in any order. It also takes a crash of Halide's as an
// error.
#ifndef BMC_CODEGEN_HALIDE_COMPILE_H
#define BMC_CODEGEN_HALIDE_COMPILE_H

#include "codegen/Target.h"
#include "dialects/Ops.h"
#include "mlir/Support/LLVM.h"

#include <string>
#include <vector>

namespace bmc::codegen {

enum class KernelOutput { Object, Bitcode, Assembly, Loops };

struct CompileJob {
  bm::KernelOp kernel;
  std::string function; // the name of the C function
  bool isPlain = false; // without its schedule, for the processor
  std::string result;   // what was made
};

/// Runs the jobs, at most `processes` at a time, and fills in their results. Errors and warnings are diagnosed at the
/// kernels' places, in the order of the jobs.
mlir::LogicalResult runJobs(llvm::MutableArrayRef<CompileJob> jobs, const Target &target, KernelOutput output,
                            bool checks, unsigned processes);

} // namespace bmc::codegen

#endif
