// Random ops: Philox of the key and the element's position.
#include "dialects/Ops.h"
#include "dialects/reference/Philox.h"

using namespace mlir;
using namespace bmc::bm;

#define GET_OP_CLASSES
#include "dialects/ops/Random.cpp.inc"

template <class T> static PhiloxKey keyOf(const ReferenceTensor<T> &tensor) {
  return {uint32_t(tensor.integers[0]), uint32_t(tensor.integers[1])};
}

template <class T>
ReferenceResults<T> RandomBitsOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  PhiloxKey key = keyOf(operands[0]);
  for (size_t i = 0; i < result.integers.size(); ++i)
    result.integers[i] = wrapInteger(randomBits(key, i), getType().getElementType());
  return {result};
}

template <class T>
ReferenceResults<T> RandomUniformOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  PhiloxKey key = keyOf(operands[0]);
  for (size_t i = 0; i < result.reals.size(); ++i)
    result.reals[i] = T(randomBits(key, i) >> 8) * T(0x1p-24);
  return {result};
}

LogicalResult FoldInOp::verify() {
  if (getData().getType().getRank() != 0) // C1
    return emitOpError() << "needs a single number, got " << describe(getData().getType());
  return success();
}

template <class T>
ReferenceResults<T> FoldInOp::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
  auto result = zerosOfType<T>(getType(), symbols);
  PhiloxKey key = foldIn(keyOf(operands[0]), uint32_t(operands[1].integers[0]));
  for (size_t i = 0; i < key.size(); ++i)
    result.integers[i] = wrapInteger(key[i], getType().getElementType());
  return {result};
}
