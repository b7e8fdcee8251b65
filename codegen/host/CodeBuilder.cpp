// See the header.
#include "codegen/host/CodeBuilder.h"

using namespace mlir;

namespace bmc::codegen {

CodeBuilder::CodeBuilder(ModuleOp module, StringRef name, Type result, llvm::ArrayRef<Type> arguments)
    : ImplicitLocOpBuilder(module.getLoc(), module.getContext()) {
  setInsertionPointToEnd(module.getBody());
  func = create<LLVM::LLVMFuncOp>(name, LLVM::LLVMFunctionType::get(result, arguments), LLVM::Linkage::Internal);
  setInsertionPointToStart(func.addEntryBlock(*this));
}

Value CodeBuilder::integer(int64_t value) { return create<LLVM::ConstantOp>(getI64Type(), getI64IntegerAttr(value)); }

Value CodeBuilder::addressOf(FlatSymbolRefAttr symbol) { return create<LLVM::AddressOfOp>(pointerType(), symbol); }

Value CodeBuilder::loadAt(Type type, Value array, int64_t index) {
  Value place = create<LLVM::GEPOp>(pointerType(), type, array, llvm::ArrayRef<LLVM::GEPArg>{int32_t(index)});
  return create<LLVM::LoadOp>(type, place);
}

void CodeBuilder::storeAt(Value value, Value array, int64_t index) {
  Value place =
      create<LLVM::GEPOp>(pointerType(), value.getType(), array, llvm::ArrayRef<LLVM::GEPArg>{int32_t(index)});
  create<LLVM::StoreOp>(value, place);
}

void CodeBuilder::bindSymbols(llvm::ArrayRef<std::string> names, Value array) {
  for (auto [i, name] : llvm::enumerate(names))
    symbols[name] = loadAt(getI64Type(), array, int64_t(i));
}

Value CodeBuilder::size(const bm::SymbolicDim &dim) {
  Value sum;
  for (const auto &[monomial, coefficient] : dim.coefficients()) {
    Value product;
    auto multiply = [&](Value factor) { product = product ? create<LLVM::MulOp>(product, factor) : factor; };
    if (coefficient != 1 || monomial.empty())
      multiply(integer(coefficient));
    for (const std::string &text : monomial)
      multiply(atom(text));
    sum = sum ? create<LLVM::AddOp>(sum, product) : product;
  }
  return sum ? sum : integer(0);
}

Value CodeBuilder::larger(Value a, Value b) { return create<LLVM::SMaxOp>(a, b); }

Value CodeBuilder::roundUp64(Value bytes) {
  return create<LLVM::AndOp>(create<LLVM::AddOp>(bytes, integer(63)), integer(-64));
}

Value CodeBuilder::atom(const std::string &text) {
  auto division = bm::divisionOperands(text);
  return division ? floorDivide(size(division->first), size(division->second)) : symbol(text);
}

// LLVM's division rounds to zero: one less where signs differ and something is left.
Value CodeBuilder::floorDivide(Value a, Value b) {
  Value quotient = create<LLVM::SDivOp>(a, b);
  Value rest = create<LLVM::SubOp>(a, create<LLVM::MulOp>(quotient, b));
  Value isInexact = create<LLVM::ICmpOp>(LLVM::ICmpPredicate::ne, rest, integer(0));
  Value signsDiffer = create<LLVM::ICmpOp>(LLVM::ICmpPredicate::slt, create<LLVM::XOrOp>(rest, b), integer(0));
  Value isLess = create<LLVM::AndOp>(isInexact, signsDiffer);
  return create<LLVM::SubOp>(quotient, create<LLVM::ZExtOp>(getI64Type(), isLess));
}

} // namespace bmc::codegen
