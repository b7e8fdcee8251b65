// See the header.
#include "passes/Places.h"

#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace bmc {

Location placeOfResult(Value value) {
  auto function = value.getParentRegion()->getParentOfType<func::FuncOp>();
  for (OpOperand &use : value.getUses()) {
    if (!isa<func::ReturnOp>(use.getOwner()))
      continue;
    auto path = function.getResultAttrOfType<FlatSymbolRefAttr>(use.getOperandNumber(), "bm.variable");
    auto variable = path ? SymbolTable::lookupNearestSymbolFrom<bm::VariableOp>(function, path) : bm::VariableOp();
    if (variable)
      return variable.getLoc();
  }
  return function.getLoc();
}

} // namespace bmc
