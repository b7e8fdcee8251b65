// Weight files as the compiler reads them, for models that have their weights compiled in.
#ifndef BMC_TOOLS_BMC_WEIGHT_FILE_H
#define BMC_TOOLS_BMC_WEIGHT_FILE_H

#include "codegen/host/StaticModel.h"
#include "llvm/Support/Error.h"

namespace bmc {

/// The bytes of these weights from a safetensors file. Each must be there with its shape and type; f32 and f64 are
/// converted into each other.
llvm::Expected<codegen::WeightValues> readWeights(llvm::StringRef path, llvm::ArrayRef<codegen::StaticWeight> weights);

} // namespace bmc

#endif
