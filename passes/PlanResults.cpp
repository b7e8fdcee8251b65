// Results of a function or of one step of a loop, kernel by kernel. Each is written by a kernel where its reader wants
// it: over the argument whose new value it is, where every other kernel can read the old value before, else into a
// buffer of its own. A loop's carried values live where their first ones do, so those are private to the loop.
#include "passes/PlanResults.h"
#include "passes/Places.h"
#include "passes/Schedule.h"

#include <map>
#include <queue>
#include <set>

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

namespace {
class ResultPlanner {
public:
  ResultPlanner(Block &body, ArrayRef<Donation> donations, TargetAttr target, MemoryPlan &plan)
      : body(body), terminator(body.getTerminator()), donations(donations), target(target), plan(plan) {}

  void run() {
    makeInitsPrivate();
    writeAllResults();
    acceptDonations();
    orderOps();
    copyRefusedDonations();
    placeResults();
  }

private:
  void makeInitsPrivate();
  void writeAllResults();
  bool mayBeWrittenOver(const Donation &donation);
  void acceptDonations();
  void findReaders();
  bool acceptDonation(const Donation &donation);
  void orderOps();
  void copyRefusedDonations();
  void placeResults();

  Value copy(Value value, Operation *before);
  bool mayReach(Operation *from, Operation *to) const;

  Block &body;
  Operation *terminator;
  ArrayRef<Donation> donations;
  TargetAttr target;
  MemoryPlan &plan;
  DenseMap<Value, SmallVector<Operation *>> readers;   // by argument: what reads it, views looked through
  bool isProgramOrder = true;                          // whether all that is in `before` is so already
  std::map<Operation *, std::set<Operation *>> before; // by reader of a donated argument: its writer, which must wait
  std::map<unsigned, unsigned> accepted;               // argument by result
};
} // namespace

void planResults(Block &body, ArrayRef<Donation> donations, TargetAttr target, MemoryPlan &plan) {
  ResultPlanner(body, donations, target, plan).run();
}

// Copies --------------------------------------------------------------------------------------------------------------

// A kernel that copies a value.
Value ResultPlanner::copy(Value value, Operation *before) {
  OpBuilder builder(before);
  Location place = isa<UnknownLoc>(value.getLoc()) ? placeOfResult(value) : value.getLoc();
  auto kernel =
      KernelOp::create(builder, place, value.getType(), value, ScheduleAttr(), DenseI64ArrayAttr(), ArrayAttr());
  Block &block = kernel.getBody().emplaceBlock();
  Value argument = block.addArgument(value.getType(), place);
  OpBuilder inBody = OpBuilder::atBlockEnd(&block);
  YieldOp::create(inBody, place, argument);
  kernel.setScheduleAttr(chooseSchedule(kernel, target));
  return kernel.getOutputs()[0];
}

// A kernel that stores more than this takes long to compile.
constexpr unsigned mostResults = 64;

// Whether the kernel of a value can give it a second time. Cheaper than a copy, but a scatter adds up in the one buffer
// of its result.
static bool canGiveTwice(Value value) {
  auto kernel = value.getDefiningOp<KernelOp>();
  return kernel && kernel.getNumResults() < mostResults && !isScatter(kernel);
}

// Stores the value twice. What reads nothing runs twice instead: then the kernel of all zeros of a shape is one.
static Value giveTwice(
    Value value, function_ref<void(Value old, Value now)> replaced = [](Value, Value) {}) {
  auto kernel = value.getDefiningOp<KernelOp>();
  if (kernel.getInputs().empty() && kernel.getNumResults() == 1)
    return OpBuilder(kernel).clone(*kernel)->getResult(0);
  unsigned number = cast<OpResult>(value).getResultNumber(), second = number + 1; // beside it: of one shape
  SmallVector<Type> types(kernel.getResultTypes());
  types.insert(types.begin() + second, value.getType());
  OpBuilder builder(kernel);
  auto both = KernelOp::create(builder, kernel.getLoc(), types, kernel.getInputs(), kernel.getScheduleAttr(),
                               DenseI64ArrayAttr(), ArrayAttr());
  both->setDiscardableAttrs(kernel->getDiscardableAttrDictionary());
  both.getBody().takeBody(kernel.getBody());
  Operation *yield = both.getBody().front().getTerminator();
  yield->insertOperands(second, yield->getOperand(number));
  for (OpResult old : kernel->getResults()) {
    Value now = both->getResult(old.getResultNumber() + (old.getResultNumber() >= second));
    old.replaceAllUsesWith(now);
    replaced(old, now);
  }
  kernel->erase();
  return both->getResult(second);
}

static bool isReadOnce(Value value) {
  while (value.hasOneUse())
    if (isView(value.getDefiningOp()))
      value = value.getDefiningOp()->getOperand(0);
    else
      return true;
  return false;
}

// A loop overwrites the first values of what it carries: they belong to nobody else.
void ResultPlanner::makeInitsPrivate() {
  for (auto scan : llvm::to_vector(body.getOps<ScanOp>()))
    for (OpOperand &init : scan.getInitsMutable()) {
      bool isComputed = isa_and_nonnull<KernelOp, ScanOp>(contentOf(init.get()).getDefiningOp());
      if (isComputed && isReadOnce(init.get()))
        continue;
      init.set(canGiveTwice(init.get()) ? giveTwice(init.get()) : copy(init.get(), scan));
    }
}

// Results ------------------------------------------------------------------------------------------------------------

// Gives each result a kernel or loop that writes it, and nothing else in the same memory. A donation that cannot be
// accepted anyway may stay without: it is copied at the end.
void ResultPlanner::writeAllResults() {
  std::map<unsigned, Donation> donationOf;
  for (const Donation &donation : donations)
    donationOf[donation.result] = donation;
  llvm::DenseSet<Value> written;
  for (bool isDonated : {false, true})
    for (OpOperand &operand : terminator->getOpOperands()) {
      auto donation = donationOf.find(operand.getOperandNumber());
      if ((donation != donationOf.end()) != isDonated)
        continue;
      Value storage = storageOf(operand.get());
      bool isComputed = isa_and_nonnull<KernelOp, ScanOp>(storage.getDefiningOp());
      bool isTaken = isComputed && written.contains(storage);
      bool isRefused = isTaken && isDonated && !mayBeWrittenOver(donation->second);
      if (isTaken && !isRefused && canGiveTwice(operand.get())) {
        operand.set(giveTwice(operand.get(), [&](Value old, Value now) {
          if (written.erase(old))
            written.insert(now);
        }));
      } else if (!isComputed || (isTaken && !isDonated)) {
        operand.set(copy(operand.get(), terminator));
      }
      written.insert(storageOf(operand.get()));
    }
}

// Whether the kernel that computes a result may write it over the argument, as far as that kernel itself is concerned.
bool ResultPlanner::mayBeWrittenOver(const Donation &donation) {
  Value argument = body.getArgument(donation.argument);
  auto result = cast<OpResult>(storageOf(terminator->getOperand(donation.result)));
  auto kernel = dyn_cast<KernelOp>(result.getOwner());
  if (!kernel)
    return llvm::none_of(result.getOwner()->getOperands(),
                         [&](Value operand) { return storageOf(operand) == argument; });
  SmallVector<int64_t> inputs = inputsIn(kernel, argument);
  return inputs.empty() || (inputs.size() == 1 && canWriteOver(kernel, inputs[0], result.getResultNumber()));
}

// Donations -----------------------------------------------------------------------------------------------------------

void ResultPlanner::acceptDonations() {
  findReaders();
  llvm::DenseSet<unsigned> donated;
  for (const Donation &donation : donations)
    donated.insert(donation.result);
  llvm::DenseSet<Value> written;
  for (OpOperand &operand : terminator->getOpOperands())
    if (!donated.contains(operand.getOperandNumber()))
      written.insert(storageOf(operand.get()));
  for (const Donation &donation : donations)
    if (written.insert(storageOf(terminator->getOperand(donation.result))).second && acceptDonation(donation))
      accepted[donation.result] = donation.argument;
}

void ResultPlanner::findReaders() {
  for (Operation &op : body.without_terminator())
    if (!isView(&op))
      for (Value operand : op.getOperands())
        if (auto argument = dyn_cast<BlockArgument>(storageOf(operand)))
          if (auto &ofArgument = readers[argument]; ofArgument.empty() || ofArgument.back() != &op)
            ofArgument.push_back(&op);
}

// A result can be written into an argument if all other ops that read the argument can run before its writer.
bool ResultPlanner::acceptDonation(const Donation &donation) {
  if (!mayBeWrittenOver(donation))
    return false;
  Value argument = body.getArgument(donation.argument);
  auto result = cast<OpResult>(storageOf(terminator->getOperand(donation.result)));
  Operation *writer = result.getOwner();
  bool inOrder = llvm::all_of(readers[argument],
                              [&](Operation *reader) { return reader == writer || reader->isBeforeInBlock(writer); });
  for (Operation *reader : readers[argument])
    if (reader != writer && !(inOrder && isProgramOrder) && mayReach(writer, reader))
      return false;
  isProgramOrder &= inOrder;
  for (Operation *reader : readers[argument])
    if (reader != writer)
      before[reader].insert(writer);
  if (auto kernel = dyn_cast<KernelOp>(writer))
    if (SmallVector<int64_t> inputs = inputsIn(kernel, argument); !inputs.empty())
      plan.inPlaceOf(kernel)[result.getResultNumber()] = inputs[0];
  return true;
}

// A search that has seen so many ops without an end says that there is a way: a copy is cheap beside them.
constexpr size_t mostOpsSearched = 1000;

// Whether an op has to run before another, for its results or for a donated argument.
bool ResultPlanner::mayReach(Operation *from, Operation *to) const {
  SmallVector<Operation *> rest{from};
  llvm::DenseSet<Operation *> seen;
  while (!rest.empty()) {
    Operation *op = rest.pop_back_val();
    if (op == to || seen.size() > mostOpsSearched)
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
void ResultPlanner::orderOps() {
  if (isProgramOrder)
    return;
  SmallVector<Operation *> ops = llvm::map_to_vector(body.without_terminator(), [](Operation &op) { return &op; });
  DenseMap<Operation *, size_t> place;
  for (auto [number, op] : llvm::enumerate(ops))
    place[op] = number;
  std::vector<SmallVector<size_t, 2>> next(ops.size());
  std::vector<size_t> waitsFor(ops.size(), 0);
  auto addEdge = [&](Operation *from, Operation *to) {
    next[place.at(from)].push_back(place.at(to));
    ++waitsFor[place.at(to)];
  };
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        addEdge(producer, op);
  for (auto &[reader, writers] : before)
    for (Operation *writer : writers)
      addEdge(reader, writer);

  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (size_t number = 0; number < ops.size(); ++number)
    if (waitsFor[number] == 0)
      ready.push(number);
  while (!ready.empty()) {
    size_t number = ready.top();
    ready.pop();
    ops[number]->moveBefore(terminator);
    for (size_t other : next[number])
      if (--waitsFor[other] == 0)
        ready.push(other);
  }
}

// What could not be written into its argument is copied there when nobody reads the old value any more: at the end.
void ResultPlanner::copyRefusedDonations() {
  for (const Donation &donation : donations) {
    if (accepted.contains(donation.result))
      continue;
    terminator->setOperand(donation.result, copy(terminator->getOperand(donation.result), terminator));
    accepted[donation.result] = donation.argument;
  }
}

void ResultPlanner::placeResults() {
  for (auto [number, value] : llvm::enumerate(terminator->getOperands())) {
    auto found = accepted.find(number);
    BufferKind kind = found == accepted.end() ? BufferKind::Result : BufferKind::Argument;
    int64_t index = found == accepted.end() ? int64_t(number) : int64_t(found->second);
    plan.buffers[storageOf(value)] = BufferAttr::get(target.getContext(), kind, index);
  }
}

} // namespace bmc
