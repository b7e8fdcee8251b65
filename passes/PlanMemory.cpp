// Gives each kernel result a buffer. Donated arguments are overwritten by the results that replace them, where every
// other kernel can read the old value before; results of the function are written where the caller wants them; all else
// shares slots of one arena, by lifetime. A reshape is a view: its value lives where its operand lives.
#include "passes/PlanMemory.h"
#include "dialects/Ops.h"
#include "passes/Passes.h"
#include "passes/Places.h"
#include "passes/Schedule.h"

#include <map>
#include <set>

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_PLANMEMORY
#include "passes/Passes.h.inc"

// The value whose buffer a value lives in.
static Value storageOf(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getX();
  return value;
}

// The inputs of a kernel that live in the storage of a value.
static SmallVector<int64_t> inputsIn(KernelOp kernel, Value storage) {
  SmallVector<int64_t> inputs;
  for (auto [number, input] : llvm::enumerate(kernel.getInputs()))
    if (storageOf(input) == storage)
      inputs.push_back(number);
  return inputs;
}

// Whether a kernel may store a result over an input: each read of the input is at the position that is written. That is
// so if only pointwise ops stand between the input and whatever is stored.
static bool canWriteOver(KernelOp kernel, int64_t input, int64_t result) {
  Value argument = kernel.getBody().getArgument(input);
  if (argument.getType() != kernel.getOutputs()[result].getType())
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

namespace {
struct Donation {
  unsigned result, argument; // numbers of the function's
};

// The plan of one function.
class Planner {
public:
  Planner(func::FuncOp function, TargetAttr target)
      : function(function), terminator(function.getBody().front().getTerminator()), target(target) {}

  void plan() {
    writeAllResults();
    acceptDonations();
    orderKernels();
    copyRefusedDonations();
    placeResults();
    placeInArena();
    setAttributes();
  }

private:
  void writeAllResults();
  void acceptDonations();
  bool acceptDonation(const Donation &donation);
  void orderKernels();
  void copyRefusedDonations();
  void placeResults();
  void placeInArena();
  void placeInSlot(KernelOp kernel, int64_t result, size_t time);
  bool writeOverInput(KernelOp kernel, int64_t result, size_t time);
  size_t chooseSlot(const SymbolicDim &bytes, size_t time);
  void setAttributes();

  SmallVector<Donation> donations();
  Value copy(Value value);
  bool reaches(Operation *from, Operation *to) const;
  std::vector<int64_t> &inPlaceOf(KernelOp kernel);

  struct Slot {
    SymbolicDim bytes;
    size_t busyUntil; // the last kernel that reads what is in it
  };

  func::FuncOp function;
  Operation *terminator;
  TargetAttr target;
  std::map<Operation *, std::set<Operation *>> before; // by reader of a donated argument: its writer, which must wait
  std::map<unsigned, unsigned> accepted;               // argument by result
  llvm::MapVector<Value, BufferAttr> buffers;          // by storage
  DenseMap<Value, size_t> slotOf, lastRead;
  DenseMap<Operation *, std::vector<int64_t>> inPlace;
  std::vector<Slot> slots;
};

struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    auto target = getOperation()->getAttrOfType<TargetAttr>("bm.target");
    if (!target) {
      getOperation().emitError() << "needs a bm.target to schedule copies for";
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      if (failed(verifyFused(function)))
        return signalPassFailure();
      Planner(function, target).plan();
      if (failed(verifyPlanned(function)))
        return signalPassFailure();
    }
  }
};

// A kernel at the end that copies a value.
Value Planner::copy(Value value) {
  OpBuilder builder(terminator);
  Location place = isa<UnknownLoc>(value.getLoc()) ? placeOfResult(value) : value.getLoc();
  auto kernel =
      KernelOp::create(builder, place, value.getType(), value, ScheduleAttr(), DenseI64ArrayAttr(), ArrayAttr());
  Block &body = kernel.getBody().emplaceBlock();
  Value argument = body.addArgument(value.getType(), place);
  OpBuilder inBody = OpBuilder::atBlockEnd(&body);
  YieldOp::create(inBody, place, argument);
  kernel.setScheduleAttr(chooseSchedule(kernel, target));
  return kernel.getOutputs()[0];
}

// Arguments, constants and values that are returned twice have no kernel that writes them to the result.
void Planner::writeAllResults() {
  llvm::DenseSet<Value> written;
  for (OpOperand &operand : terminator->getOpOperands()) {
    Value storage = storageOf(operand.get());
    if (!storage.getDefiningOp<KernelOp>() || !written.insert(storage).second)
      operand.set(copy(operand.get()));
  }
}

// Donations -----------------------------------------------------------------------------------------------------------

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

void Planner::acceptDonations() {
  for (const Donation &donation : donations())
    if (acceptDonation(donation))
      accepted[donation.result] = donation.argument;
}

// A result can be written into an argument if all other kernels that read the argument can run before its writer.
bool Planner::acceptDonation(const Donation &donation) {
  Value argument = function.getArgument(donation.argument);
  auto result = cast<OpResult>(storageOf(terminator->getOperand(donation.result)));
  auto writer = cast<KernelOp>(result.getOwner());
  SmallVector<int64_t> inputs = inputsIn(writer, argument);
  if (inputs.size() > 1 || (inputs.size() == 1 && !canWriteOver(writer, inputs[0], result.getResultNumber())))
    return false;
  SmallVector<KernelOp> readers;
  for (auto kernel : function.getOps<KernelOp>())
    if (kernel != writer && !inputsIn(kernel, argument).empty())
      readers.push_back(kernel);
  if (llvm::any_of(readers, [&](KernelOp reader) { return reaches(writer, reader); }))
    return false;
  for (KernelOp reader : readers)
    before[reader].insert(writer);
  if (inputs.size() == 1)
    inPlaceOf(writer)[result.getResultNumber()] = inputs[0];
  return true;
}

// Whether an op has to run before another, for its results or for a donated argument.
bool Planner::reaches(Operation *from, Operation *to) const {
  SmallVector<Operation *> rest{from};
  llvm::DenseSet<Operation *> seen;
  while (!rest.empty()) {
    Operation *op = rest.pop_back_val();
    if (op == to)
      return true;
    if (!seen.insert(op).second)
      continue;
    rest.append(op->user_begin(), op->user_end());
    if (auto found = before.find(op); found != before.end())
      rest.append(found->second.begin(), found->second.end());
  }
  return false;
}

// In program order, but readers of a donated argument before its writer.
void Planner::orderKernels() {
  SmallVector<Operation *> ops, sorted;
  std::map<Operation *, std::set<Operation *>> after; // what an op waits for
  for (Operation &op : function.getBody().front().without_terminator()) {
    ops.push_back(&op);
    for (Value operand : op.getOperands())
      if (Operation *producer = operand.getDefiningOp())
        after[&op].insert(producer);
  }
  for (auto &[reader, writers] : before)
    for (Operation *writer : writers)
      after[writer].insert(reader);
  llvm::DenseSet<Operation *> placed;
  std::function<void(Operation *)> place = [&](Operation *op) {
    if (!placed.insert(op).second)
      return;
    SmallVector<Operation *> waitsFor(after[op].begin(), after[op].end());
    llvm::sort(waitsFor, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    llvm::for_each(waitsFor, place);
    sorted.push_back(op);
  };
  llvm::for_each(ops, place);
  for (Operation *op : sorted)
    op->moveBefore(terminator);
}

// What could not be written into its argument is copied there when nobody reads the old value any more: at the end.
void Planner::copyRefusedDonations() {
  for (const Donation &donation : donations()) {
    if (accepted.contains(donation.result))
      continue;
    terminator->setOperand(donation.result, copy(terminator->getOperand(donation.result)));
    accepted[donation.result] = donation.argument;
  }
}

// Places --------------------------------------------------------------------------------------------------------------

std::vector<int64_t> &Planner::inPlaceOf(KernelOp kernel) {
  auto [entry, isNew] = inPlace.try_emplace(kernel.getOperation());
  if (isNew)
    entry->second.assign(kernel.getOutputs().size(), -1);
  return entry->second;
}

void Planner::placeResults() {
  for (auto [number, value] : llvm::enumerate(terminator->getOperands())) {
    auto found = accepted.find(number);
    BufferKind kind = found == accepted.end() ? BufferKind::Result : BufferKind::Argument;
    int64_t index = found == accepted.end() ? int64_t(number) : int64_t(found->second);
    buffers[storageOf(value)] = BufferAttr::get(function.getContext(), kind, index);
  }
}

void Planner::placeInArena() {
  auto kernels = llvm::to_vector(function.getOps<KernelOp>());
  for (auto [time, kernel] : llvm::enumerate(kernels))
    for (Value input : kernel.getInputs())
      lastRead[storageOf(input)] = time;
  for (auto [time, kernel] : llvm::enumerate(kernels)) {
    for (int64_t result = 0; result < int64_t(kernel.getOutputs().size()); ++result)
      if (!buffers.contains(kernel.getOutputs()[result]) && !writeOverInput(kernel, result, time))
        placeInSlot(kernel, result, time);
  }
}

void Planner::placeInSlot(KernelOp kernel, int64_t result, size_t time) {
  Value value = kernel.getOutputs()[result];
  auto type = cast<RankedTensorType>(value.getType());
  SymbolicDim bytes = elementCount(shapeOf(type)) * elementBytes(type.getElementType());
  size_t slot = chooseSlot(bytes, time);
  slots[slot].busyUntil = std::max(time, lastRead.lookup(value));
  slotOf[value] = slot;
  buffers[value] = BufferAttr::get(function.getContext(), BufferKind::Arena, slot);
}

// The result takes the slot of an input that nobody reads later.
bool Planner::writeOverInput(KernelOp kernel, int64_t result, size_t time) {
  std::vector<int64_t> &taken = inPlaceOf(kernel);
  for (int64_t input = 0; input < int64_t(kernel.getInputs().size()); ++input) {
    Value storage = storageOf(kernel.getInputs()[input]);
    auto slot = slotOf.find(storage);
    if (slot == slotOf.end() || lastRead.at(storage) != time || llvm::is_contained(taken, input) ||
        inputsIn(kernel, storage).size() != 1 || !canWriteOver(kernel, input, result))
      continue;
    Value value = kernel.getOutputs()[result];
    taken[result] = input;
    slots[slot->second].busyUntil = std::max(time, lastRead.lookup(value));
    buffers[value] = BufferAttr::get(function.getContext(), BufferKind::Arena, slot->second);
    slotOf[value] = size_t(slot->second);
    return true;
  }
  return false;
}

// Whether a size is at most another for all symbols that are not negative.
bool fitsIn(const SymbolicDim &size, const SymbolicDim &other) {
  SymbolicDim rest = other - size;
  for (auto &[monomial, coefficient] : rest.coefficients())
    if (coefficient < 0)
      return false;
  return true;
}

// A free slot that the size fits in, the smallest such; else the largest that fits in the size, which grows; else a new
// one. Sizes of which neither is always the smaller do not share a slot.
size_t Planner::chooseSlot(const SymbolicDim &bytes, size_t time) {
  std::optional<size_t> best, growing;
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    if (slots[slot].busyUntil >= time)
      continue;
    const SymbolicDim &size = slots[slot].bytes;
    if (fitsIn(bytes, size)) {
      if (!best || fitsIn(size, slots[*best].bytes))
        best = slot;
    } else if (fitsIn(size, bytes) && (!growing || fitsIn(slots[*growing].bytes, size))) {
      growing = slot;
    }
  }
  if (best)
    return *best;
  if (growing) {
    slots[*growing].bytes = bytes;
    return *growing;
  }
  slots.push_back({bytes, time});
  return slots.size() - 1;
}

void Planner::setAttributes() {
  Builder builder(function.getContext());
  for (auto kernel : function.getOps<KernelOp>()) {
    SmallVector<Attribute> places;
    for (Value output : kernel.getOutputs())
      places.push_back(buffers.lookup(output));
    kernel.setBuffersAttr(builder.getArrayAttr(places));
    kernel.setInPlaceAttr(builder.getDenseI64ArrayAttr(inPlaceOf(kernel)));
  }
  SmallVector<Attribute> arena;
  for (const Slot &slot : slots)
    arena.push_back(builder.getStrArrayAttr(StringRef(slot.bytes.text())));
  function->setAttr("bm.arena", builder.getArrayAttr(arena));
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
