// `bmc --explain`: what was made of the model: its kernels, what they cost, why they are apart, and its memory.
#ifndef BMC_TOOLS_BMC_EXPLAIN_H
#define BMC_TOOLS_BMC_EXPLAIN_H

#include "tools/bmc/Compilation.h"
#include "tools/bmc/KernelReport.h"

namespace bmc {

/// Prints it, of a module that is planned.
llvm::Error explain(Compilation &compilation);

/// The two forms of it.
void printExplanation(KernelReport &report, const codegen::Target &target, llvm::raw_ostream &out);
void printExplanationAsJson(KernelReport &report, const codegen::Target &target, llvm::raw_ostream &out);

} // namespace bmc

#endif
