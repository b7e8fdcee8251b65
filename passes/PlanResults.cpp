// Results of a function or of one step of a loop, kernel by kernel. Each is written by a kernel where its reader wants
// it: over the argument whose new value it is, where every other kernel can read the old value before, else into a
// buffer of its own. A loop's carried values live where their first ones do, so those are private to the loop.
#include "passes/PlanResults.h"
#include "passes/Places.h"
#include "passes/Schedule.h"

#include <map>
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
  bool acceptDonation(const Donation &donation);
  void orderOps();
  void copyRefusedDonations();
  void placeResults();

  Value copy(Value value, Operation *before);
  bool reaches(Operation *from, Operation *to) const;

  Block &body;
  Operation *terminator;
  ArrayRef<Donation> donations;
  TargetAttr target;
  MemoryPlan &plan;
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

// Makes the kernel of a value store it twice. Cheaper than a copy, but a scatter adds up in the one buffer of its
// result.
static bool canStoreTwice(Value value) {
  auto kernel = value.getDefiningOp<KernelOp>();
  return kernel && !isScatter(kernel);
}

static Value storeTwice(Value value) {
  auto kernel = value.getDefiningOp<KernelOp>();
  unsigned number = cast<OpResult>(value).getResultNumber();
  SmallVector<Type> types(kernel.getResultTypes());
  types.push_back(value.getType());
  OpBuilder builder(kernel);
  auto both = KernelOp::create(builder, kernel.getLoc(), types, kernel.getInputs(), kernel.getScheduleAttr(),
                               DenseI64ArrayAttr(), ArrayAttr());
  both.getBody().takeBody(kernel.getBody());
  Operation *yield = both.getBody().front().getTerminator();
  yield->insertOperands(yield->getNumOperands(), yield->getOperand(number));
  kernel->replaceAllUsesWith(both->getResults().drop_back());
  kernel->erase();
  return both->getResults().back();
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
      init.set(canStoreTwice(init.get()) ? storeTwice(init.get()) : copy(init.get(), scan));
    }
}

// Results ------------------------------------------------------------------------------------------------------------

// Gives each result a kernel or loop that writes it, and nothing else in the same memory. A donation that cannot be
// accepted anyway may stay without: it is copied at the end.
void ResultPlanner::writeAllResults() {
  std::map<unsigned, Donation> donationOf;
  for (const Donation &donation : donations)
    donationOf[donation.result] = donation;
  SmallVector<OpOperand *> written;
  auto isWritten = [&](Value storage) {
    return llvm::any_of(written, [&](OpOperand *other) { return storageOf(other->get()) == storage; });
  };
  for (bool isDonated : {false, true})
    for (OpOperand &operand : terminator->getOpOperands()) {
      auto donation = donationOf.find(operand.getOperandNumber());
      if ((donation != donationOf.end()) != isDonated)
        continue;
      Value storage = storageOf(operand.get());
      bool isComputed = isa_and_nonnull<KernelOp, ScanOp>(storage.getDefiningOp());
      bool isTaken = isComputed && isWritten(storage);
      bool isRefused = isTaken && isDonated && !mayBeWrittenOver(donation->second);
      if (isTaken && !isRefused && canStoreTwice(operand.get()))
        operand.set(storeTwice(operand.get()));
      else if (!isComputed || (isTaken && !isDonated))
        operand.set(copy(operand.get(), terminator));
      written.push_back(&operand);
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
  llvm::DenseSet<Value> written;
  for (OpOperand &operand : terminator->getOpOperands())
    if (llvm::none_of(donations,
                      [&](const Donation &donation) { return donation.result == operand.getOperandNumber(); }))
      written.insert(storageOf(operand.get()));
  for (const Donation &donation : donations)
    if (written.insert(storageOf(terminator->getOperand(donation.result))).second && acceptDonation(donation))
      accepted[donation.result] = donation.argument;
}

// A result can be written into an argument if all other ops that read the argument can run before its writer.
bool ResultPlanner::acceptDonation(const Donation &donation) {
  if (!mayBeWrittenOver(donation))
    return false;
  Value argument = body.getArgument(donation.argument);
  auto result = cast<OpResult>(storageOf(terminator->getOperand(donation.result)));
  Operation *writer = result.getOwner();
  SmallVector<Operation *> readers;
  for (Operation &op : body.without_terminator())
    if (&op != writer && !isView(&op) &&
        llvm::any_of(op.getOperands(), [&](Value operand) { return storageOf(operand) == argument; }))
      readers.push_back(&op);
  if (llvm::any_of(readers, [&](Operation *reader) { return reaches(writer, reader); }))
    return false;
  for (Operation *reader : readers)
    before[reader].insert(writer);
  if (auto kernel = dyn_cast<KernelOp>(writer))
    if (SmallVector<int64_t> inputs = inputsIn(kernel, argument); !inputs.empty())
      plan.inPlaceOf(kernel)[result.getResultNumber()] = inputs[0];
  return true;
}

// Whether an op has to run before another, for its results or for a donated argument.
bool ResultPlanner::reaches(Operation *from, Operation *to) const {
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
void ResultPlanner::orderOps() {
  SmallVector<Operation *> ops, sorted;
  std::map<Operation *, std::set<Operation *>> after; // what an op waits for
  for (Operation &op : body.without_terminator()) {
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
