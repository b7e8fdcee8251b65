// The reference evaluation of elementwise ops from a function of scalars.
#ifndef BMC_DIALECTS_REFERENCE_ELEMENTWISE_H
#define BMC_DIALECTS_REFERENCE_ELEMENTWISE_H

#include "dialects/reference/Tensor.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/TypeUtilities.h"

namespace bmc::bm {

/// Element i of the result is `function` of element i of each operand; all are floats.
template <class T, class Function>
ReferenceResults<T> evaluateReal(mlir::Operation *op, llvm::ArrayRef<ReferenceTensor<T>> operands,
                                 const SymbolValues &symbols, Function function) {
  ReferenceTensor<T> result = zerosOfType<T>(op->getResult(0).getType(), symbols);
  for (size_t i = 0; i < result.reals.size(); ++i)
    result.reals[i] = function(operands[0].reals[i]);
  return {result};
}

template <class E, class T, class Function>
void applyElementwise(llvm::ArrayRef<ReferenceTensor<T>> operands, std::vector<E> &result, Function function) {
  const std::vector<E> &x = operands[0].template elements<E>();
  for (size_t i = 0; i < result.size(); ++i) {
    if constexpr (std::is_invocable_v<Function, E>)
      result[i] = function(x[i]);
    else
      result[i] = function(x[i], operands[1].template elements<E>()[i]);
  }
}

/// The same with one or two operands of any one type, which the result has too. Integers wrap to their width.
template <class T, class Function>
ReferenceResults<T> evaluateNumber(mlir::Operation *op, llvm::ArrayRef<ReferenceTensor<T>> operands,
                                   const SymbolValues &symbols, Function function) {
  mlir::Type type = op->getResult(0).getType();
  ReferenceTensor<T> result = zerosOfType<T>(type, symbols);
  withElementType(result, [&]<class E>(E) { applyElementwise<E>(operands, result.template elements<E>(), function); });
  for (int64_t &integer : result.integers)
    integer = wrapInteger(integer, mlir::getElementTypeOrSelf(type));
  return {result};
}

} // namespace bmc::bm

#endif
