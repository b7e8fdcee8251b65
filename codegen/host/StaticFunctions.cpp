// See the header. A kernel reads nothing but `host` of its buffers: with sizes that are known no stride is looked up.
#include "codegen/host/StaticFunctions.h"

#include "codegen/halide/Kernels.h"
#include "codegen/host/PlanWalk.h"

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
class StaticLowering : PlanWalk<Value> {
public:
  StaticLowering(func::FuncOp source, const Target &target, ModuleOp host, Globals &globals)
      : source(source), target(target), host(host), globals(globals),
        code(host, staticFunctionName(source), IntegerType::get(host.getContext(), 32),
             llvm::SmallVector<Type>(source.getNumArguments() + source.getNumResults() + 1,
                                     LLVM::LLVMPointerType::get(host.getContext()))) {}

  LogicalResult lower();

private:
  Value arenaSlot(int64_t number) override;
  LogicalResult lowerConstant(bm::ConstantOp constant) override;
  LogicalResult lowerCall(bm::KernelOp kernel) override;
  LogicalResult lowerLoop(bm::ScanOp scan) override;
  BlockPlaces beginStep(bm::ScanOp scan, Value index);
  Value buffer(Value host);

  func::FuncOp source;
  const Target &target;
  ModuleOp host;
  Globals &globals;
  StaticBuilder code;
  llvm::SmallVector<int64_t> offsets; // of the arena's slots
};
} // namespace

LogicalResult StaticLowering::lower() {
  auto slots = slotOffsets(source, target);
  if (failed(slots))
    return failure();
  offsets = *slots;
  BlockPlaces around;
  for (unsigned i = 0; i < source.getNumArguments(); ++i)
    around.arguments.push_back(code.argument(i));
  for (unsigned i = 0; i < source.getNumResults(); ++i)
    around.results.push_back(code.argument(source.getNumArguments() + i));
  if (failed(walk(source, around)))
    return failure();
  code.create<LLVM::ReturnOp>(code.status(0));
  return success();
}

Value StaticLowering::arenaSlot(int64_t number) {
  Value arena = code.argument(source.getNumArguments() + source.getNumResults());
  return code.offset(arena, offsets[size_t(number)]);
}

LogicalResult StaticLowering::lowerConstant(bm::ConstantOp constant) {
  Address address = globals.tensor(constant.getValue());
  if (!address.symbol)
    return constant.emitError() << "the constant's elements are neither dense nor a resource";
  setPlace(constant.getY(), code.addressOf(address.symbol));
  return success();
}

// The index is counted from the other end in a reverse loop.
LogicalResult StaticLowering::lowerLoop(bm::ScanOp scan) {
  auto length = scan.getLengthDim().constant();
  if (!length)
    return scan.emitError() << "the number of steps is not known";
  LogicalResult lowered = success();
  code.loop(*length, [&](Value step) {
    Value index = scan.getReverse() ? Value(code.create<LLVM::SubOp>(code.integer(*length - 1), step)) : step;
    lowered = walkStep(scan, beginStep(scan, index));
  });
  return lowered;
}

PlanWalk<Value>::BlockPlaces StaticLowering::beginStep(bm::ScanOp scan, Value index) {
  Value place = code.stack(code.getI64Type());
  code.storeAt(index, place, 0);
  return stepOf(scan, place, [&](Value stacked, Type type) {
    return code.offset(stacked, code.create<LLVM::MulOp>(index, code.integer(bytesOf(type))));
  });
}

Value StaticLowering::buffer(Value address) {
  LLVM::LLVMStructType type = bufferType(code.getContext());
  Value buffer = code.stack(type);
  code.create<LLVM::StoreOp>(
      address, code.create<LLVM::GEPOp>(code.pointerType(), type, buffer, llvm::ArrayRef<LLVM::GEPArg>{0, hostField}));
  return buffer;
}

// A failing kernel's status is the function's.
LogicalResult StaticLowering::lowerCall(bm::KernelOp kernel) {
  std::string name = kernelName(kernel, target);
  llvm::SmallVector<Value> arguments;
  for (int64_t input : kernelInputs(kernel))
    arguments.push_back(buffer(placeOf(kernel.getInputs()[input])));
  for (Value output : kernel.getOutputs())
    arguments.push_back(buffer(placeOf(output)));
  if (!host.lookupSymbol(name)) {
    OpBuilder declarations = OpBuilder::atBlockEnd(host.getBody());
    llvm::SmallVector<Type> types(arguments.size(), code.pointerType());
    LLVM::LLVMFuncOp::create(declarations, host.getLoc(), name, LLVM::LLVMFunctionType::get(code.getI32Type(), types));
  }
  code.returnIfFailed(code.create<LLVM::CallOp>(code.getI32Type(), name, arguments).getResult());
  return success();
}

LogicalResult lowerStaticFunction(func::FuncOp function, const Target &target, ModuleOp host, Globals &globals) {
  return StaticLowering(function, target, host, globals).lower();
}

} // namespace bmc::codegen
