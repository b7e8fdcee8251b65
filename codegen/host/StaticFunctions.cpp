// See the header. A kernel reads nothing but `host` of its buffers: with sizes that are known no stride is looked up.
#include "codegen/host/StaticFunctions.h"

#include "codegen/halide/Kernels.h"
#include "dialects/Ops.h"

using namespace mlir;

namespace bmc::codegen {

// struct halide_buffer_t of HalideRuntime.h: device, device_interface, host, flags, type, dimensions, dim, padding.
static LLVM::LLVMStructType bufferType(MLIRContext *context) {
  Builder builder(context);
  Type pointer = LLVM::LLVMPointerType::get(context), i8 = builder.getI8Type(), i64 = builder.getI64Type();
  Type element = LLVM::LLVMStructType::getLiteral(context, {i8, i8, builder.getIntegerType(16)});
  return LLVM::LLVMStructType::getLiteral(
      context, {i64, pointer, pointer, i64, element, builder.getI32Type(), pointer, pointer});
}
static constexpr int32_t hostField = 2;

static int64_t bytesOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getNumElements() * bm::elementBytes(tensor.getElementType());
}

// Where each slot begins, and at the end where the last one ends.
static FailureOr<llvm::SmallVector<int64_t>> slotOffsets(func::FuncOp function, const Target &target) {
  llvm::SmallVector<int64_t> offsets = {0};
  for (auto slot : function->getAttrOfType<ArrayAttr>("bm.arena").getAsRange<ArrayAttr>()) {
    int64_t most = 0;
    for (auto size : slot.getAsRange<StringAttr>()) {
      auto dim = bm::SymbolicDim::parse(std::string_view(size.getValue()));
      if (!dim || !dim->isConstant())
        return function.emitError() << "bm.arena: " << size << " is not a known size";
      most = std::max(most, *dim->constant());
    }
    offsets.push_back(offsets.back() + int64_t(llvm::alignTo(uint64_t(most), uint64_t(target.alignment()))));
  }
  return offsets;
}

FailureOr<int64_t> staticArenaBytes(func::FuncOp function, const Target &target) {
  auto offsets = slotOffsets(function, target);
  return failed(offsets) ? FailureOr<int64_t>(failure()) : FailureOr<int64_t>(offsets->back());
}

std::string staticFunctionName(func::FuncOp function) { return (function.getSymName() + ".run").str(); }

namespace {
/// What the ops of a block call their arguments' and results' buffers.
struct Around {
  llvm::SmallVector<Value> arguments, results;
};

class StaticLowering {
public:
  StaticLowering(func::FuncOp source, const Target &target, ModuleOp host, Globals &globals)
      : source(source), target(target), host(host), globals(globals),
        code(host, staticFunctionName(source), IntegerType::get(host.getContext(), 32),
             llvm::SmallVector<Type>(source.getNumArguments() + source.getNumResults() + 1,
                                     LLVM::LLVMPointerType::get(host.getContext()))) {}

  LogicalResult lower();

private:
  LogicalResult lowerBlock(Block &block, const Around &around);
  LogicalResult lowerOp(Operation &op, const Around &around);
  LogicalResult lowerConstant(bm::ConstantOp constant);
  LogicalResult lowerLoop(bm::ScanOp scan, const Around &around);
  Around beginStep(bm::ScanOp scan, Value index);
  void call(bm::KernelOp kernel);
  Value buffer(Value host);
  LogicalResult place(Operation &op, std::optional<ArrayAttr> places, const Around &around);

  func::FuncOp source;
  const Target &target;
  ModuleOp host;
  Globals &globals;
  StaticBuilder code;
  llvm::SmallVector<int64_t> offsets; // of the arena's slots
  llvm::DenseMap<Value, Value> addresses;
};
} // namespace

LogicalResult StaticLowering::lower() {
  auto slots = slotOffsets(source, target);
  if (failed(slots))
    return failure();
  offsets = *slots;
  Around around;
  for (unsigned i = 0; i < source.getNumArguments(); ++i)
    around.arguments.push_back(addresses[source.getArgument(i)] = code.argument(i));
  for (unsigned i = 0; i < source.getNumResults(); ++i)
    around.results.push_back(code.argument(source.getNumArguments() + i));
  if (failed(lowerBlock(source.getBody().front(), around)))
    return failure();
  code.create<LLVM::ReturnOp>(code.status(0));
  return success();
}

LogicalResult StaticLowering::lowerBlock(Block &block, const Around &around) {
  for (Operation &op : block.without_terminator())
    if (failed(lowerOp(op, around)))
      return failure();
  return success();
}

LogicalResult StaticLowering::lowerOp(Operation &op, const Around &around) {
  if (auto constant = dyn_cast<bm::ConstantOp>(op))
    return lowerConstant(constant);
  if (auto reshape = dyn_cast<bm::ReshapeOp>(op)) {
    addresses[reshape.getY()] = addresses.lookup(reshape.getX());
    return success();
  }
  if (auto scan = dyn_cast<bm::ScanOp>(op))
    return lowerLoop(scan, around);
  auto kernel = dyn_cast<bm::KernelOp>(op);
  if (!kernel)
    return op.emitError() << "is not in a kernel";
  if (failed(place(op, kernel.getBuffers(), around)))
    return failure();
  call(kernel);
  return success();
}

LogicalResult StaticLowering::lowerConstant(bm::ConstantOp constant) {
  Address address = globals.tensor(constant.getValue());
  if (!address.symbol)
    return constant.emitError() << "the constant's elements are neither dense nor a resource";
  addresses[constant.getY()] = code.addressOf(address.symbol);
  return success();
}

// The carried values live where the first ones do. The index is counted from the other end in a reverse loop.
LogicalResult StaticLowering::lowerLoop(bm::ScanOp scan, const Around &around) {
  if (failed(place(*scan, scan.getBuffers(), around)))
    return failure();
  for (auto [init, final] : llvm::zip_equal(scan.getInits(), scan.getFinals()))
    addresses[final] = addresses.lookup(init);
  auto length = scan.getLengthDim().constant();
  if (!length)
    return scan.emitError() << "the number of steps is not known";
  LogicalResult lowered = success();
  code.loop(*length, [&](Value step) {
    Value index = scan.getReverse() ? Value(code.create<LLVM::SubOp>(code.integer(*length - 1), step)) : step;
    lowered = lowerBlock(scan.getBody().front(), beginStep(scan, index));
  });
  return lowered;
}

// A slice is a place in its sequence, and a step's output one in the stacked result: nothing is copied.
Around StaticLowering::beginStep(bm::ScanOp scan, Value index) {
  Around step;
  auto slice = [&](Value stacked, Type type) {
    return code.offset(stacked, code.create<LLVM::MulOp>(index, code.integer(bytesOf(type))));
  };
  Value place = code.stack(code.getI64Type());
  code.storeAt(index, place, 0);
  step.arguments.push_back(place);
  for (auto [sequence, argument] : llvm::zip_equal(scan.getSequences(), scan.getSlices()))
    step.arguments.push_back(slice(addresses.at(sequence), argument.getType()));
  for (Value init : scan.getInits())
    step.arguments.push_back(addresses.at(init));
  for (Value constant : scan.getConstants())
    step.arguments.push_back(addresses.at(constant));
  for (auto [argument, address] : llvm::zip_equal(scan.getBody().getArguments(), step.arguments))
    addresses[argument] = address;
  step.results.resize(scan.getInits().size()); // carried values are no results of a step
  for (auto [stacked, output] : llvm::zip_equal(scan.getStacked(), scan.getStepOutputs()))
    step.results.push_back(slice(addresses.at(stacked), output.getType()));
  return step;
}

Value StaticLowering::buffer(Value address) {
  LLVM::LLVMStructType type = bufferType(code.getContext());
  Value buffer = code.stack(type);
  code.create<LLVM::StoreOp>(
      address, code.create<LLVM::GEPOp>(code.pointerType(), type, buffer, llvm::ArrayRef<LLVM::GEPArg>{0, hostField}));
  return buffer;
}

// A failing kernel's status is the function's.
void StaticLowering::call(bm::KernelOp kernel) {
  std::string name = kernelName(kernel, target);
  llvm::SmallVector<Value> arguments;
  for (int64_t input : kernelInputs(kernel))
    arguments.push_back(buffer(addresses.at(kernel.getInputs()[input])));
  for (Value output : kernel.getOutputs())
    arguments.push_back(buffer(addresses.at(output)));
  if (!host.lookupSymbol(name)) {
    OpBuilder declarations = OpBuilder::atBlockEnd(host.getBody());
    llvm::SmallVector<Type> types(arguments.size(), code.pointerType());
    LLVM::LLVMFuncOp::create(declarations, host.getLoc(), name, LLVM::LLVMFunctionType::get(code.getI32Type(), types));
  }
  code.returnIfFailed(code.create<LLVM::CallOp>(code.getI32Type(), name, arguments).getResult());
}

LogicalResult StaticLowering::place(Operation &op, std::optional<ArrayAttr> places, const Around &around) {
  if (!places || places->size() != op.getNumResults())
    return op.emitError() << "has no buffers planned for its results";
  Value arena = code.argument(source.getNumArguments() + source.getNumResults());
  for (auto [value, attribute] : llvm::zip_equal(op.getResults(), *places)) {
    auto buffer = cast<bm::BufferAttr>(attribute);
    size_t index = size_t(buffer.getIndex());
    addresses[value] = buffer.getKind() == bm::BufferKind::Argument ? around.arguments[index]
                       : buffer.getKind() == bm::BufferKind::Result ? around.results[index]
                                                                    : code.offset(arena, offsets[index]);
  }
  return success();
}

LogicalResult lowerStaticFunction(func::FuncOp function, const Target &target, ModuleOp host, Globals &globals) {
  return StaticLowering(function, target, host, globals).lower();
}

} // namespace bmc::codegen
