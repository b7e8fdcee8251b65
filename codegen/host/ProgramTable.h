// The structs of runtime/include/bmc/program.h as types of the LLVM dialect, field by field in the header's order.
#ifndef BMC_CODEGEN_HOST_PROGRAM_TABLE_H
#define BMC_CODEGEN_HOST_PROGRAM_TABLE_H

#include "mlir/Dialect/LLVMIR/LLVMTypes.h"

namespace bmc::codegen {

struct ProgramTypes {
  explicit ProgramTypes(mlir::MLIRContext *context);
  mlir::LLVM::LLVMStructType dim, variable, value, code, function, step, feature, field, file, split, folds, dataset,
      hyper, fixed, monitor, layer, kernel, trainStep, entry, program, deviceConstant, deviceFunction, deviceProgram;
};

} // namespace bmc::codegen

#endif
