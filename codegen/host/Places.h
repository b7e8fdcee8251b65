// Where in a model file an op comes from.
#ifndef BMC_CODEGEN_HOST_PLACES_H
#define BMC_CODEGEN_HOST_PLACES_H

#include "dialects/Ops.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace bmc::codegen {

/// The places of a location, the most telling first: the model file's own line, then what it calls.
llvm::SmallVector<mlir::FileLineColLoc> placesOf(mlir::Location location);

/// `simple.bm:5:14`, or `unknown`.
std::string placeText(mlir::Location location);

/// The ops of a kernel: `matmul add*2 tanh`; one of none copies its input.
std::string opsText(bm::KernelOp kernel);

} // namespace bmc::codegen

#endif
