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

Address Globals::integers(llvm::ArrayRef<char> bytes, unsigned width) {
  if (bytes.empty())
    return {};
  Address &address = known["i" + std::to_string(width) + "," + std::string(bytes.begin(), bytes.end())];
  if (address.symbol)
    return address;
  Type element = IntegerType::get(module.getContext(), width);
  int64_t count = int64_t(bytes.size()) * 8 / width;
  auto values = DenseElementsAttr::getFromRawBuffer(RankedTensorType::get(count, element), bytes);
  return address = addressOf(create("integers", LLVM::LLVMArrayType::get(element, count), values, width / 8));
}

Address Globals::strings(llvm::ArrayRef<std::string> texts) {
  llvm::SmallVector<Address> addresses;
  for (const std::string &text : texts)
    addresses.push_back(string(text));
  return this->addresses(addresses);
}

Address Globals::addresses(llvm::ArrayRef<Address> values) {
  std::vector<Row> rows;
  for (Address value : values)
    rows.push_back({value});
  return array(pointer, rows,
               [&](OpBuilder &builder, const Row &row) { return fieldValue(builder, pointer, row.front()); });
}

Address Globals::structs(LLVM::LLVMStructType type, llvm::ArrayRef<Row> rows) {
  return array(type, rows, [&](OpBuilder &builder, const Row &row) { return structValue(builder, type, row); });
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

// Vectors are loaded fastest from where they do not cross a cache line; a few numbers fit into one anyway.
static uint64_t alignmentOf(DenseElementsAttr elements) {
  return std::min<uint64_t>(
      64, llvm::PowerOf2Ceil(uint64_t(elements.getNumElements()) * bm::elementBytes(elements.getElementType())));
}

Address Globals::tensor(ElementsAttr value) {
  DenseElementsAttr flat = flatElements(value);
  if (!flat)
    return {};
  Address &address = tensors[flat];
  if (address.symbol)
    return address;
  Type type = LLVM::LLVMArrayType::get(flat.getElementType(), flat.getNumElements());
  return address = addressOf(create("tensor", type, flat, alignmentOf(flat)));
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

// What equal arrays have in common.
static std::string contentOf(Type elementType, llvm::ArrayRef<Row> rows) {
  std::string content;
  llvm::raw_string_ostream stream(content);
  stream << "a" << elementType.getAsOpaquePointer();
  for (const Row &row : rows)
    for (const Field &field : row) {
      if (auto *integer = std::get_if<int64_t>(&field))
        stream << "," << *integer;
      else if (auto *number = std::get_if<double>(&field))
        stream << ",f" << llvm::bit_cast<uint64_t>(*number);
      else
        stream << ",a" << std::get<Address>(field).symbol.getAsOpaquePointer();
    }
  return content;
}

// LLVM makes a new constant with each element that is put in, so a long array is put together from short ones.
Address Globals::array(Type elementType, llvm::ArrayRef<Row> rows,
                       llvm::function_ref<Value(OpBuilder &, const Row &)> element) {
  constexpr size_t longest = 64;
  if (rows.empty())
    return {};
  Address &address = known[contentOf(elementType, rows)];
  if (address.symbol)
    return address;
  llvm::SmallVector<Type> parts;
  for (size_t begin = 0; begin < rows.size(); begin += longest)
    parts.push_back(LLVM::LLVMArrayType::get(elementType, std::min(longest, rows.size() - begin)));
  auto type = LLVM::LLVMStructType::getLiteral(module.getContext(), parts);
  return address = initialized("array", type, LLVM::Linkage::Internal, [&](OpBuilder &builder) {
           Value whole = LLVM::UndefOp::create(builder, module.getLoc(), type);
           for (auto [number, part] : llvm::enumerate(parts)) {
             Value value = LLVM::UndefOp::create(builder, module.getLoc(), part);
             llvm::ArrayRef<Row> some = rows.drop_front(number * longest).take_front(longest);
             for (auto [i, row] : llvm::enumerate(some))
               value = LLVM::InsertValueOp::create(builder, module.getLoc(), value, element(builder, row), int64_t(i));
             whole = LLVM::InsertValueOp::create(builder, module.getLoc(), whole, value, int64_t(number));
           }
           return whole;
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
