// Gives each value that kernels and loops compute a buffer: results where PlanResults.cpp says, all else in slots of
// the function's one arena, by lifetime. A loop's body is planned like a function whose donated arguments are the
// carried values: its slots are those of the function, free again when their values were read for the last time in a
// step; what lives around the loop lives until the loop ends.
#include "passes/PlanMemory.h"
#include "passes/Arena.h"
#include "passes/DeviceArena.h"
#include "passes/Passes.h"
#include "passes/PlanResults.h"
#include "passes/Schedule.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_PLANMEMORY
#include "passes/Passes.h.inc"

namespace {
// The plan of one function.
class Planner {
public:
  Planner(func::FuncOp function, TargetAttr target) : function(function), target(target) {}

  void plan() {
    function.walk([&](ScanOp scan) { planResults(scan.getBody().front(), donations(scan), target, result); });
    Block &body = function.getBody().front();
    planResults(body, donations(), target, result);
    measureLives(body);
    placeInArena(body);
    setAttributes();
    dropAwaits();
  }

private:
  // When an op runs: kernels are counted in program order, a loop is counted when it begins and when it ends.
  struct Time {
    size_t begin, end;
  };

  SmallVector<Donation> donations();
  SmallVector<Donation> donations(ScanOp scan);
  void measureLives(Block &block);
  void placeInArena(Block &block);
  void placeInSlot(Value value, const Time &time);
  bool writeOverInput(KernelOp kernel, int64_t result, const Time &time);
  void setAttributes();
  void dropAwaits();

  func::FuncOp function;
  TargetAttr target;
  MemoryPlan result;
  size_t now = 0;
  DenseMap<Operation *, Time> times;
  DenseMap<Value, size_t> slotOf, lastRead; // by storage
  Arena arena;
};

struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    TargetAttr target = targetFor(getOperation(), "schedule copies");
    if (!target)
      return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      if (failed(verifyFused(function)))
        return signalPassFailure();
      Planner(function, target).plan();
      if (failed(verifyPlanned(function)))
        return signalPassFailure();
    }
    if (!target.getDevice().empty())
      layOutDeviceArena(getOperation());
  }
};

// A result that is the new value of an argument's variable.
SmallVector<Donation> Planner::donations() {
  DenseMap<Attribute, unsigned> argumentOf;
  for (unsigned argument = 0; argument < function.getNumArguments(); ++argument)
    if (Attribute variable = function.getArgAttr(argument, "bm.variable"))
      argumentOf[variable] = argument;
  SmallVector<Donation> result;
  for (unsigned number = 0; number < function.getNumResults(); ++number)
    if (Attribute variable = function.getResultAttr(number, "bm.variable"))
      if (auto found = argumentOf.find(variable); found != argumentOf.end())
        result.push_back({number, found->second});
  return result;
}

// The next carried values are written over the ones that a step begins with.
SmallVector<Donation> Planner::donations(ScanOp scan) {
  SmallVector<Donation> result;
  for (auto [number, carry] : llvm::enumerate(scan.getCarries()))
    result.push_back({unsigned(number), carry.getArgNumber()});
  return result;
}

void Planner::measureLives(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (!isa<KernelOp, ScanOp>(op))
      continue;
    size_t begin = now++;
    if (auto scan = dyn_cast<ScanOp>(op)) {
      measureLives(scan.getBody().front());
      ++now;
    }
    times[&op] = {begin, now - 1};
    for (Value operand : op.getOperands())
      lastRead[storageOf(operand)] = now - 1;
  }
}

void Planner::placeInArena(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (auto kernel = dyn_cast<KernelOp>(op)) {
      for (OpResult value : kernel->getResults())
        if (!result.buffers.contains(value) && !writeOverInput(kernel, value.getResultNumber(), times.at(&op)))
          placeInSlot(value, times.at(&op));
    } else if (auto scan = dyn_cast<ScanOp>(op)) {
      for (Value stacked : scan.getStacked())
        if (!result.buffers.contains(stacked))
          placeInSlot(stacked, times.at(&op));
      placeInArena(scan.getBody().front());
    }
  }
}

void Planner::placeInSlot(Value value, const Time &time) {
  auto type = cast<RankedTensorType>(value.getType());
  SymbolicDim bytes = elementCount(shapeOf(type)) * elementBytes(type.getElementType());
  size_t slot = arena.take(bytes, time.begin, std::max(time.end, lastRead.lookup(value)));
  slotOf[value] = slot;
  result.buffers[value] = BufferAttr::get(function.getContext(), BufferKind::Arena, slot);
}

// The result takes the slot of an input that nobody reads later.
bool Planner::writeOverInput(KernelOp kernel, int64_t number, const Time &time) {
  std::vector<int64_t> &taken = result.inPlaceOf(kernel);
  for (int64_t input = 0; input < int64_t(kernel.getInputs().size()); ++input) {
    Value storage = storageOf(kernel.getInputs()[input]);
    auto found = slotOf.find(storage);
    if (found == slotOf.end() || lastRead.at(storage) != time.end || llvm::is_contained(taken, input) ||
        inputsIn(kernel, storage).size() != 1 || !canWriteOver(kernel, input, number))
      continue;
    Value value = kernel.getOutputs()[number];
    size_t slot = found->second;
    taken[number] = input;
    arena.keep(slot, std::max(time.end, lastRead.lookup(value)));
    result.buffers[value] = BufferAttr::get(function.getContext(), BufferKind::Arena, slot);
    slotOf[value] = slot;
    return true;
  }
  return false;
}

// The order of kernels is what it is now: nobody has to wait any more.
void Planner::dropAwaits() {
  function.walk([](AfterOp after) {
    after.replaceAllUsesWith(after.getX());
    after.erase();
  });
}

void Planner::setAttributes() {
  Builder builder(function.getContext());
  auto buffersOf = [&](Operation *op) {
    return builder.getArrayAttr(llvm::map_to_vector(
        op->getResults(), [&](Value value) -> Attribute { return result.buffers.lookup(storageOf(value)); }));
  };
  function.walk([&](KernelOp kernel) {
    kernel.setBuffersAttr(buffersOf(kernel));
    kernel.setInPlaceAttr(builder.getDenseI64ArrayAttr(result.inPlaceOf(kernel)));
  });
  function.walk([&](ScanOp scan) { scan.setBuffersAttr(buffersOf(scan)); });
  SmallVector<Attribute> slots;
  for (size_t slot = 0; slot < arena.size(); ++slot)
    slots.push_back(builder.getStrArrayAttr(StringRef(arena.bytes(slot).text())));
  function->setAttr("bm.arena", builder.getArrayAttr(slots));
}
} // namespace

// The arena -----------------------------------------------------------------------------------------------------------

SmallVector<SmallVector<SymbolicDim>> arenaSlots(func::FuncOp function) {
  SmallVector<SmallVector<SymbolicDim>> slots;
  for (auto sizes : function->getAttrOfType<ArrayAttr>("bm.arena").getAsRange<ArrayAttr>()) {
    slots.emplace_back();
    for (auto size : sizes.getAsRange<StringAttr>())
      slots.back().push_back(*SymbolicDim::parse(std::string_view(size.getValue())));
  }
  return slots;
}

std::optional<SmallVector<int64_t>> arenaOffsets(func::FuncOp function, const SymbolValues &symbols) {
  SmallVector<int64_t> offsets{0};
  for (const SmallVector<SymbolicDim> &sizes : arenaSlots(function)) {
    int64_t largest = 0;
    for (const SymbolicDim &size : sizes) {
      std::optional<int64_t> bytes = size.evaluate(symbols);
      if (!bytes)
        return std::nullopt;
      largest = std::max(largest, *bytes);
    }
    offsets.push_back(offsets.back() + (largest + slotAlignment - 1) / slotAlignment * slotAlignment);
  }
  return offsets;
}

std::optional<int64_t> arenaBytes(func::FuncOp function, const SymbolValues &symbols) {
  std::optional<SmallVector<int64_t>> offsets = arenaOffsets(function, symbols);
  return offsets ? std::optional(offsets->back()) : std::nullopt;
}

} // namespace bmc
