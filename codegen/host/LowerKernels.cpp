// A wrapper for each distinct kernel: from the runtime's calling convention (arrays of pointers and symbols) to the one
// of Halide's code (a halide_buffer_t a tensor). Kernels read nothing but `host` of it (on a device `device`), and
// strides that are not known at compile time, so the rest stays zero.
#include "codegen/halide/Kernels.h"
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/HostProgram.h"

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
static constexpr int32_t deviceField = 0, hostField = 2, dimField = 6;

// struct halide_dimension_t: min, extent, stride, flags.
static constexpr int64_t strideField = 2, dimensionFields = 4;

static bool hasKnownStrides(Type tensor) {
  bm::Shape shape = bm::shapeOf(tensor);
  return llvm::all_of(llvm::ArrayRef(shape).drop_front(shape.empty() ? 0 : 1),
                      [](const bm::SymbolicDim &extent) { return extent.isConstant(); });
}

// The dimensions of a tensor, of which only the strides are set. Halide's first one is the innermost axis.
static Value makeDimensions(CodeBuilder &code, Type tensor) {
  bm::Shape shape = bm::shapeOf(tensor);
  Value dimensions = code.stack(code.getI32Type(), int64_t(shape.size()) * dimensionFields);
  bm::SymbolicDim stride = 1;
  for (auto [dimension, extent] : llvm::enumerate(llvm::reverse(shape))) {
    Value elements = code.create<LLVM::TruncOp>(code.getI32Type(), code.size(stride));
    code.storeAt(elements, dimensions, int64_t(dimension) * dimensionFields + strideField);
    stride = stride * extent;
  }
  return dimensions;
}

static Value makeBuffer(CodeBuilder &code, Value address, Type tensor, bool isOnDevice) {
  LLVM::LLVMStructType type = bufferType(code.getContext());
  Value buffer = code.stack(type, 1);
  code.create<LLVM::StoreOp>(code.create<LLVM::ZeroOp>(type), buffer);
  auto store = [&](Value value, int32_t field) {
    code.create<LLVM::StoreOp>(
        value, code.create<LLVM::GEPOp>(code.pointerType(), type, buffer, llvm::ArrayRef<LLVM::GEPArg>{0, field}));
  };
  if (isOnDevice)
    store(code.create<LLVM::PtrToIntOp>(code.getI64Type(), address), deviceField);
  else
    store(address, hostField);
  if (!hasKnownStrides(tensor))
    store(makeDimensions(code, tensor), dimField);
  return buffer;
}

// The positions among a kernel's inputs and results of the buffers that its code takes.
static llvm::SmallVector<int64_t> passedBuffers(bm::KernelOp kernel) {
  llvm::SmallVector<int64_t> passed;
  llvm::append_range(passed, kernelInputs(kernel));
  for (size_t result = 0; result < kernel.getOutputs().size(); ++result)
    passed.push_back(kernel.getInputs().size() + result);
  return passed;
}

// int32_t NAME_call(void *const *buffers, const int64_t *symbols)
static Address lowerCall(ModuleOp host, bm::KernelOp kernel, llvm::StringRef name, llvm::ArrayRef<std::string> symbols,
                         bool isOnDevice) {
  MLIRContext *context = host.getContext();
  Type i32 = IntegerType::get(context, 32), pointer = LLVM::LLVMPointerType::get(context);
  llvm::SmallVector<int64_t> passed = passedBuffers(kernel);
  llvm::SmallVector<Type> types(symbols.size(), i32);
  types.append(passed.size(), pointer);
  OpBuilder declarations = OpBuilder::atBlockEnd(host.getBody());
  auto callee = LLVM::LLVMFuncOp::create(declarations, host.getLoc(), name, LLVM::LLVMFunctionType::get(i32, types));

  CodeBuilder code(host, (name + "_call").str(), i32, {pointer, pointer});
  code.bindSymbols(symbols, code.argument(1));
  llvm::SmallVector<Value> arguments;
  for (const std::string &symbol : symbols)
    arguments.push_back(code.create<LLVM::TruncOp>(i32, code.symbol(symbol)));
  llvm::SmallVector<Type> tensors(kernel.getInputs().getTypes());
  llvm::append_range(tensors, kernel.getOutputs().getTypes());
  for (int64_t position : passed)
    arguments.push_back(
        makeBuffer(code, code.loadAt(pointer, code.argument(0), position), tensors[position], isOnDevice));
  code.create<LLVM::ReturnOp>(code.create<LLVM::CallOp>(callee, arguments).getResult());
  return {FlatSymbolRefAttr::get(code.function())};
}

// void NAME_dims(const int64_t *symbols, int64_t *dims)
static Address lowerValueDims(ModuleOp host, bm::KernelOp kernel, llvm::StringRef name,
                              llvm::ArrayRef<std::string> symbols) {
  MLIRContext *context = host.getContext();
  Type pointer = LLVM::LLVMPointerType::get(context);
  CodeBuilder code(host, (name + "_dims").str(), LLVM::LLVMVoidType::get(context), {pointer, pointer});
  code.bindSymbols(symbols, code.argument(0));
  int64_t position = 0;
  auto store = [&](Type type) {
    for (const bm::SymbolicDim &dim : bm::shapeOf(type))
      code.storeAt(code.size(dim), code.argument(1), position++);
  };
  llvm::for_each(kernel.getInputs().getTypes(), store);
  llvm::for_each(kernel.getOutputs().getTypes(), store);
  code.create<LLVM::ReturnOp>(ValueRange());
  return {FlatSymbolRefAttr::get(code.function())};
}

void lowerKernels(ModuleOp planned, const HostOptions &options, ModuleOp host, HostProgram &program) {
  std::vector<std::pair<bm::KernelOp, StringAttr>> calls;
  planned.walk([&](bm::KernelOp kernel) {
    auto name = StringAttr::get(planned.getContext(), kernelName(kernel, options.target));
    calls.emplace_back(kernel, name);
    auto [place, isNew] = program.kernels.try_emplace(name);
    HostKernel &entry = place->second;
    ++entry.calls;
    if (!isNew)
      return;
    entry.kernel = kernel;
    entry.symbols = kernelSymbols(kernel);
    bool isOnDevice = options.target.hasDevice();
    entry.run = lowerCall(host, kernel, name, entry.symbols, isOnDevice);
    if (options.hasPlainKernels && isPlainAlready(kernel))
      entry.plain = entry.run;
    else if (options.hasPlainKernels)
      entry.plain = lowerCall(host, kernel, name.str() + "_plain", entry.symbols, isOnDevice);
    entry.valueDims = lowerValueDims(host, kernel, name, entry.symbols);
  });
  for (auto [kernel, name] : calls)
    program.kernelOf[kernel] = &program.kernels[name];
}

} // namespace bmc::codegen
