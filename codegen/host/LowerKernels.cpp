// The distinct kernels and how they are called: with pointers to their arguments, by the function that Halide makes
// beside each kernel. So calls are data, and a kernel needs no code of ours.
#include "codegen/halide/Kernels.h"
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/HostProgram.h"

using namespace mlir;

namespace bmc::codegen {

// The positions among a kernel's inputs and results of the buffers that its code takes.
static llvm::SmallVector<int64_t> passedBuffers(bm::KernelOp kernel) {
  llvm::SmallVector<int64_t> passed;
  llvm::append_range(passed, kernelInputs(kernel));
  for (size_t result = 0; result < kernel.getOutputs().size(); ++result)
    passed.push_back(kernel.getInputs().size() + result);
  return passed;
}

// int32_t NAME_argv(void *const *arguments), of the kernel's object
static Address declareKernel(ModuleOp host, llvm::StringRef name) {
  MLIRContext *context = host.getContext();
  auto type = LLVM::LLVMFunctionType::get(IntegerType::get(context, 32), {LLVM::LLVMPointerType::get(context)});
  OpBuilder declarations = OpBuilder::atBlockEnd(host.getBody());
  auto callee = LLVM::LLVMFuncOp::create(declarations, host.getLoc(), argumentsFunction(name), type);
  return {FlatSymbolRefAttr::get(callee)};
}

// A dimension that the program's table says by itself.
static bool isPlain(const bm::SymbolicDim &dim, llvm::ArrayRef<std::string> symbols) {
  auto symbol = dim.singleSymbol();
  return dim.isConstant() || (symbol && llvm::is_contained(symbols, *symbol));
}

Address lowerDims(ModuleOp host, llvm::StringRef name, llvm::ArrayRef<std::string> symbols,
                  llvm::ArrayRef<Type> tensors) {
  llvm::SmallVector<bm::SymbolicDim> dims;
  for (Type tensor : tensors)
    llvm::append_range(dims, bm::shapeOf(tensor));
  if (llvm::all_of(dims, [&](const bm::SymbolicDim &dim) { return isPlain(dim, symbols); }))
    return {};
  auto pointer = LLVM::LLVMPointerType::get(host.getContext());
  CodeBuilder code(host, name, LLVM::LLVMVoidType::get(host.getContext()), {pointer, pointer});
  code.bindSymbols(symbols, code.argument(0));
  for (auto [position, dim] : llvm::enumerate(dims))
    code.storeAt(code.size(dim), code.argument(1), int64_t(position));
  code.create<LLVM::ReturnOp>(ValueRange());
  return {FlatSymbolRefAttr::get(code.function())};
}

static void addKernel(bm::KernelOp kernel, StringRef name, const HostOptions &options, ModuleOp host,
                      HostKernel &entry) {
  entry.kernel = kernel;
  entry.symbols = kernelSymbols(kernel);
  entry.passed = passedBuffers(kernel);
  entry.run = declareKernel(host, name);
  if (options.hasPlainKernels)
    entry.plain =
        isPlainAlready(kernel) && !options.target.hasDevice() ? entry.run : declareKernel(host, name.str() + "_plain");
  llvm::SmallVector<Type> tensors(kernel.getInputs().getTypes());
  llvm::append_range(tensors, kernel.getOutputs().getTypes());
  entry.valueDims = lowerDims(host, (name + "_dims").str(), entry.symbols, tensors);
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
    entry.number = int64_t(program.kernels.size()) - 1;
    addKernel(kernel, name, options, host, entry);
  });
  for (auto [kernel, name] : calls)
    program.kernelOf[kernel] = &program.kernels[name];
}

} // namespace bmc::codegen
