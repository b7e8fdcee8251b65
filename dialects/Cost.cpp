// See the header.
#include "dialects/Cost.h"

using namespace mlir;

namespace bmc::bm {

SymbolicDim flopsOf(Operation *op) {
  if (op->getNumRegions() == 1) {
    SymbolicDim flops = 0;
    for (Operation &inner : op->getRegion(0).front())
      flops = flops + flopsOf(&inner);
    auto scan = dyn_cast<ScanOp>(op);
    return scan ? flops * scan.getLengthDim() : flops;
  }
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible || op->hasTrait<OpTrait::ConstantLike>() || fusible.getAccessPattern() == AccessPattern::IndexMap ||
      fusible.getAccessPattern() == AccessPattern::Packing || fusible.getAccessPattern() == AccessPattern::View)
    return 0;
  return fusible.getFlops();
}

SymbolicDim bytesOf(Type type) {
  return elementCount(shapeOf(type)) * SymbolicDim(elementBytes(cast<RankedTensorType>(type).getElementType()));
}

SymbolicDim bytesOf(KernelOp kernel) {
  SymbolicDim bytes = 0;
  for (Type type : llvm::concat<const Type>(llvm::to_vector(kernel.getInputs().getTypes()),
                                            llvm::to_vector(kernel.getOutputs().getTypes())))
    bytes = bytes + bytesOf(type);
  return bytes;
}

} // namespace bmc::bm
