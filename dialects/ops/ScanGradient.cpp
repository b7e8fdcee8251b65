// The gradient rule of the loop with carried state: one loop in the other direction.
//
// The body is differentiated like any straight line of ops. Its backward half becomes the body of a second scan, which
// carries the cotangents of the carried values and the sums of those of the constants, and stacks the cotangents of the
// slices. What it reads of the forward half comes from the forward scan as one more stacked output, unless it is cheap
// to compute again from what is at hand: the index, the slices, the constants, and what is stacked anyway.
#include "dialects/Ops.h"
#include "dialects/ReverseMode.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bmc::bm;

namespace {
class ScanGradient {
public:
  ScanGradient(ScanOp scan, OpBuilder &builder, ValueRange cotangents)
      : scan(scan), builder(builder), loc(scan.getLoc()), ofFinals(cotangents.take_front(scan.getInits().size())),
        ofStacked(cotangents.drop_front(scan.getInits().size())) {}

  /// The cotangents of the operands; nothing after an error was reported.
  SmallVector<Value> run() {
    findCarriedCotangents();
    if (failed(differentiateBody())) {
      forward.erase();
      return {};
    }
    findWhatIsRead();
    extendForward();
    makeBackward();
    fillBackward();
    finishForward();
    return operandCotangents();
  }

private:
  void findCarriedCotangents();
  LogicalResult differentiateBody();
  void findWhatIsRead();
  std::optional<int64_t> costAgain(Operation *op) const;
  void require(Value value);
  void extendForward();
  void makeBackward();
  void fillBackward();
  void finishForward();
  SmallVector<Value> operandCotangents();

  bool isForward(Value value) const {
    Operation *op = value.getDefiningOp();
    return op ? forwardOps.contains(op) : arguments.contains(value);
  }

  ScanOp scan;
  OpBuilder &builder;
  Location loc;
  ValueRange ofFinals, ofStacked;

  SmallVector<bool> isCarried; // by carried value: a cotangent flows from step to step
  // A copy of the scan whose body gets the backward half behind the forward half, then becomes the extended forward
  // scan.
  ScanOp forward;
  llvm::SetVector<Value> arguments; // of the forward half
  SmallVector<Value> slices, carries, constants;
  llvm::SetVector<Operation *> forwardOps;
  SmallVector<Operation *> backwardOps;
  SmallVector<Value> carriedCotangents, outputCotangents; // further arguments of the body; null where there is none
  Cotangents cotangents;                                  // of values of the body

  ValueSet required;                 // what the backward half reads of the forward half
  DenseMap<Value, int64_t> costs;    // of computing a value again, for one element, from what is at hand
  llvm::SetVector<Value> saved;      // stacked by the forward scan
  DenseMap<Value, unsigned> savedAt; // by saved value: the number of its stacked output
  llvm::SetVector<Operation *> recomputed;
  ScanOp extended, backward;
  IRMapping inBackward; // where values of the body are in the backward scan's body
};

// A cotangent is carried for a value whose last one has a cotangent, or that leads to an output or to another carried
// value that has.
void ScanGradient::findCarriedCotangents() {
  for (Value cotangent : ofFinals)
    isCarried.push_back(cotangent != nullptr);
  for (bool changed = true; changed;) {
    changed = false;
    ValueSet reached;
    for (auto [carried, next] : llvm::zip_equal(isCarried, scan.getNextCarries()))
      if (carried)
        reached.insert(next);
    for (auto [cotangent, output] : llvm::zip_equal(ofStacked, scan.getStepOutputs()))
      if (cotangent)
        reached.insert(output);
    for (Operation &op : llvm::reverse(scan.getBody().front().without_terminator()))
      if (llvm::any_of(op.getResults(), [&](Value result) { return reached.contains(result); }))
        for (Value operand : op.getOperands())
          if (isFloat(operand))
            reached.insert(operand);
    for (auto [carried, argument] : llvm::zip_equal(isCarried, scan.getCarries()))
      if (!carried && isFloat(argument) && reached.contains(argument))
        carried = changed = true;
  }
}

LogicalResult ScanGradient::differentiateBody() {
  OpBuilder before(scan);
  forward = cast<ScanOp>(before.clone(*scan));
  Block &body = forward.getBody().front();
  arguments.insert(body.args_begin(), body.args_end());
  slices.assign(forward.getSlices().begin(), forward.getSlices().end());
  carries.assign(forward.getCarries().begin(), forward.getCarries().end());
  constants.assign(forward.getConstantArguments().begin(), forward.getConstantArguments().end());

  Operation *yield = body.getTerminator();
  OpBuilder inBody(yield);
  auto addArgument = [&](Value of) -> Value {
    Value argument = body.addArgument(of.getType(), loc);
    addCotangent(inBody, loc, cotangents, of, argument);
    return argument;
  };
  SmallVector<Operation *> ops = llvm::map_to_vector(body.without_terminator(), [](Operation &op) { return &op; });
  for (auto [carried, next] : llvm::zip_equal(isCarried, forward.getNextCarries()))
    carriedCotangents.push_back(carried ? addArgument(next) : Value());
  for (auto [cotangent, output] : llvm::zip_equal(ofStacked, forward.getStepOutputs()))
    outputCotangents.push_back(cotangent ? addArgument(output) : Value());

  SmallVector<Value> floats = llvm::filter_to_vector(arguments, isFloat);
  LogicalResult result = pushBack(inBody, ops, valuesThatDependOn(floats, ops), cotangents);

  // A rule may have put another op in the place of its own: all up to the last original op is the forward half.
  bool isBehind = ops.empty();
  for (Operation &op : body.without_terminator()) {
    if (isBehind)
      backwardOps.push_back(&op);
    else
      forwardOps.insert(&op);
    isBehind |= !ops.empty() && &op == ops.back();
  }
  return result;
}

// What is read --------------------------------------------------------------------------------------------------------

// Operations for an element that cost less than storing the element and reading it again.
constexpr int64_t cheapFlops = 8;

// The cost of computing an op's result again, for one element, if all that it reads is at hand and it is cheap.
std::optional<int64_t> ScanGradient::costAgain(Operation *op) const {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible)
    return std::nullopt;
  int64_t cost = 0;
  for (Value operand : op->getOperands()) {
    auto found = costs.find(operand);
    if (found == costs.end())
      return std::nullopt;
    cost += found->second;
  }
  switch (fusible.getAccessPattern()) {
  case AccessPattern::Pointwise:
  case AccessPattern::Generator:
    cost += op->getNumOperands() ? fusible.getFlopsPerElement() : 0;
    break;
  case AccessPattern::IndexMap:
  case AccessPattern::View:
    break;
  case AccessPattern::Packing:
  case AccessPattern::Reduction:
  case AccessPattern::Contraction:
  case AccessPattern::Scatter:
    return std::nullopt;
  }
  return cost <= cheapFlops ? std::optional(cost) : std::nullopt;
}

// Whether an op only repeats or moves the elements of one tensor that is no larger than its result.
static bool isLargerThanItsSource(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible || fusible.getAccessPattern() != AccessPattern::IndexMap || op->getNumOperands() != 1)
    return false;
  auto elements = [](Value value) { // for sizes that are typical enough to compare
    SymbolicDim count = elementCount(shapeOf(value.getType()));
    SymbolValues sizes;
    for (const std::string &symbol : count.symbols())
      sizes[symbol] = 64;
    return count.evaluate(sizes).value_or(0);
  };
  return elements(op->getResult(0)) >= elements(op->getOperand(0));
}

// Decides in program order, so that what is stacked anyway is known when a later value is looked at.
void ScanGradient::findWhatIsRead() {
  ValueSet read;
  auto note = [&](Value value) {
    if (value && isForward(value))
      read.insert(value);
  };
  for (Operation *op : backwardOps)
    llvm::for_each(op->getOperands(), note);
  for (const SmallVector<Value> &values : {slices, carries, constants})
    for (Value value : values)
      note(cotangents.lookup(value));

  for (Value argument : arguments) {
    if (read.contains(argument))
      require(argument);
    if (read.contains(argument) || !llvm::is_contained(carries, argument))
      costs[argument] = 0;
  }
  for (Operation *op : forwardOps) {
    if (std::optional<int64_t> cost = costAgain(op))
      costs[op->getResult(0)] = *cost;
    for (Value result : op->getResults())
      if (read.contains(result))
        require(result);
  }
}

// Makes sure that the backward body will have a value.
void ScanGradient::require(Value value) {
  if (!required.insert(value).second)
    return;
  Operation *op = value.getDefiningOp();
  if (op && (costs.contains(value) || isLargerThanItsSource(op))) {
    for (Value operand : op->getOperands())
      require(operand);
    recomputed.insert(op); // behind its operands
  } else if (op || llvm::is_contained(carries, value)) {
    saved.insert(value);
    costs[value] = 0;
  }
}

// The two scans -------------------------------------------------------------------------------------------------------

// The forward scan with one more stacked output for each value that is saved, unless it is an output already.
void ScanGradient::extendForward() {
  SmallVector<Value> outputs(forward.getStepOutputs());
  for (Value value : saved) {
    const Value *found = llvm::find(outputs, value);
    savedAt[value] = found - outputs.begin();
    if (found == outputs.end())
      outputs.push_back(value);
  }
  OpBuilder before(scan);
  extended = ScanOp::create(before, loc, scan.getLengthDim(), scan.getReverse(), scan.getSequences(), scan.getInits(),
                            scan.getConstants(), ValueRange(outputs).getTypes());
  SmallVector<Value> yielded(forward.getNextCarries());
  yielded.append(outputs);
  forward.getBody().front().getTerminator()->setOperands(yielded);
}

// The backward scan with the arguments of its body, which is still empty.
void ScanGradient::makeBackward() {
  auto zerosLike = [&](Value value) { return splat(builder, loc, 0.0, cast<RankedTensorType>(value.getType())); };
  SmallVector<Value> sequences, inits, constantOperands, from; // `from`: what the body's arguments stand for
  for (auto [slice, sequence] : llvm::zip_equal(slices, scan.getSequences())) {
    if (!required.contains(slice))
      continue;
    sequences.push_back(sequence);
    from.push_back(slice);
  }
  for (Value value : saved) {
    sequences.push_back(extended.getStacked()[savedAt.lookup(value)]);
    from.push_back(value);
  }
  for (auto [argument, cotangent] : llvm::zip_equal(outputCotangents, ofStacked)) {
    if (!argument)
      continue;
    sequences.push_back(cotangent);
    from.push_back(argument);
  }
  for (auto [argument, cotangent] : llvm::zip_equal(carriedCotangents, ofFinals)) {
    if (!argument)
      continue;
    inits.push_back(cotangent ? cotangent : zerosLike(argument));
    from.push_back(argument);
  }
  for (Value constant : constants) {
    if (!cotangents.lookup(constant))
      continue;
    inits.push_back(zerosLike(constant));
    from.push_back(Value()); // a sum, which the body does not know yet
  }
  for (auto [constant, operand] : llvm::zip_equal(constants, scan.getConstants())) {
    if (!required.contains(constant))
      continue;
    constantOperands.push_back(operand);
    from.push_back(constant);
  }
  SmallVector<Type> outputs;
  for (Value slice : slices)
    if (cotangents.lookup(slice))
      outputs.push_back(slice.getType());
  backward = ScanOp::create(builder, loc, scan.getLengthDim(), !scan.getReverse(), sequences, inits, constantOperands,
                            outputs);
  inBackward.map(arguments[0], backward.getIndex());
  for (auto [value, argument] : llvm::zip_equal(from, backward.getBody().getArguments().drop_front()))
    if (value)
      inBackward.map(value, argument);
}

// Copies what is computed again, moves the backward half over, and yields the cotangents.
void ScanGradient::fillBackward() {
  OpBuilder inBody = OpBuilder::atBlockEnd(&backward.getBody().front());
  for (Operation *op : recomputed)
    inBody.clone(*op, inBackward);
  for (Operation *op : backwardOps) {
    op->moveBefore(inBody.getBlock(), inBody.getBlock()->end());
    for (OpOperand &operand : op->getOpOperands())
      operand.set(inBackward.lookupOrDefault(operand.get()));
  }
  auto cotangentOf = [&](Value value) {
    Value cotangent = cotangents.lookup(value);
    return cotangent ? inBackward.lookupOrDefault(cotangent) : Value();
  };
  SmallVector<Value> yielded;
  for (auto [argument, carry] : llvm::zip_equal(carriedCotangents, carries)) {
    if (!argument)
      continue;
    Value cotangent = cotangentOf(carry);
    yielded.push_back(cotangent ? cotangent : splat(inBody, loc, 0.0, cast<RankedTensorType>(carry.getType())));
  }
  for (Value constant : constants)
    if (Value cotangent = cotangentOf(constant)) {
      Value sum = backward.getCarries()[yielded.size()];
      yielded.push_back(AddOp::create(inBody, loc, sum, cotangent));
    }
  for (Value slice : slices)
    if (Value cotangent = cotangentOf(slice))
      yielded.push_back(cotangent);
  YieldOp::create(inBody, loc, yielded);
}

// The extended forward scan takes the forward half, and the place of the original.
void ScanGradient::finishForward() {
  Block &body = forward.getBody().front();
  body.eraseArguments(arguments.size(), body.getNumArguments() - arguments.size());
  eraseUnread(forwardOps.getArrayRef());
  extended.getBody().takeBody(forward.getBody());
  forward.erase();
  scan.replaceAllUsesWith(extended.getResults().take_front(scan.getNumResults()));
}

SmallVector<Value> ScanGradient::operandCotangents() {
  SmallVector<Value> result;
  auto finals = backward.getFinals().begin();
  auto stacked = backward.getStacked().begin();
  for (Value slice : slices)
    result.push_back(cotangents.lookup(slice) ? Value(*stacked++) : Value());
  for (Value argument : carriedCotangents)
    result.push_back(argument ? Value(*finals++) : Value());
  for (Value constant : constants)
    result.push_back(cotangents.lookup(constant) ? Value(*finals++) : Value());
  return result;
}
} // namespace

SmallVector<Value> ScanOp::vjp(OpBuilder &builder, ValueRange cotangents) {
  return ScanGradient(*this, builder, cotangents).run();
}
