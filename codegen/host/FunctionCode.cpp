// See the header.
#include "codegen/host/FunctionCode.h"
#include "bmc/program.h"
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/ProgramTable.h"

using namespace mlir;

namespace bmc::codegen {

// Sizes and places ----------------------------------------------------------------------------------------------------

int64_t FunctionCode::numberOf(Size size) {
  std::string text = size.isSlot ? "slot" : "";
  for (const bm::SymbolicDim &least : size.least)
    text += " " + least.text();
  auto [entry, isNew] = sizeNumbers.try_emplace(text, int64_t(sizes.size()));
  if (isNew)
    sizes.push_back(std::move(size));
  return entry->second;
}

void FunctionCode::addSlot(llvm::ArrayRef<bm::SymbolicDim> bytes) {
  std::vector<bm::SymbolicDim> least = {0};
  llvm::append_range(least, bytes);
  slots.push_back(numberOf(Size{std::move(least), true}));
  ++places;
}

Reference FunctionCode::addConstant(Address tensor) {
  constants.push_back(tensor);
  return addPlace();
}

Reference FunctionCode::addConstant(int64_t offset) {
  constantOffsets.push_back(numberOf(bm::SymbolicDim(offset)));
  return addConstant(Address());
}

// Words ---------------------------------------------------------------------------------------------------------------

void FunctionCode::call(int64_t kernel, llvm::ArrayRef<std::string> kernelSymbols, llvm::ArrayRef<Reference> buffers) {
  words.push_back(kernel);
  for (const std::string &symbol : llvm::reverse(kernelSymbols))
    words.push_back(numberOf(bm::SymbolicDim::symbol(symbol)));
  llvm::append_range(words, buffers);
  mostSymbols = std::max<int64_t>(mostSymbols, kernelSymbols.size());
  mostBuffers = std::max<int64_t>(mostBuffers, buffers.size());
}

void FunctionCode::strides(int64_t buffer, int64_t first, llvm::ArrayRef<bm::SymbolicDim> strides) {
  llvm::append_values(words, int64_t(bmc_word_strides), buffer, first, int64_t(strides.size()));
  for (const bm::SymbolicDim &stride : strides)
    words.push_back(numberOf(stride));
  mostDimensions = std::max<int64_t>(mostDimensions, first + strides.size());
}

void FunctionCode::mark(int64_t call) {
  llvm::append_values(words, int64_t(bmc_word_mark), call);
  hasMarks = true;
}

// A reference to a place is twice its number and one.
static int64_t placeOf(Reference reference) { return reference / 2; }

void FunctionCode::beginLoop(const bm::SymbolicDim &length, bool isReversed, Reference index,
                             llvm::ArrayRef<Slice> slices) {
  llvm::append_values(words, int64_t(bmc_word_loop), numberOf(length), int64_t(isReversed), placeOf(index),
                      int64_t(slices.size()));
  for (const Slice &slice : slices)
    llvm::append_values(words, placeOf(slice.place), slice.stacked, numberOf(slice.bytes));
  openLoops.push_back(words.size());
  loopLengths.push_back(length);
  words.push_back(0);
}

void FunctionCode::endLoop() {
  words.push_back(bmc_word_end);
  size_t lengthWord = openLoops.back();
  openLoops.pop_back();
  words[lengthWord] = int64_t(words.size() - lengthWord - 1);
}

// Globals and functions -----------------------------------------------------------------------------------------------

static Value valueOf(CodeBuilder &code, llvm::ArrayRef<bm::SymbolicDim> least, bool isSlot) {
  Value bytes = code.size(least.front());
  for (const bm::SymbolicDim &size : least.drop_front())
    bytes = code.larger(bytes, code.size(size));
  return isSlot ? code.roundUp64(bytes) : bytes;
}

// void NAME.sizes(const int64_t *symbols, int64_t *sizes)
Address FunctionCode::lowerSizes(ModuleOp host, llvm::StringRef name) const {
  auto pointer = LLVM::LLVMPointerType::get(host.getContext());
  CodeBuilder code(host, (name + ".sizes").str(), LLVM::LLVMVoidType::get(host.getContext()), {pointer, pointer});
  code.bindSymbols(symbols, code.argument(0));
  for (auto [number, size] : llvm::enumerate(sizes))
    code.storeAt(valueOf(code, size.least, size.isSlot), code.argument(1), int64_t(number));
  code.create<LLVM::ReturnOp>(ValueRange());
  return {FlatSymbolRefAttr::get(code.function())};
}

// Slots of one size are multiplied, so that the code grows with the sizes and not with the slots.
Address FunctionCode::lowerArenaBytes(ModuleOp host, llvm::StringRef name) const {
  auto pointer = LLVM::LLVMPointerType::get(host.getContext());
  CodeBuilder code(host, (name + ".arena_bytes").str(), IntegerType::get(host.getContext(), 64), {pointer});
  code.bindSymbols(symbols, code.argument(0));
  std::map<int64_t, int64_t> counts;
  for (int64_t size : slots)
    ++counts[size];
  Value sum = code.integer(0);
  for (auto [size, count] : counts) {
    Value bytes = valueOf(code, sizes[size].least, sizes[size].isSlot);
    sum = code.create<LLVM::AddOp>(sum, code.create<LLVM::MulOp>(bytes, code.integer(count)));
  }
  code.create<LLVM::ReturnOp>(sum);
  return {FlatSymbolRefAttr::get(code.function())};
}

Address FunctionCode::lowerLoopSteps(ModuleOp host, llvm::StringRef name) const {
  if (loopLengths.empty())
    return {};
  auto pointer = LLVM::LLVMPointerType::get(host.getContext());
  CodeBuilder code(host, (name + ".loop_steps").str(), IntegerType::get(host.getContext(), 64), {pointer});
  code.bindSymbols(symbols, code.argument(0));
  code.create<LLVM::ReturnOp>(valueOf(code, loopLengths, /*isSlot=*/false));
  return {FlatSymbolRefAttr::get(code.function())};
}

bool FunctionCode::needsWideWords() const {
  auto isNarrow = [](int64_t word) { return int16_t(word) == word; };
  return !llvm::all_of(words, isNarrow) || !llvm::all_of(slots, isNarrow) || !llvm::all_of(constantOffsets, isNarrow);
}

Address FunctionCode::lowerWords(Globals &globals, bool areWide) const {
  std::vector<int64_t> all = slots;
  llvm::append_range(all, constantOffsets);
  llvm::append_range(all, words);
  all.push_back(bmc_word_end);
  if (areWide)
    return globals.integers(llvm::ArrayRef(std::vector<int32_t>(all.begin(), all.end())));
  return globals.integers(llvm::ArrayRef(std::vector<int16_t>(all.begin(), all.end())));
}

static LLVM::LLVMFuncOp declare(ModuleOp host, llvm::StringRef name, LLVM::LLVMFunctionType type) {
  if (auto known = host.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return known;
  OpBuilder declarations = OpBuilder::atBlockEnd(host.getBody());
  return LLVM::LLVMFuncOp::create(declarations, host.getLoc(), name, type);
}

Address FunctionCode::lowerRun(ModuleOp host, Globals &globals, llvm::StringRef name) {
  MLIRContext *context = host.getContext();
  Type pointer = LLVM::LLVMPointerType::get(context), i32 = IntegerType::get(context, 32),
       i64 = IntegerType::get(context, 64);
  Address marker;
  if (hasMarks)
    marker = {
        FlatSymbolRefAttr::get(declare(host, isOnDevice ? "bmc_mark_device_call" : "bmc_mark_call",
                                       LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), {i64, pointer})))};
  bool areWide = needsWideWords();
  Address table = globals.structs(ProgramTypes(context).code,
                                  {{lowerSizes(host, name), lowerWords(globals, areWide), globals.addresses(constants),
                                    marker, int64_t(sizes.size()), int64_t(slots.size()), int64_t(constants.size()),
                                    places, mostSymbols, mostBuffers, mostDimensions}});
  std::string walker = std::string(isOnDevice ? "bmc_run_device_code" : "bmc_run_code") + (areWide ? "32" : "16");
  LLVM::LLVMFuncOp walk = declare(host, walker, LLVM::LLVMFunctionType::get(i32, {pointer, pointer, pointer, pointer}));
  CodeBuilder code(host, (name + ".run").str(), i32, {pointer, pointer, pointer});
  Value status = code.create<LLVM::CallOp>(walk, ValueRange{code.addressOf(table.symbol), code.argument(0),
                                                            code.argument(1), code.argument(2)})
                     .getResult();
  code.create<LLVM::ReturnOp>(status);
  return {FlatSymbolRefAttr::get(code.function())};
}

} // namespace bmc::codegen
