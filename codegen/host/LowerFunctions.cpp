// Entry functions: where each value's buffer is, and the calls of the kernels in order, loops around those of their
// bodies.
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/HostProgram.h"

using namespace mlir;

namespace bmc::codegen {

namespace {
/// The buffers that the ops of a block call their arguments' and results'.
struct BlockBuffers {
  llvm::SmallVector<Value> arguments, results;
};

/// Lowers one entry function.
class FunctionLowering {
public:
  FunctionLowering(func::FuncOp source, const HostOptions &options, ModuleOp host, Globals &globals,
                   HostProgram &program)
      : source(source), options(options), host(host), globals(globals), program(program),
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
  void prepareCalls(CodeBuilder &code);
  LogicalResult lowerBlock(CodeBuilder &code, Block &block, const BlockBuffers &around);
  LogicalResult lowerOp(CodeBuilder &code, Operation &op, const BlockBuffers &around);
  LogicalResult lowerConstant(CodeBuilder &code, bm::ConstantOp constant);
  LogicalResult lowerLoop(CodeBuilder &code, bm::ScanOp scan, const BlockBuffers &around);
  BlockBuffers buffersOfStep(CodeBuilder &code, bm::ScanOp scan, Value index);
  void lowerCall(CodeBuilder &code, bm::KernelOp kernel);
  void markCall(CodeBuilder &code, int64_t number);
  LogicalResult placeResults(CodeBuilder &code, Operation &op, std::optional<ArrayAttr> places,
                             const BlockBuffers &around);
  Value bufferOf(CodeBuilder &code, bm::BufferAttr buffer, const BlockBuffers &around);
  Value symbolsFor(CodeBuilder &code, const HostKernel &kernel);
  Value slotBytes(CodeBuilder &code, size_t slot);
  Value callDevice(CodeBuilder &code, llvm::StringRef function, ValueRange arguments);
  std::string name(llvm::StringRef part) { return (source.getSymName() + "." + part).str(); }

  func::FuncOp source;
  const HostOptions &options;
  ModuleOp host;
  Globals &globals;
  HostProgram &program;
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
  auto check = [&](Operation *op, llvm::ArrayRef<std::string> symbols) -> WalkResult {
    for (const std::string &symbol : symbols)
      if (!llvm::is_contained(result.symbols, symbol))
        return op->emitError() << "the size " << symbol << " is not that of any argument of @" << source.getSymName();
    return success();
  };
  WalkResult ops = source.walk([&](Operation *op) -> WalkResult {
    if (auto kernel = dyn_cast<bm::KernelOp>(op))
      return check(op, program.kernelOf.at(kernel)->symbols);
    auto scan = dyn_cast<bm::ScanOp>(op);
    return scan ? check(op, scan.getLengthDim().symbols()) : WalkResult::advance();
  });
  return failure(ops.wasInterrupted());
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

// Where the kernel or loop that makes a function's result writes it.
static bm::BufferAttr writtenTo(Value value) {
  while (auto reshape = value.getDefiningOp<bm::ReshapeOp>())
    value = reshape.getX();
  std::optional<ArrayAttr> buffers;
  if (auto kernel = value.getDefiningOp<bm::KernelOp>())
    buffers = kernel.getBuffers();
  else if (auto scan = value.getDefiningOp<bm::ScanOp>())
    buffers = scan.getBuffers();
  return buffers ? cast<bm::BufferAttr>((*buffers)[cast<OpResult>(value).getResultNumber()]) : bm::BufferAttr();
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
  BlockBuffers around;
  auto buffer = [&](int64_t number) { return code.loadAt(pointer, code.argument(0), number); };
  for (unsigned number = 0; number < source.getNumArguments(); ++number)
    around.arguments.push_back(buffers[source.getArgument(number)] = buffer(number));
  for (unsigned number = 0; number < source.getNumResults(); ++number)
    around.results.push_back(buffer(source.getNumArguments() + number));
  prepareCalls(code);

  exit = new Block();
  Value status = exit->addArgument(i32, code.getLoc());
  if (failed(lowerBlock(code, source.getBody().front(), around))) {
    delete exit;
    return failure();
  }
  if (options.hasProfile)
    markCall(code, -1);
  Value zero = code.create<LLVM::ConstantOp>(i32, code.getI32IntegerAttr(0));
  code.create<LLVM::BrOp>(ValueRange(zero), exit);
  code.function().getBody().push_back(exit);
  code.setInsertionPointToEnd(exit);
  code.create<LLVM::ReturnOp>(status);
  return success();
}

// What all calls share is made at the function's begin: a loop's body may never run.
void FunctionLowering::prepareCalls(CodeBuilder &code) {
  size_t mostBuffers = 1;
  source.walk([&](bm::KernelOp kernel) {
    mostBuffers = std::max<size_t>(mostBuffers, kernel.getNumOperands() + kernel.getNumResults());
    symbolsFor(code, *program.kernelOf.at(kernel));
  });
  callBuffers = code.stack(pointer, int64_t(mostBuffers));
}

LogicalResult FunctionLowering::lowerBlock(CodeBuilder &code, Block &block, const BlockBuffers &around) {
  for (Operation &op : block.without_terminator())
    if (failed(lowerOp(code, op, around)))
      return failure();
  return success();
}

LogicalResult FunctionLowering::lowerOp(CodeBuilder &code, Operation &op, const BlockBuffers &around) {
  if (auto constant = dyn_cast<bm::ConstantOp>(op))
    return lowerConstant(code, constant);
  if (auto reshape = dyn_cast<bm::ReshapeOp>(op)) {
    buffers[reshape.getY()] = buffers.lookup(reshape.getX());
    return success();
  }
  if (auto scan = dyn_cast<bm::ScanOp>(op))
    return lowerLoop(code, scan, around);
  auto kernel = dyn_cast<bm::KernelOp>(op);
  if (!kernel)
    return op.emitError() << "is not in a kernel";
  if (failed(placeResults(code, op, kernel.getBuffers(), around)))
    return failure();
  lowerCall(code, kernel);
  return success();
}

LogicalResult FunctionLowering::lowerConstant(CodeBuilder &code, bm::ConstantOp constant) {
  Address address = globals.tensor(constant.getValue());
  if (!address.symbol)
    return constant.emitError() << "the constant's elements are neither dense nor a resource";
  Value &buffer = buffers[constant.getY()] = code.addressOf(address.symbol);
  if (options.target.hasDevice()) {
    RankedTensorType type = constant.getY().getType();
    Value bytes = code.integer(type.getNumElements() * bm::elementBytes(type.getElementType()));
    buffer = callDevice(code, "bmc_device_constant", {buffer, bytes});
  }
  return success();
}

// void *bmc_device_constant(const void *, int64_t bytes), void *bmc_device_index(int64_t), of the runtime: where a
// value of the host's is on the device.
Value FunctionLowering::callDevice(CodeBuilder &code, llvm::StringRef function, ValueRange arguments) {
  if (!host.lookupSymbol(function)) {
    OpBuilder declarations = OpBuilder::atBlockEnd(host.getBody());
    auto type = LLVM::LLVMFunctionType::get(pointer, llvm::to_vector(arguments.getTypes()));
    LLVM::LLVMFuncOp::create(declarations, host.getLoc(), function, type);
  }
  return code.create<LLVM::CallOp>(pointer, function, arguments).getResult();
}

// The carried values live where the first ones do. The index is counted from the other end in a reverse loop.
LogicalResult FunctionLowering::lowerLoop(CodeBuilder &code, bm::ScanOp scan, const BlockBuffers &around) {
  if (failed(placeResults(code, *scan, scan.getBuffers(), around)))
    return failure();
  for (auto [init, final] : llvm::zip_equal(scan.getInits(), scan.getFinals()))
    buffers[final] = buffers.lookup(init);
  Value length = code.size(scan.getLengthDim());
  CodeBuilder::Loop loop = code.beginLoop(length);
  Value index = loop.step;
  if (scan.getReverse())
    index = code.create<LLVM::SubOp>(code.create<LLVM::SubOp>(length, code.integer(1)), index);
  if (failed(lowerBlock(code, scan.getBody().front(), buffersOfStep(code, scan, index))))
    return failure();
  code.endLoop(loop);
  return success();
}

// A slice is a place in its sequence, and a step's output one in the stacked result: nothing is copied.
BlockBuffers FunctionLowering::buffersOfStep(CodeBuilder &code, bm::ScanOp scan, Value index) {
  BlockBuffers step;
  auto slice = [&](Value stacked, Type type) {
    int64_t elementBytes = bm::elementBytes(cast<RankedTensorType>(type).getElementType());
    Value bytes = code.size(bm::elementCount(bm::shapeOf(type)) * elementBytes);
    return code.offset(stacked, code.create<LLVM::MulOp>(index, bytes));
  };
  Value place;
  if (options.target.hasDevice()) {
    place = callDevice(code, "bmc_device_index", {index});
  } else {
    place = code.stack(i64, 1);
    code.storeAt(index, place, 0);
  }
  step.arguments.push_back(place);
  for (auto [sequence, argument] : llvm::zip_equal(scan.getSequences(), scan.getSlices()))
    step.arguments.push_back(slice(buffers.at(sequence), argument.getType()));
  for (Value init : scan.getInits())
    step.arguments.push_back(buffers.at(init));
  for (Value constant : scan.getConstants())
    step.arguments.push_back(buffers.at(constant));
  for (auto [argument, buffer] : llvm::zip_equal(scan.getBody().getArguments(), step.arguments))
    buffers[argument] = buffer;
  step.results.resize(scan.getInits().size()); // carried values are no results of a step
  for (auto [stacked, output] : llvm::zip_equal(scan.getStacked(), scan.getStepOutputs()))
    step.results.push_back(slice(buffers.at(stacked), output.getType()));
  return step;
}

// A failing kernel's status is the function's, and the kernels after it are not called.
void FunctionLowering::lowerCall(CodeBuilder &code, bm::KernelOp kernel) {
  const HostKernel &callee = *program.kernelOf.at(kernel);
  int64_t position = 0;
  for (Value input : kernel.getInputs())
    code.storeAt(buffers.at(input), callBuffers, position++);
  for (Value output : kernel.getOutputs())
    code.storeAt(buffers.at(output), callBuffers, position++);
  if (options.hasProfile) {
    markCall(code, int64_t(program.calls.size()));
    program.calls.push_back({kernel, result.symbols});
  }
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

// void bmc_mark_call(int64_t number, const int64_t *symbols), of the runtime
void FunctionLowering::markCall(CodeBuilder &code, int64_t number) {
  constexpr llvm::StringLiteral mark = "bmc_mark_call";
  if (!host.lookupSymbol(mark)) {
    OpBuilder declarations = OpBuilder::atBlockEnd(host.getBody());
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(host.getContext()), {i64, pointer});
    LLVM::LLVMFuncOp::create(declarations, host.getLoc(), mark, type);
  }
  code.create<LLVM::CallOp>(TypeRange(), mark, ValueRange{code.integer(number), code.argument(1)});
}

LogicalResult FunctionLowering::placeResults(CodeBuilder &code, Operation &op, std::optional<ArrayAttr> places,
                                             const BlockBuffers &around) {
  if (!places || places->size() != op.getNumResults())
    return op.emitError() << "has no buffers planned for its results";
  for (auto [value, place] : llvm::zip_equal(op.getResults(), *places))
    buffers[value] = bufferOf(code, cast<bm::BufferAttr>(place), around);
  return success();
}

Value FunctionLowering::bufferOf(CodeBuilder &code, bm::BufferAttr buffer, const BlockBuffers &around) {
  switch (buffer.getKind()) {
  case bm::BufferKind::Argument:
    return around.arguments[buffer.getIndex()];
  case bm::BufferKind::Result:
    return around.results[buffer.getIndex()];
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

LogicalResult lowerFunctions(ModuleOp planned, const HostOptions &options, ModuleOp host, Globals &globals,
                             HostProgram &program) {
  for (auto function : planned.getOps<func::FuncOp>()) {
    FailureOr<HostFunction> lowered = FunctionLowering(function, options, host, globals, program).lower();
    if (failed(lowered))
      return failure();
    program.functions.push_back(*lowered);
  }
  return success();
}

} // namespace bmc::codegen
