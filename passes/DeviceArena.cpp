// Places follow one another in the module's order. See the header.
#include "passes/DeviceArena.h"
#include "dialects/Cost.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

static constexpr llvm::StringLiteral arenaAttrName = "bm.device_arena";

SmallVector<ConstantOp> constantsInMemory(Operation *around) {
  SmallVector<ConstantOp> constants;
  around->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<KernelOp>(op)) // what is inside of a kernel is in its code
      return WalkResult::skip();
    if (auto constant = dyn_cast<ConstantOp>(op))
      constants.push_back(constant);
    return WalkResult::advance();
  });
  return constants;
}

namespace {
class Layouter {
public:
  explicit Layouter(ModuleOp module) : module(module), builder(module.getContext()) {}

  void layOut() {
    for (ConstantOp constant : constantsInMemory(module))
      place(constant);
    int64_t constants = next;
    placeVariables(/*areSaved=*/true);
    int64_t saved = next;
    placeVariables(/*areSaved=*/false);
    module->setAttr(arenaAttrName, builder.getDenseI64ArrayAttr({constants, saved, next}));
  }

private:
  int64_t take(Type type) {
    int64_t offset = next;
    next += llvm::alignTo(*bytesOf(type).constant(), devicePlaceAlignment);
    return offset;
  }

  // Equal constants are one.
  void place(ConstantOp constant) {
    auto [offset, isNew] = offsetOf.try_emplace(constant.getValue(), next);
    if (isNew)
      take(constant.getY().getType());
    constant->setAttr(deviceOffsetAttrName, builder.getI64IntegerAttr(offset->second));
  }

  // Those of files come first: what keeps the weights of an epoch then copies one piece.
  void placeVariables(bool areSaved) {
    for (auto variable : module.getOps<VariableOp>())
      if ((variable.getRole() == "parameter" || variable.getRole() == "buffer") == areSaved)
        variable->setAttr(deviceOffsetAttrName, builder.getI64IntegerAttr(take(variable.getType())));
  }

  ModuleOp module;
  Builder builder;
  int64_t next = 0;
  DenseMap<Attribute, int64_t> offsetOf;
};
} // namespace

void layOutDeviceArena(ModuleOp module) { Layouter(module).layOut(); }

DeviceArena deviceArenaOf(ModuleOp module) {
  auto ends = module->getAttrOfType<DenseI64ArrayAttr>(arenaAttrName);
  return ends && ends.size() == 3 ? DeviceArena{ends[0], ends[1], ends[2]} : DeviceArena{};
}

int64_t deviceOffsetOf(Operation *constantOrVariable) {
  auto offset = constantOrVariable->getAttrOfType<IntegerAttr>(deviceOffsetAttrName);
  return offset ? offset.getInt() : 0;
}

} // namespace bmc
