// Values and their memory. See the header.
#include "passes/MemoryPlan.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

Value contentOf(Value value) {
  while (isView(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

Value storageOf(Value value) {
  for (;;) {
    value = contentOf(value);
    auto scan = value.getDefiningOp<ScanOp>();
    size_t number = scan ? cast<OpResult>(value).getResultNumber() : 0;
    if (!scan || number >= scan.getInits().size())
      return value;
    value = scan.getInits()[number];
  }
}

SmallVector<int64_t> inputsIn(KernelOp kernel, Value storage) {
  SmallVector<int64_t> inputs;
  for (auto [number, input] : llvm::enumerate(kernel.getInputs()))
    if (storageOf(input) == storage)
      inputs.push_back(number);
  return inputs;
}

// That is so if only pointwise ops stand between the input and whatever is stored. A value of each row is stored when
// the row is done.
bool canWriteOver(KernelOp kernel, int64_t input, int64_t result) {
  Value argument = kernel.getBody().getArgument(input), output = kernel.getOutputs()[result];
  if (argument.getType() != output.getType() || shapeOf(output.getType()) != shapeOf(kernel.getOutputs()[0].getType()))
    return false;
  SmallVector<Value> rest{argument};
  llvm::DenseSet<Operation *> seen;
  while (!rest.empty())
    for (Operation *user : rest.pop_back_val().getUsers()) {
      if (isa<YieldOp>(user) || !seen.insert(user).second)
        continue;
      if (cast<FusibleOpInterface>(user).getAccessPattern() != AccessPattern::Pointwise)
        return false;
      rest.push_back(user->getResult(0));
    }
  return true;
}

bool isScatter(KernelOp kernel) {
  return llvm::any_of(kernel.getBody().front().without_terminator(), [](Operation &op) {
    return cast<FusibleOpInterface>(op).getAccessPattern() == AccessPattern::Scatter;
  });
}

std::vector<int64_t> &MemoryPlan::inPlaceOf(KernelOp kernel) {
  auto [entry, isNew] = inPlace.try_emplace(kernel.getOperation());
  if (isNew)
    entry->second.assign(kernel.getOutputs().size(), -1);
  return entry->second;
}

} // namespace bmc
