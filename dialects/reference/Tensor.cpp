// Values of the reference interpreter from types. See the header.
#include "dialects/reference/Tensor.h"
#include "dialects/Dialect.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace bmc::bm {

template <class T> ReferenceTensor<T> zerosOfType(Type type, const SymbolValues &symbols) {
  SmallVector<int64_t> extents;
  for (const SymbolicDim &dim : shapeOf(type)) {
    std::optional<int64_t> extent = dim.evaluate(symbols);
    if (!extent || *extent < 0)
      llvm::report_fatal_error(llvm::Twine("the interpreter has no size for the dimension ") + dim.text());
    extents.push_back(*extent);
  }
  return ReferenceTensor<T>(extents, isa<FloatType>(cast<RankedTensorType>(type).getElementType()));
}

template ReferenceTensor<float> zerosOfType(Type, const SymbolValues &);
template ReferenceTensor<double> zerosOfType(Type, const SymbolValues &);
template ReferenceTensor<Quad> zerosOfType(Type, const SymbolValues &);

int64_t wrapInteger(int64_t value, Type elementType) {
  unsigned width = elementType.getIntOrFloatBitWidth();
  return width == 1 ? value & 1 : llvm::SignExtend64(static_cast<uint64_t>(value), width);
}

} // namespace bmc::bm
