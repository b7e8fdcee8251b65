// Halide's code for a processor whose pipelines it does not know: its optimized bitcode goes to LLVM's code generator,
// which chooses instructions and their order by the processor's scheduling model.
#ifndef BMC_CODEGEN_HALIDE_PIPELINES_H
#define BMC_CODEGEN_HALIDE_PIPELINES_H

#include "codegen/Target.h"
#include "llvm/Support/CodeGen.h"

namespace bmc::codegen {

llvm::Expected<std::string> compileForPipelines(llvm::StringRef bitcode, const Target &target,
                                                llvm::CodeGenFileType type);

} // namespace bmc::codegen

#endif
