// `scan t in 0..T carry (h = h0) { ... yield h }`: one bm.scan. The body is elaborated once, for all steps.
#include "Bodies.h"

#include "dialects/Ops.h"

#include <fmt/format.h>

namespace bmc::frontend {

namespace {
class Scan {
public:
  Scan(Evaluator &evaluator, const ScanExpr &expr, Scope &scope) : e(evaluator), expr(expr), outer(scope) {}

  Object build() {
    readSteps();
    readCarried();
    OpenBody body(e);
    enter(body);
    Evaluator::Step step = runOnce();
    collectNext();
    collectOutputs(step);
    leave(body);
    moveSequences(body);
    createOp(body);
    return result(step);
  }

private:
  /// A name of the carry list. Lists of tensors are carried as well.
  struct Carried {
    const Argument &argument;
    Object initial; // only tensors
  };

  void readSteps();
  void readCarried();
  void enter(OpenBody &body);
  void addStepKey(mlir::Value index);
  Evaluator::Step runOnce();
  void collectNext();
  void collectOutputs(Evaluator::Step &step);
  void leave(OpenBody &body);
  void moveSequences(OpenBody &body);
  mlir::Value sequence(bm::GatherOp gather, const OpenBody::Steps &steps);
  void createOp(OpenBody &body);
  Object result(const Evaluator::Step &step);

  mlir::Value nextOf(const Object &object, mlir::Value initial, const Carried &carried);

  Evaluator &e;
  const ScanExpr &expr;
  Scope &outer;
  Dim low, length;
  std::vector<Carried> carried;
  Scope carriedNames, names; // of the body: carried names and the variable; what the body introduces
  std::vector<mlir::Value> inits, arguments, next, outputs;
  std::vector<unsigned> buffers;                              // carried behind the names, by variable
  std::vector<std::pair<mlir::Value, mlir::Value>> unchanged; // of buffers that are only read: argument and value
  std::vector<bm::GatherOp> slices;
  std::vector<mlir::Value> sequences;
  int64_t keysUsedOutside = 0;
  bm::ScanOp op;
};
} // namespace

void Scan::readSteps() {
  Object object = e.evaluate(*expr.sequence, outer);
  auto range = object.get<RangeObject>();
  if (!range)
    e.fail(expr.sequence->range,
           fmt::format("a scan runs over a range such as 0..T, found {}; 'for' runs over lists", e.describe(object)));
  if (!range->high)
    e.fail(expr.sequence->range, "this range has no end");
  low = range->low;
  length = *range->high - low;
  if (auto steps = length.constant(); steps && *steps < 0)
    e.fail(expr.sequence->range,
           fmt::format("the range ends before it begins: {}..{}", low.text(), range->high->text()));
  if (!e.emission)
    e.fail(expr.range, "a scan can only run in a function of the program");
}

/// The first values: numbers become tensors.
void Scan::readCarried() {
  for (const Argument &argument : expr.carried) {
    const Name &name = argument.name;
    auto isSame = [&](const Carried &other) { return other.argument.name.text == name.text; };
    if (name.text == expr.variable.text || llvm::any_of(carried, isSame))
      e.fail(name.range, fmt::format("the scan has the name '{}' twice", name.text));
    Range range = argument.value->range;
    Object initial = mapLeaves(e.evaluate(*argument.value, outer), [&](const Object &leaf) {
      mlir::Value value = e.tensor(leaf, e.floatType, range);
      inits.push_back(value);
      return Object(value);
    });
    carried.push_back({argument, initial});
  }
}

/// The names of the body: its variable, and what is carried. All buffers are carried until it is known which ones the
/// body assigns to.
void Scan::enter(OpenBody &body) {
  mlir::Location loc = e.location(expr.range);
  auto scalar = mlir::RankedTensorType::get({}, e.builder.getI64Type());
  mlir::Value index = body.block().addArgument(scalar, loc);
  for (mlir::Value init : inits)
    arguments.push_back(body.block().addArgument(init.getType(), loc));
  for (auto &[variable, value] : e.emission->variables)
    if (e.variables[variable].role == "buffer") {
      buffers.push_back(variable);
      inits.push_back(value);
      arguments.push_back(body.block().addArgument(value.getType(), loc));
      value = arguments.back();
    }
  addStepKey(index);

  mlir::Value position = index;
  if (low != Dim(0))
    position = bm::AddOp::create(e.builder, loc, index, e.size(low, scalar.getElementType(), expr.sequence->range));
  body.steps = OpenBody::Steps{position, low, length};
  carriedNames.parent = &outer;
  carriedNames.scan = &expr;
  carriedNames.names[expr.variable.text] = {Object(position), expr.variable.range};
  size_t leaf = 0;
  for (const Carried &each : carried)
    carriedNames.names[each.argument.name.text] = {
        mapLeaves(each.initial, [&](const Object &) { return Object(arguments[leaf++]); }), each.argument.name.range};
  names.parent = &carriedNames;
}

/// Random numbers differ from step to step.
void Scan::addStepKey(mlir::Value index) {
  keysUsedOutside = e.emission->keysUsed;
  if (!e.emission->key)
    return;
  mlir::Value key = e.randomKey(expr.range); // of this scan; computed in the body, where the outer key is known too
  e.emission->key = bm::FoldInOp::create(e.builder, e.location(expr.range), key.getType(), key, index);
  e.emission->keysUsed = 0;
}

Evaluator::Step Scan::runOnce() {
  Evaluator::Step step{e.callDepth(), {}, expr.range};
  Evaluator::Step *outerStep = std::exchange(e.step, &step);
  struct Restore {
    Evaluator &e;
    Evaluator::Step *outer;
    ~Restore() { e.step = outer; }
  } restore{e, outerStep};
  e.execute(expr.body, names);
  return step;
}

mlir::Value Scan::nextOf(const Object &object, mlir::Value initial, const Carried &each) {
  Range range = each.argument.value->range;
  auto type = llvm::cast<mlir::RankedTensorType>(initial.getType());
  mlir::Value value = e.tensor(object, type.getElementType(), range);
  if (object.is<Dim>() || object.is<double>())
    value = e.broadcast(value, bm::shapeOf(type), range);
  if (value.getType() != type)
    e.fail(range, fmt::format("what a scan carries keeps its shape: '{}' is {} before the first step, and {} after one",
                              each.argument.name.text, bm::describe(type), bm::describe(value.getType())));
  return value;
}

void Scan::collectNext() {
  for (const Carried &each : carried) {
    std::vector<Object> leaves;
    mapLeaves(carriedNames.names[each.argument.name.text].object, [&](const Object &leaf) {
      leaves.push_back(leaf);
      return leaf;
    });
    size_t first = next.size(), count = 0;
    mapLeaves(each.initial, [&](const Object &leaf) {
      ++count;
      return leaf;
    });
    if (leaves.size() != count)
      e.fail(each.argument.value->range,
             fmt::format("what a scan carries keeps its form: '{}' is {} before the first step, and {} after one",
                         each.argument.name.text, e.describe(each.initial),
                         e.describe(carriedNames.names[each.argument.name.text].object)));
    for (size_t i = 0; i < count; ++i)
      next.push_back(nextOf(leaves[i], inits[first + i], each));
  }
  std::vector<unsigned> assigned;
  size_t at = next.size();
  for (unsigned variable : buffers) {
    mlir::Value value = e.emission->variables[variable];
    if (value != arguments[at]) {
      next.push_back(value);
      assigned.push_back(variable);
      ++at;
      continue;
    }
    unchanged.push_back({arguments[at], inits[at]});
    arguments.erase(arguments.begin() + at);
    inits.erase(inits.begin() + at);
  }
  buffers = std::move(assigned);
}

void Scan::collectOutputs(Evaluator::Step &step) {
  if (!step.yielded && carried.empty())
    e.fail(expr.range, "a scan that carries nothing and yields nothing computes nothing");
  if (!step.yielded)
    return;
  step.yielded = mapLeaves(*step.yielded, [&](const Object &leaf) {
    outputs.push_back(e.tensor(leaf, e.floatType, step.range));
    e.checkType(bm::ScanOp::stackedType(length, outputs.back().getType()), step.range);
    return Object(outputs.back());
  });
}

void Scan::leave(OpenBody &body) {
  body.leave();
  if (e.emission->key)
    e.emission->keysUsed = keysUsedOutside + 1;
}

/// All steps' slices as a tensor whose first axis is that of the steps; null where it is not known that all exist.
mlir::Value Scan::sequence(bm::GatherOp gather, const OpenBody::Steps &steps) {
  mlir::Value value = gather.getX();
  int64_t axis = gather.getAxis();
  bm::Shape shape = bm::shapeOf(value.getType());
  auto start = steps.low.constant();
  Dim rest = shape[axis] - steps.low - steps.length;
  for (const auto &[monomial, coefficient] : rest.coefficients())
    if (coefficient < 0)
      return {};
  if (!start || *start < 0)
    return {};
  if (*start > 0 || rest != Dim(0)) {
    std::vector<int64_t> starts(shape.size(), 0), strides(shape.size(), 1);
    starts[axis] = *start;
    shape[axis] = steps.length;
    auto type = bm::tensorType(shape, llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType());
    value = bm::SliceOp::create(e.builder, gather.getLoc(), type, value, starts, strides);
  }
  if (axis == 0)
    return value;
  std::vector<int64_t> permutation{axis};
  for (int64_t i = 0; i < int64_t(shape.size()); ++i)
    if (i != axis)
      permutation.push_back(i);
  return bm::TransposeOp::create(e.builder, gather.getLoc(), value, permutation);
}

/// `x[:, t]` of a tensor from outside becomes a slice of a sequence.
void Scan::moveSequences(OpenBody &body) {
  for (auto gather : body.block().getOps<bm::GatherOp>()) {
    if (gather.getIndices() != body.steps->position || !body.isOutside(gather.getX()))
      continue;
    if (mlir::Value found = sequence(gather, *body.steps)) {
      slices.push_back(gather);
      sequences.push_back(found);
    }
  }
}

void Scan::createOp(OpenBody &body) {
  mlir::Location loc = e.location(expr.range);
  std::vector<mlir::Value> yielded = next;
  yielded.insert(yielded.end(), outputs.begin(), outputs.end());
  auto replaceYielded = [&](mlir::Value from, mlir::Value to) {
    std::replace(yielded.begin(), yielded.end(), from, to);
    from.replaceAllUsesWith(to);
  };
  // Before what the body reads from outside is asked for: buffers that are only read are such values, sequences are
  // not.
  for (auto [argument, value] : unchanged)
    replaceYielded(argument, value);
  std::vector<mlir::Value> sliceArguments;
  for (bm::GatherOp slice : slices) {
    sliceArguments.push_back(body.block().addArgument(slice.getType(), loc));
    replaceYielded(slice, sliceArguments.back());
    slice.erase();
  }
  llvm::SetVector<mlir::Value> constants = body.captured(yielded);
  op = bm::ScanOp::create(e.builder, loc, length, /*reverse=*/false, sequences, inits, constants.getArrayRef(),
                          mlir::ValueRange(yielded).drop_front(next.size()).getTypes());
  mlir::Block &block = op.getBody().front();
  body.moveTo(block, constants.getArrayRef(), op.getConstantArguments());
  replaceYielded(body.block().getArgument(0), op.getIndex());
  for (auto [from, to] : llvm::zip_equal(arguments, op.getCarries()))
    replaceYielded(from, to);
  for (auto [from, to] : llvm::zip_equal(sliceArguments, op.getSlices()))
    replaceYielded(from, to);
  for (auto [from, to] : llvm::zip_equal(constants, op.getConstantArguments()))
    std::replace(yielded.begin(), yielded.end(), from, mlir::Value(to));
  mlir::OpBuilder inBlock = mlir::OpBuilder::atBlockEnd(&block);
  bm::YieldOp::create(inBlock, loc, yielded);
}

/// The stacked outputs, then the last values of what is carried.
Object Scan::result(const Evaluator::Step &step) {
  std::vector<Object> results;
  auto stacked = op.getStacked().begin();
  auto finals = op.getFinals().begin();
  auto take = [](auto &from) { return [&](const Object &) { return Object(mlir::Value(*from++)); }; };
  if (step.yielded) {
    Object all = mapLeaves(*step.yielded, take(stacked));
    auto list = all.get<ListObject>();
    if (list && list->isTuple)
      results.insert(results.end(), list->elements->begin(), list->elements->end());
    else
      results.push_back(all);
  }
  for (const Carried &each : carried)
    results.push_back(mapLeaves(each.initial, take(finals)));
  for (unsigned variable : buffers)
    e.emission->variables[variable] = *finals++;
  if (results.size() == 1)
    return results[0];
  return makeList(std::move(results), true);
}

Object Evaluator::scan(const ScanExpr &expr, Scope &scope) { return Scan(*this, expr, scope).build(); }

Dim Evaluator::timesRun() const {
  Dim times(1);
  for (OpenBody *body : bodies)
    if (body->steps)
      times = times * body->steps->length;
  return times;
}

/// `value[.., t]` along an axis, where t is the variable of a scan and the value is from outside of it: the slice is
/// taken at the beginning of a step, also if what reads it is in a body further inside.
mlir::Value Evaluator::sliceAtStep(mlir::Value value, mlir::Value position, int64_t axis, Range range) {
  auto isStep = [&](OpenBody *body) { return body->steps && body->steps->position == position; };
  auto loop = std::find_if(bodies.begin(), bodies.end(), isStep);
  if (loop == bodies.end())
    return {};
  for (auto body = loop; body != bodies.end(); ++body)
    if (!(*body)->isOutside(value))
      return {};
  const OpenBody::Steps &steps = *(*loop)->steps;
  Dim extent = bm::shapeOf(value.getType())[axis];
  auto rest = (extent - steps.low - steps.length).constant();
  auto start = steps.low.constant();
  if ((rest && *rest < 0) || (start && *start < 0))
    fail(range, fmt::format("the steps {} to {} are not within dimension {} of {}", steps.low.text(),
                            (steps.low + steps.length).text(), axis, bm::describe(value.getType())));
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&(*loop)->block());
  return bm::GatherOp::create(builder, location(range), value, position, axis);
}

} // namespace bmc::frontend
