// Values that repeat a smaller one: what is computed with them can be computed on less, by the same op on another
// shape.
#ifndef BMC_PASSES_REPEATED_H
#define BMC_PASSES_REPEATED_H

#include "dialects/Dialect.h"
#include "mlir/IR/Builders.h"

#include <optional>

namespace bmc {

/// A broadcast, or a splat constant, which repeats a scalar.
struct Repeated {
  mlir::Value small;
  llvm::SmallVector<int64_t> dimensions;         ///< axis i of `small` is axis `dimensions[i]`
  std::optional<mlir::Attribute> scalarConstant; ///< then `small` is null
};

std::optional<Repeated> asRepeated(mlir::Value value);

bool isScalar(const Repeated &repeated);

/// What is repeated, as a tensor of a shape: itself, or a scalar repeated over that shape.
mlir::Value smallOperand(mlir::OpBuilder &builder, mlir::Location loc, const Repeated &repeated,
                         llvm::ArrayRef<bm::SymbolicDim> shape, mlir::Type elementType);

/// The same pointwise op on operands of another shape.
mlir::Operation *onShape(mlir::OpBuilder &builder, mlir::Operation *op, llvm::ArrayRef<bm::SymbolicDim> shape,
                         mlir::ValueRange operands);

} // namespace bmc

#endif
