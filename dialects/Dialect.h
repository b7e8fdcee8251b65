// The bm dialect in C++: attributes, interfaces, ops, and helpers on its types.
#ifndef BMC_DIALECTS_DIALECT_H
#define BMC_DIALECTS_DIALECT_H

#include "dialects/SymbolicDim.h"
#include "dialects/reference/Tensor.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace bmc::bm {

using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::OpBuilder;
using mlir::RankedTensorType;
using mlir::Value;
using mlir::ValueRange;

/// How an op computes an element of its result; see FusibleOpInterface.
enum class AccessPattern { Pointwise, IndexMap, Generator, View, Packing, Reduction, Contraction, Scatter };

/// Whether an op's result is its first operand in the same buffer, under another shape or for other readers.
bool isView(mlir::Operation *op);

/// Whether every dynamic dimension of a tensor type has a name.
bool hasNamedDims(mlir::Type type);
/// Whether a type is that of a random key, tensor<2xi32>.
bool isRandomKey(mlir::Type type);

/// The dimensions of a tensor type, static ones as constants.
using Shape = SmallVector<SymbolicDim>;
Shape shapeOf(mlir::Type type);
/// The tensor type of a shape: `?` with a name where a dimension is not constant.
RankedTensorType tensorType(ArrayRef<SymbolicDim> shape, mlir::Type elementType);
/// The product of all dimensions.
SymbolicDim elementCount(ArrayRef<SymbolicDim> shape);
/// As a user reads it: `f32[N, 3]`.
std::string describe(mlir::Type type);
/// `(f32[N, 3], f32)`.
std::string describe(mlir::TypeRange types);
/// Bytes of one element in memory; a bool takes one.
int64_t elementBytes(mlir::Type elementType);

/// A rank-0 or splat constant of a static type; for a dynamic type a broadcast of a rank-0 one.
Value splat(OpBuilder &builder, mlir::Location loc, double value, RankedTensorType type);
/// The number that all elements of a value are known to be, if it is a splat constant or a broadcast of one.
std::optional<double> splatValue(Value value);

} // namespace bmc::bm

#include "dialects/BmDialect.h.inc"
#include "dialects/BmEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/BmAttributes.h.inc"
#include "dialects/BmInterfaces.h.inc"

#endif
