// See the header. A struct's initialiser is a region of the LLVM dialect: MLIR has no attribute for addresses in
// structs.
#include "codegen/host/Globals.h"

#include "dialects/Dialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace bmc::codegen {

Globals::Globals(ModuleOp module, RuntimeObjects objects)
    : module(module), objects(objects), pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

Address Globals::string(StringRef text) {
  Address &address = known[("s" + text).str()];
  if (address.symbol)
    return address;
  std::string terminated = text.str() + '\0';
  Builder builder(module.getContext());
  Type type = LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size());
  return address = addressOf(create("text", type, builder.getStringAttr(terminated), 1));
}

Address Globals::integers(llvm::ArrayRef<int64_t> values) {
  if (values.empty())
    return {};
  std::string content(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(int64_t));
  Address &address = known["i" + content];
  if (address.symbol)
    return address;
  Builder builder(module.getContext());
  Type type = LLVM::LLVMArrayType::get(builder.getI64Type(), values.size());
  return address = addressOf(create("integers", type, builder.getI64TensorAttr(values), 8));
}

Address Globals::strings(llvm::ArrayRef<std::string> texts) {
  llvm::SmallVector<Address> addresses;
  for (const std::string &text : texts)
    addresses.push_back(string(text));
  return this->addresses(addresses);
}

Address Globals::addresses(llvm::ArrayRef<Address> values) {
  return array(pointer, values.size(),
               [&](OpBuilder &builder, size_t i) { return fieldValue(builder, pointer, values[i]); });
}

Address Globals::structs(LLVM::LLVMStructType type, llvm::ArrayRef<Row> rows) {
  return array(type, rows.size(), [&](OpBuilder &builder, size_t i) { return structValue(builder, type, rows[i]); });
}

void Globals::exported(StringRef name, LLVM::LLVMStructType type, const Row &row) {
  initialized(name, type, LLVM::Linkage::External, [&](OpBuilder &builder) { return structValue(builder, type, row); });
}

Address Globals::external(StringRef name) {
  bool isOfLibraries =
      name.starts_with("bmc_step_") || name.starts_with("bmc_encoding_") || name == "bmc_weight_packer";
  if (objects == RuntimeObjects::none || (objects == RuntimeObjects::library && !isOfLibraries))
    return {};
  Address &address = known[("e" + name).str()];
  if (!address.symbol)
    address =
        addressOf(create(name, IntegerType::get(module.getContext(), 8), Attribute(), 0, LLVM::Linkage::External));
  return address;
}

// Booleans take a byte each in memory, where the attribute packs them.
static DenseElementsAttr bytesOfBools(DenseElementsAttr value) {
  llvm::SmallVector<int8_t> bytes;
  for (bool element : value.getValues<bool>())
    bytes.push_back(element);
  return DenseElementsAttr::get(RankedTensorType::get(bytes.size(), IntegerType::get(value.getContext(), 8)),
                                llvm::ArrayRef<int8_t>(bytes));
}

// A plain array of elements whatever the tensor's rank: that is how LLVM's constant data takes it.
static DenseElementsAttr flatElements(ElementsAttr value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto flat = RankedTensorType::get(type.getNumElements(), type.getElementType());
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    dense = DenseElementsAttr::getFromRawBuffer(type, resource.getRawHandle().getBlob()->getData());
  if (!dense)
    return {};
  return type.getElementType().isInteger(1) ? bytesOfBools(dense) : dense.reshape(flat);
}

Address Globals::tensor(ElementsAttr value) {
  DenseElementsAttr flat = flatElements(value);
  if (!flat)
    return {};
  Type type = LLVM::LLVMArrayType::get(flat.getElementType(), flat.getNumElements());
  return addressOf(create("tensor", type, flat, 64));
}

LLVM::GlobalOp Globals::create(StringRef name, Type type, Attribute value, uint64_t alignment, LLVM::Linkage linkage) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  bool isVisible = linkage == LLVM::Linkage::External;
  std::string symbol = isVisible ? name.str() : (name + "." + llvm::Twine(created++)).str();
  return LLVM::GlobalOp::create(builder, module.getLoc(), type, /*isConstant=*/true, linkage, symbol, value, alignment);
}

Address Globals::initialized(StringRef name, Type type, LLVM::Linkage linkage, Build build) {
  LLVM::GlobalOp global = create(name, type, Attribute(), 8, linkage);
  OpBuilder builder(module.getContext());
  builder.createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(builder, module.getLoc(), build(builder));
  return addressOf(global);
}

Address Globals::array(Type elementType, size_t count, llvm::function_ref<Value(OpBuilder &, size_t)> element) {
  if (count == 0)
    return {};
  Type type = LLVM::LLVMArrayType::get(elementType, count);
  return initialized("array", type, LLVM::Linkage::Internal, [&](OpBuilder &builder) {
    Value value = LLVM::UndefOp::create(builder, module.getLoc(), type);
    for (size_t i = 0; i < count; ++i)
      value = LLVM::InsertValueOp::create(builder, module.getLoc(), value, element(builder, i), int64_t(i));
    return value;
  });
}

Value Globals::structValue(OpBuilder &builder, LLVM::LLVMStructType type, const Row &row) {
  assert(type.getBody().size() == row.size() && "a value for each field");
  Value value = LLVM::UndefOp::create(builder, module.getLoc(), type);
  for (auto [i, field] : llvm::enumerate(row))
    value = LLVM::InsertValueOp::create(builder, module.getLoc(), value, fieldValue(builder, type.getBody()[i], field),
                                        int64_t(i));
  return value;
}

Value Globals::fieldValue(OpBuilder &builder, Type type, const Field &field) {
  Location loc = module.getLoc();
  if (auto *integer = std::get_if<int64_t>(&field))
    return LLVM::ConstantOp::create(builder, loc, type, builder.getIntegerAttr(type, *integer));
  if (auto *number = std::get_if<double>(&field))
    return LLVM::ConstantOp::create(builder, loc, type, builder.getFloatAttr(type, *number));
  if (FlatSymbolRefAttr symbol = std::get<Address>(field).symbol)
    return LLVM::AddressOfOp::create(builder, loc, pointer, symbol);
  return LLVM::ZeroOp::create(builder, loc, pointer);
}

Address Globals::addressOf(LLVM::GlobalOp global) { return {FlatSymbolRefAttr::get(global.getSymNameAttr())}; }

} // namespace bmc::codegen
