// Entry functions: where each value's buffer is, and the calls of the kernels in order.
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/HostProgram.h"

using namespace mlir;

namespace bmc::codegen {

namespace {
/// Lowers one entry function.
class FunctionLowering {
public:
  FunctionLowering(func::FuncOp source, ModuleOp host, Globals &globals, const HostProgram &program)
      : source(source), host(host), globals(globals), program(program),
        pointer(LLVM::LLVMPointerType::get(host.getContext())), i32(IntegerType::get(host.getContext(), 32)),
        i64(IntegerType::get(host.getContext(), 64)) {}

  FailureOr<HostFunction> lower();

private:
  LogicalResult bindSymbols();
  LogicalResult readArena();
  LogicalResult findAliases();
  Address lowerArenaBytes();
  Address lowerResultDims();
  LogicalResult lowerRun();
  LogicalResult lowerOp(CodeBuilder &code, Operation &op);
  LogicalResult lowerConstant(CodeBuilder &code, bm::ConstantOp constant);
  void lowerCall(CodeBuilder &code, bm::KernelOp kernel);
  Value bufferOf(CodeBuilder &code, bm::BufferAttr buffer);
  Value symbolsFor(CodeBuilder &code, const HostKernel &kernel);
  Value slotBytes(CodeBuilder &code, size_t slot);
  std::string name(llvm::StringRef part) { return (source.getSymName() + "." + part).str(); }

  func::FuncOp source;
  ModuleOp host;
  Globals &globals;
  const HostProgram &program;
  Type pointer, i32, i64;
  HostFunction result;
  std::vector<std::vector<bm::SymbolicDim>> slots; // the sizes in bytes that each slot must hold
  llvm::SmallVector<Value> slotOffsets;
  llvm::DenseMap<Value, Value> buffers;
  std::map<std::vector<std::string>, Value> symbolArrays;
  Value callBuffers; // the array of pointers that kernels are called with
  Block *exit = nullptr;
};
} // namespace

FailureOr<HostFunction> FunctionLowering::lower() {
  result.source = source;
  if (failed(bindSymbols()) || failed(readArena()) || failed(findAliases()) || failed(lowerRun()))
    return failure();
  result.arenaBytes = lowerArenaBytes();
  result.resultDims = lowerResultDims();
  return result;
}

// A symbol is bound by the first argument with a dimension that is just the symbol.
LogicalResult FunctionLowering::bindSymbols() {
  for (Type type : source.getArgumentTypes())
    for (const bm::SymbolicDim &dim : bm::shapeOf(type))
      if (auto symbol = dim.singleSymbol(); symbol && !llvm::is_contained(result.symbols, *symbol))
        result.symbols.push_back(*symbol);
  for (auto kernel : source.getOps<bm::KernelOp>())
    for (const std::string &symbol : program.kernelOf.at(kernel)->symbols)
      if (!llvm::is_contained(result.symbols, symbol))
        return kernel.emitError() << "the size " << symbol << " is not that of any argument of @"
                                  << source.getSymName();
  return success();
}

LogicalResult FunctionLowering::readArena() {
  auto arena = source->getAttrOfType<ArrayAttr>("bm.arena");
  if (!arena)
    return source.emitError() << "has no memory plan (bm.arena)";
  for (Attribute slot : arena) {
    std::vector<bm::SymbolicDim> &sizes = slots.emplace_back();
    for (Attribute entry : cast<ArrayAttr>(slot)) {
      auto size = bm::SymbolicDim::parse(std::string_view(cast<StringAttr>(entry).getValue()));
      if (!size)
        return source.emitError() << "bm.arena: " << entry << " is not a size";
      sizes.push_back(*size);
    }
  }
  return success();
}

// Where the kernel that makes a function's result writes it.
static bm::BufferAttr writtenTo(Value value) {
  while (auto reshape = value.getDefiningOp<bm::ReshapeOp>())
    value = reshape.getX();
  auto kernel = value.getDefiningOp<bm::KernelOp>();
  if (!kernel || !kernel.getBuffers())
    return {};
  return cast<bm::BufferAttr>((*kernel.getBuffers())[cast<OpResult>(value).getResultNumber()]);
}

LogicalResult FunctionLowering::findAliases() {
  Operation *terminator = source.getBody().front().getTerminator();
  for (auto [number, value] : llvm::enumerate(terminator->getOperands())) {
    bm::BufferAttr buffer = writtenTo(value);
    if (!buffer || buffer.getKind() == bm::BufferKind::Arena)
      return terminator->emitError() << "no kernel writes result " << number << " into its buffer";
    result.aliases.push_back(buffer.getKind() == bm::BufferKind::Argument ? buffer.getIndex() : -1);
  }
  return success();
}

Value FunctionLowering::slotBytes(CodeBuilder &code, size_t slot) {
  Value bytes = code.integer(0);
  for (const bm::SymbolicDim &size : slots[slot])
    bytes = code.larger(bytes, code.size(size));
  return code.roundUp64(bytes);
}

// int64_t NAME.arena_bytes(const int64_t *symbols)
Address FunctionLowering::lowerArenaBytes() {
  CodeBuilder code(host, name("arena_bytes"), i64, {pointer});
  code.bindSymbols(result.symbols, code.argument(0));
  Value sum = code.integer(0);
  for (size_t slot = 0; slot < slots.size(); ++slot)
    sum = code.create<LLVM::AddOp>(sum, slotBytes(code, slot));
  code.create<LLVM::ReturnOp>(sum);
  return {FlatSymbolRefAttr::get(code.function())};
}

// void NAME.result_dims(const int64_t *symbols, int64_t *dims)
Address FunctionLowering::lowerResultDims() {
  CodeBuilder code(host, name("result_dims"), LLVM::LLVMVoidType::get(host.getContext()), {pointer, pointer});
  code.bindSymbols(result.symbols, code.argument(0));
  int64_t position = 0;
  for (Type type : source.getResultTypes())
    for (const bm::SymbolicDim &dim : bm::shapeOf(type))
      code.storeAt(code.size(dim), code.argument(1), position++);
  code.create<LLVM::ReturnOp>(ValueRange());
  return {FlatSymbolRefAttr::get(code.function())};
}

// int32_t NAME.run(void *const *buffers, const int64_t *symbols, char *arena)
LogicalResult FunctionLowering::lowerRun() {
  CodeBuilder code(host, name("run"), i32, {pointer, pointer, pointer});
  result.run = {FlatSymbolRefAttr::get(code.function())};
  code.bindSymbols(result.symbols, code.argument(1));
  Value next = code.integer(0);
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    slotOffsets.push_back(next);
    next = code.create<LLVM::AddOp>(next, slotBytes(code, slot));
  }
  for (BlockArgument argument : source.getArguments())
    buffers[argument] = code.loadAt(pointer, code.argument(0), argument.getArgNumber());
  size_t mostBuffers = 1;
  for (auto kernel : source.getOps<bm::KernelOp>())
    mostBuffers = std::max<size_t>(mostBuffers, kernel.getNumOperands() + kernel.getNumResults());
  callBuffers = code.stack(pointer, int64_t(mostBuffers));

  exit = new Block();
  Value status = exit->addArgument(i32, code.getLoc());
  for (Operation &op : source.getBody().front().without_terminator())
    if (failed(lowerOp(code, op))) {
      delete exit;
      return failure();
    }
  Value zero = code.create<LLVM::ConstantOp>(i32, code.getI32IntegerAttr(0));
  code.create<LLVM::BrOp>(ValueRange(zero), exit);
  code.function().getBody().push_back(exit);
  code.setInsertionPointToEnd(exit);
  code.create<LLVM::ReturnOp>(status);
  return success();
}

LogicalResult FunctionLowering::lowerOp(CodeBuilder &code, Operation &op) {
  if (auto constant = dyn_cast<bm::ConstantOp>(op))
    return lowerConstant(code, constant);
  if (auto reshape = dyn_cast<bm::ReshapeOp>(op)) {
    buffers[reshape.getY()] = buffers.at(reshape.getX());
    return success();
  }
  auto kernel = dyn_cast<bm::KernelOp>(op);
  if (!kernel)
    return op.emitError() << "is not in a kernel";
  if (!kernel.getBuffers() || kernel.getBuffers()->size() != kernel.getNumResults())
    return op.emitError() << "has no buffers planned for its results";
  lowerCall(code, kernel);
  return success();
}

LogicalResult FunctionLowering::lowerConstant(CodeBuilder &code, bm::ConstantOp constant) {
  Address address = globals.tensor(constant.getValue());
  if (!address.symbol)
    return constant.emitError() << "the constant's elements are neither dense nor a resource";
  buffers[constant.getY()] = code.addressOf(address.symbol);
  return success();
}

// A failing kernel's status is the function's, and the kernels after it are not called.
void FunctionLowering::lowerCall(CodeBuilder &code, bm::KernelOp kernel) {
  const HostKernel &callee = *program.kernelOf.at(kernel);
  for (auto [output, buffer] : llvm::zip(kernel.getOutputs(), *kernel.getBuffers()))
    buffers[output] = bufferOf(code, cast<bm::BufferAttr>(buffer));
  int64_t position = 0;
  for (Value input : kernel.getInputs())
    code.storeAt(buffers.at(input), callBuffers, position++);
  for (Value output : kernel.getOutputs())
    code.storeAt(buffers.at(output), callBuffers, position++);
  Value status =
      code.create<LLVM::CallOp>(i32, callee.run.symbol, ValueRange{callBuffers, symbolsFor(code, callee)}).getResult();
  Value zero = code.create<LLVM::ConstantOp>(i32, code.getI32IntegerAttr(0));
  Value isFailure = code.create<LLVM::ICmpOp>(LLVM::ICmpPredicate::ne, status, zero);
  Block *next = new Block();
  code.create<LLVM::CondBrOp>(isFailure, exit, ValueRange(status), next, ValueRange());
  code.function().getBody().push_back(next);
  code.setInsertionPointToEnd(next);
  ++result.kernelCalls;
}

Value FunctionLowering::bufferOf(CodeBuilder &code, bm::BufferAttr buffer) {
  switch (buffer.getKind()) {
  case bm::BufferKind::Argument:
    return buffers.at(source.getArgument(buffer.getIndex()));
  case bm::BufferKind::Result:
    return code.loadAt(pointer, code.argument(0), source.getNumArguments() + buffer.getIndex());
  case bm::BufferKind::Arena:
    return code.offset(code.argument(2), slotOffsets[buffer.getIndex()]);
  }
  llvm_unreachable("a kind of buffer that is not known");
}

// The values of a kernel's symbols in its order; the function's own array where that is the same.
Value FunctionLowering::symbolsFor(CodeBuilder &code, const HostKernel &kernel) {
  if (kernel.symbols.empty() || kernel.symbols == result.symbols)
    return code.argument(1);
  Value &array = symbolArrays[kernel.symbols];
  if (!array) {
    array = code.stack(i64, int64_t(kernel.symbols.size()));
    for (auto [i, symbol] : llvm::enumerate(kernel.symbols))
      code.storeAt(code.symbol(symbol), array, int64_t(i));
  }
  return array;
}

LogicalResult lowerFunctions(ModuleOp planned, ModuleOp host, Globals &globals, HostProgram &program) {
  for (auto function : planned.getOps<func::FuncOp>()) {
    FailureOr<HostFunction> lowered = FunctionLowering(function, host, globals, program).lower();
    if (failed(lowered))
      return failure();
    program.functions.push_back(*lowered);
  }
  return success();
}

} // namespace bmc::codegen
