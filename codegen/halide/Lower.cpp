// From a kernel's ops to Halide: buffers with fixed bounds and strides, the ops' elements one after the other, and one
// Func that stores all results. A result in place is an update of the Func's own previous value: Halide reads all old
// values of a position before it stores new ones. Results that have a value for each row are a Func of their own,
// computed in the same loops.
#include "codegen/halide/Lower.h"
#include "codegen/halide/Kernels.h"
#include "codegen/halide/Strict.h"
#include "codegen/halide/gpu/DeviceSchedules.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;
using Halide::Func;
using Halide::ImageParam;
using Halide::Var;

namespace bmc::codegen {

// Of a buffer that vectors of four floats are read from.
static constexpr int alignedBytes = 16;

namespace {
class Lowering {
public:
  Lowering(KernelOp kernel, bool isPlain);
  FailureOr<LoweredKernel> run();

private:
  void makeInputs();
  Element input(BlockArgument argument, ArrayRef<int64_t> inPlaceResults);
  Element oldValue(size_t result, Halide::Type type);
  ImageParam buffer(BlockArgument argument);
  LogicalResult defineOps();
  std::optional<KeptValues> keptValues(Operation &op) const;
  Element keep(Element element, Operation &op, KeptValues kept);
  bool isInPlace();
  // A device loads vectors whole only where they are aligned; on the processor it makes no difference.
  bool isAligned() const { return schedule.isOnDevice() && schedule.getVector() > 1; }
  bool storesScatter();
  void defineOutput();
  void defineRows();
  Expr showReads(Expr value, size_t result);
  void fixOutput(Func function, const Shape &loopShape);
  void fixOutputs();
  size_t resultCount() { return kernel.getNumResults() - (rows ? rows->outputs() : 0); }

  KernelOp kernel;
  YieldOp yield;
  ScheduleAttr schedule;
  Algorithm algorithm;
  bool isFlat;
  Shape shape; // of the results' loops
  Index position;
  std::vector<Var> axes;
  Func output{"out"};
  std::optional<Func> rows;
  DenseMap<Value, Element> elements;
  int64_t keptBytes = 0;
  LoweredKernel lowered;
};
} // namespace

FailureOr<LoweredKernel> lowerKernel(KernelOp kernel, bool isPlain) { return Lowering(kernel, isPlain).run(); }

static ScheduleAttr plainSchedule(MLIRContext *context) {
  return ScheduleAttr::get(context, "plain", 1, 1, {}, {}, 1, 0, 0, 0, "none", false, /*threads=*/0);
}

static ScheduleAttr chosenSchedule(KernelOp kernel, bool isPlain) {
  ScheduleAttr schedule = kernel.getScheduleAttr();
  return schedule && !isPlain ? schedule : plainSchedule(kernel.getContext());
}

Lowering::Lowering(KernelOp kernel, bool isPlain)
    : kernel(kernel), yield(cast<YieldOp>(kernel.getBody().front().getTerminator())),
      schedule(chosenSchedule(kernel, isPlain)), algorithm(kernel, schedule),
      shape(shapeOf(kernel.getOutputs()[0].getType())) {
  // On a device a single number has a loop too: something must become blocks and threads.
  isFlat = schedule.getFlat() || (schedule.isOnDevice() && shape.empty());
  if (isFlat) {
    axes = {Var("element")};
    position = algorithm.unflatten(axes[0], shape);
    position.linear = axes[0];
  } else {
    axes = axisVars(shape.size());
    position = indexOf(axes);
  }
}

FailureOr<LoweredKernel> Lowering::run() {
  for (const auto &[name, param] : algorithm.symbols())
    lowered.arguments.push_back(param);
  makeInputs();
  if (failed(defineOps()))
    return failure();
  defineRows();
  defineOutput();
  fixOutputs();
  lowered.outputs = {output};
  if (rows)
    lowered.outputs.push_back(*rows);
  return lowered;
}

void Lowering::makeInputs() {
  ArrayRef<int64_t> inPlace = kernel.getInPlace().value_or(ArrayRef<int64_t>());
  for (BlockArgument argument : kernel.getBody().getArguments())
    elements[argument] = remember(input(argument, inPlace));
}

Element Lowering::input(BlockArgument argument, ArrayRef<int64_t> inPlace) {
  Halide::Type type = elementType(argument.getType());
  for (auto [result, number] : llvm::enumerate(inPlace))
    if (number == argument.getArgNumber())
      return oldValue(result, type);
  ImageParam param = buffer(argument);
  lowered.arguments.push_back(param);
  return [this, param, type, shape = shapeOf(argument.getType())](const Index &index) {
    Expr element = isFlat && !shape.empty() ? param(algorithm.linear(index, shape)) : param(innermostFirst(index.axes));
    return type.is_bool() ? element != 0 : element;
  };
}

Element Lowering::oldValue(size_t result, Halide::Type type) {
  return [this, result, type](const Index &index) {
    if (!index.sameAs(position))
      throw Halide::CompileError("an input that is written in place is read at another position than is written");
    Halide::FuncRef old = output(innermostFirst(axes));
    Expr element = resultCount() == 1 ? Expr(old) : old[result];
    return type.is_bool() ? element != 0 : element;
  };
}

// All bounds and strides are known, so that the code reads nothing of a buffer but its address; Halide does not put in
// strides that are not constant, and reads them.
static void fixBuffer(const Algorithm &algorithm, Halide::OutputImageParam buffer, ArrayRef<SymbolicDim> shape,
                      bool setsBounds) {
  Expr stride = 1;
  for (auto [dimension, extent] : llvm::enumerate(llvm::reverse(shape))) {
    if (setsBounds)
      buffer.dim(dimension).set_bounds(0, algorithm.size(extent));
    buffer.dim(dimension).set_stride(stride);
    stride = Halide::Internal::simplify(stride * algorithm.size(extent));
  }
}

ImageParam Lowering::buffer(BlockArgument argument) {
  Shape argumentShape = shapeOf(argument.getType());
  if (isFlat && !argumentShape.empty())
    argumentShape = {elementCount(argumentShape)};
  ImageParam param(storageType(argument.getType()), argumentShape.size(),
                   "in" + std::to_string(argument.getArgNumber()));
  fixBuffer(algorithm, param, argumentShape, /*setsBounds=*/true);
  if (isAligned())
    param.set_host_alignment(alignedBytes);
  return param;
}

LogicalResult Lowering::defineOps() {
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto definition = dyn_cast<HalideOpInterface>(op);
    if (!definition)
      return op.emitError() << "'" << op.getName() << "' has no Halide algorithm";
    SmallVector<Element> operands;
    for (Value operand : op.getOperands())
      operands.push_back(elements.at(operand));
    Element element = definition.define(algorithm, operands);
    std::optional<KeptValues> kept = keptValues(op);
    elements[op.getResult(0)] = kept ? keep(element, op, *kept) : element;
  }
  return success();
}

// In a kernel of rows the values of a row that take long and are read more than once are computed once (the
// exponentials of a softmax), and so is what is one number a row (a reciprocal): otherwise each loop over the row would
// do it again.
static constexpr int64_t flopsWorthKeeping = 8, flopsWorthKeepingOfRow = 4, mostKeptBytes = 16 * 1024;

std::optional<KeptValues> Lowering::keptValues(Operation &op) const {
  auto fusible = cast<FusibleOpInterface>(op);
  Type type = op.getResult(0).getType();
  Shape values = shapeOf(type);
  if (schedule.getKind() != "rows" || algorithm.anchors().empty() || op.use_empty() ||
      fusible.getAccessPattern() != AccessPattern::Pointwise || elementType(type).is_bool())
    return std::nullopt;
  ArrayRef<SymbolicDim> row = algorithm.anchors()[0].shape;
  if (row.empty() || row.size() > shape.size() || row != ArrayRef(shape).take_front(row.size()))
    return std::nullopt;
  int64_t flops = fusible.getFlopsPerElement();
  if (ArrayRef(values) == row)
    return flops >= flopsWorthKeepingOfRow && shape.size() > row.size() ? std::optional(KeptValues{row.size(), {}, {}})
                                                                        : std::nullopt;
  bool isRow = values.size() == row.size() + 1 && row == ArrayRef(values).drop_back() && values.back().isConstant();
  if (!isRow || flops < flopsWorthKeeping || op.hasOneUse() ||
      keptBytes + *values.back().constant() * elementBytes(getElementTypeOrSelf(type)) > mostKeptBytes)
    return std::nullopt;
  return KeptValues{row.size(), int(*values.back().constant()), {}};
}

Element Lowering::keep(Element element, Operation &op, KeptValues kept) {
  std::vector<Var> vars = axisVars(shapeOf(op.getResult(0).getType()).size());
  kept.values = Func("kept");
  kept.values(innermostFirst(vars)) = element(indexOf(vars));
  keptBytes += kept.extent.value_or(1) * elementBytes(getElementTypeOrSelf(op.getResult(0)));
  algorithm.keep(kept);
  return remember([values = kept.values](const Index &index) { return at(values, index); });
}

static Expr stored(Expr value, Type type) { return Halide::cast(storageType(type), std::move(value)); }

// A scatter that is the kernel's only result is accumulated in the result's buffer.
bool Lowering::storesScatter() {
  bool canStore = !schedule.isOnDevice() || schedule.getKind() == "gpu_scatter";
  if (yield.getNumOperands() != 1 || algorithm.anchors().size() != 1 || isInPlace() || !canStore)
    return false;
  auto op = yield.getOperand(0).getDefiningOp<FusibleOpInterface>();
  return op && op.getAccessPattern() == AccessPattern::Scatter;
}

bool Lowering::isInPlace() {
  return llvm::any_of(kernel.getInPlace().value_or(ArrayRef<int64_t>()), [](int64_t input) { return input >= 0; });
}

void Lowering::defineRows() {
  size_t rowAxes = shapeOf(kernel.getOutputs().back().getType()).size();
  if (rowAxes == shape.size())
    return;
  std::vector<Expr> values;
  std::vector<Var> rowVars(axes.begin(), axes.begin() + rowAxes);
  Index row = indexOf(rowVars);
  for (Value value : yield.getValues())
    if (shapeOf(value.getType()).size() == rowAxes)
      values.push_back(stored(elements.at(value)(row), value.getType()));
  rows = Func("out_of_rows");
  (*rows)(innermostFirst(rowVars)) = Halide::Tuple(values);
}

void Lowering::defineOutput() {
  std::vector<Var> vars = innermostFirst(axes);
  if (storesScatter()) {
    output = algorithm.anchors()[0].result;
    axes = algorithm.anchors()[0].axes;
    return;
  }
  if (isInPlace()) {
    std::vector<Expr> nothing;
    for (Value value : yield.getValues().take_front(resultCount()))
      nothing.push_back(Halide::undef(storageType(value.getType())));
    output(vars) = Halide::Tuple(nothing);
  }
  std::vector<Expr> values;
  for (auto [result, value] : llvm::enumerate(yield.getValues().take_front(resultCount())))
    values.push_back(showReads(stored(elements.at(value)(position), value.getType()), result));
  output(vars) = Halide::Tuple(values);
}

namespace {
// The results whose old values an expression reads.
struct OldValues : Halide::Internal::IRGraphVisitor {
  using IRGraphVisitor::visit;
  std::string output;
  std::map<int, Expr> reads;

  void visit(const Halide::Internal::Call *call) override {
    if (call->call_type == Halide::Internal::Call::Halide && call->name == output)
      reads[call->value_index] = call;
    IRGraphVisitor::visit(call);
  }
};
} // namespace

// Halide loads the old values that a result needs before it stores another result over them, but its search for them
// (SplitTuples) does not look into calls, and strict arithmetic is calls. So a read of another result's old value is
// shown in the open, as the other arm of a choice that is always made the same way; LLVM sees that and drops it.
Expr Lowering::showReads(Expr value, size_t result) {
  OldValues old;
  old.output = output.name();
  value.accept(&old);
  for (const auto &[other, read] : old.reads) {
    if (size_t(other) == result)
      continue;
    Expr zeros = Halide::count_leading_zeros(Halide::reinterpret(read.type().with_code(halide_type_uint), read));
    value = Halide::select(zeros < Halide::Internal::make_const(zeros.type(), 100), value,
                           Halide::cast(value.type(), read));
  }
  return value;
}

void Lowering::fixOutput(Func function, const Shape &loopShape) {
  for (auto [axis, extent] : llvm::zip(axes, loopShape))
    function.bound(axis, 0, algorithm.size(extent));
  std::vector<Halide::OutputImageParam> buffers = function.output_buffers();
  for (auto [number, buffer] : llvm::enumerate(buffers)) // Halide takes bounds of a tuple's first buffer only
  {
    fixBuffer(algorithm, buffer, loopShape, /*setsBounds=*/number == 0);
    if (isAligned())
      buffer.set_host_alignment(alignedBytes);
  }
}

void Lowering::fixOutputs() {
  Shape loopShape = isFlat ? Shape{elementCount(shape)} : shape;
  fixOutput(output, loopShape);
  Halide::Stage stage = isInPlace() ? output.update(0) : Halide::Stage(output);
  OutputLoops loops{output, stage, axes, loopShape};
  if (rows) {
    loops.rows = rows;
    loops.rowAxes = rows->dimensions();
    loops.stageNumber = isInPlace() ? 1 : 0;
    fixOutput(*rows, Shape(ArrayRef(shape).take_front(loops.rowAxes)));
  }
  if (schedule.isOnDevice())
    applyDeviceSchedule(schedule, algorithm.anchors(), std::move(loops));
  else
    applySchedule(algorithm, std::move(loops));
}

} // namespace bmc::codegen
