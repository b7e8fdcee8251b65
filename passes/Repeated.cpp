// Values that repeat a smaller one. See the header.
#include "passes/Repeated.h"
#include "dialects/Ops.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

std::optional<Repeated> asRepeated(Value value) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    return Repeated{broadcast.getX(), llvm::to_vector(broadcast.getDimensions()), {}};
  auto constant = value.getDefiningOp<ConstantOp>();
  if (auto elements = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : SplatElementsAttr())
    return Repeated{{}, {}, elements.getSplatValue<Attribute>()};
  return std::nullopt;
}

bool isScalar(const Repeated &repeated) {
  return !repeated.small || cast<RankedTensorType>(repeated.small.getType()).getRank() == 0;
}

Value smallOperand(OpBuilder &builder, Location loc, const Repeated &repeated, ArrayRef<SymbolicDim> shape,
                   Type elementType) {
  RankedTensorType type = tensorType(shape, elementType);
  Value scalar = repeated.small;
  if (!scalar) {
    auto scalarType = RankedTensorType::get({}, elementType);
    scalar = ConstantOp::create(builder, loc, SplatElementsAttr::get(scalarType, *repeated.scalarConstant));
  }
  return scalar.getType() == type ? scalar : BroadcastOp::create(builder, loc, type, scalar, ArrayRef<int64_t>());
}

Operation *onShape(OpBuilder &builder, Operation *op, ArrayRef<SymbolicDim> shape, ValueRange operands) {
  Type type = tensorType(shape, getElementTypeOrSelf(op->getResult(0)));
  return builder.insert(Operation::create(op->getLoc(), op->getName(), type, operands, op->getAttrDictionary(),
                                          op->getPropertiesStorage(), {}, 0));
}

} // namespace bmc
