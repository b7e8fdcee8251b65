// Values of the reference interpreter: plain dense tensors in row-major order, generic in the scalar that stands for all
// floating-point types. Integers and booleans are int64_t, whatever the scalar.
#ifndef BMC_DIALECTS_REFERENCE_TENSOR_H
#define BMC_DIALECTS_REFERENCE_TENSOR_H

#include "dialects/SymbolicDim.h"
#include "dialects/reference/Scalar.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/LogicalResult.h"

#include <type_traits>
#include <vector>

namespace mlir {
class Operation;
class Type;
} // namespace mlir

namespace bmc::bm {

template <class T> struct ReferenceTensor {
  llvm::SmallVector<int64_t> shape;
  bool isReal = true;
  std::vector<T> reals;          // used if isReal
  std::vector<int64_t> integers; // used otherwise

  ReferenceTensor() = default;
  /// Zeros.
  ReferenceTensor(llvm::ArrayRef<int64_t> shape, bool isReal);

  int64_t size() const;
  /// The elements as vector of E, which is T for reals and int64_t for integers.
  template <class E> std::vector<E> &elements();
  template <class E> const std::vector<E> &elements() const;
};

template <class T> using ReferenceResults = llvm::SmallVector<ReferenceTensor<T>, 1>;
template <class T> using ReferenceTensors = llvm::SmallVector<ReferenceTensor<T>>;

/// Evaluates a region once: from its arguments to what it yields.
template <class T>
using ReferenceBody = llvm::function_ref<llvm::FailureOr<ReferenceTensors<T>>(llvm::ArrayRef<ReferenceTensor<T>>)>;

/// Calls `body(E{})` with the type of the tensor's elements: T or int64_t.
template <class T, class Body> auto withElementType(const ReferenceTensor<T> &tensor, Body body) {
  return tensor.isReal ? body(T{}) : body(int64_t{});
}

/// Advances a multi-index in row-major order; false after the last one.
inline bool nextIndex(llvm::MutableArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape) {
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (++index[axis] < shape[axis])
      return true;
    index[axis] = 0;
  }
  return false;
}

/// The row-major position of a multi-index.
inline int64_t linearIndex(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape) {
  int64_t position = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    position = position * shape[axis] + index[axis];
  return position;
}

/// A tensor of zeros of the shape and kind of a type, its symbolic dimensions evaluated.
template <class T> ReferenceTensor<T> zerosOfType(mlir::Type type, const SymbolValues &symbols);

/// Wraps an integer to the width of the type's elements, as the compiled code's two's complement does.
int64_t wrapInteger(int64_t value, mlir::Type elementType);

// Inline definitions --------------------------------------------------------------------------------------------------

template <class T> int64_t ReferenceTensor<T>::size() const {
  int64_t product = 1;
  for (int64_t extent : shape)
    product *= extent;
  return product;
}

template <class T>
ReferenceTensor<T>::ReferenceTensor(llvm::ArrayRef<int64_t> shape, bool isReal) : shape(shape), isReal(isReal) {
  if (isReal)
    reals.resize(size());
  else
    integers.resize(size());
}

template <class T> template <class E> std::vector<E> &ReferenceTensor<T>::elements() {
  if constexpr (std::is_same_v<E, T>)
    return reals;
  else
    return integers;
}

template <class T> template <class E> const std::vector<E> &ReferenceTensor<T>::elements() const {
  return const_cast<ReferenceTensor *>(this)->template elements<E>();
}

} // namespace bmc::bm

#endif
