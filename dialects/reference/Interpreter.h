// The reference interpreter: evaluates functions of bm ops with plain loops in a scalar of the caller's choice. It is
// what compiled programs are compared with, and what folds constants.
#ifndef BMC_DIALECTS_REFERENCE_INTERPRETER_H
#define BMC_DIALECTS_REFERENCE_INTERPRETER_H

#include "dialects/reference/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Support/LLVM.h"

namespace bmc::bm {

/// The results of one op, given its operands; the op has the ReferenceOpInterface.
template <class T>
ReferenceResults<T> evaluateOp(mlir::Operation *op, llvm::ArrayRef<ReferenceTensor<T>> operands,
                               const SymbolValues &symbols);

/// The results of a function. The values of its symbols follow from the shapes of the arguments; `symbols` gives those
/// that do not. Arguments that do not fit, and ops that cannot be evaluated, are diagnosed. T is float, double or Quad.
template <class T>
mlir::FailureOr<llvm::SmallVector<ReferenceTensor<T>>>
evaluateFunction(mlir::func::FuncOp function, llvm::ArrayRef<ReferenceTensor<T>> arguments, SymbolValues symbols = {});

} // namespace bmc::bm

#endif
