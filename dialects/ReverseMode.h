// Reverse mode on straight-line ops, op by op through DifferentiableOpInterface: what the differentiation pass and the
// gradient rules of ops with a region are made of. No op is named here.
#ifndef BMC_DIALECTS_REVERSE_MODE_H
#define BMC_DIALECTS_REVERSE_MODE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace bmc::bm {

using ValueSet = llvm::DenseSet<mlir::Value>;
/// The cotangents of values; zero where there is none.
using Cotangents = llvm::DenseMap<mlir::Value, mlir::Value>;

/// Whether a value is a tensor of floats: gradients flow through no others.
bool isFloat(mlir::Value value);

/// The values and all float results of the ops, which are in program order, that are computed from them through floats:
/// a gradient does not flow through integers and conditions.
ValueSet valuesThatDependOn(mlir::ValueRange values, llvm::ArrayRef<mlir::Operation *> ops);

/// Adds a share to the cotangent of a value. What comes first is the first summand.
void addCotangent(mlir::OpBuilder &builder, mlir::Location loc, Cotangents &cotangents, mlir::Value value,
                  mlir::Value share);

/// Visits the ops backwards and adds each op's share to the cotangents of its operands that are in `active`. An op that
/// a cotangent reaches and that has no gradient rule is an error, with a note at `asked` if that is known.
mlir::LogicalResult pushBack(mlir::OpBuilder &builder, llvm::ArrayRef<mlir::Operation *> ops, const ValueSet &active,
                             Cotangents &cotangents, std::optional<mlir::Location> asked = std::nullopt);

/// Erases those of the ops, which are in program order, that nobody reads: a gradient rule may put another op in the
/// place of its own.
void eraseUnread(llvm::ArrayRef<mlir::Operation *> ops);

} // namespace bmc::bm

#endif
