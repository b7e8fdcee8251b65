// Helpers on the dialect's types: the shape of a type as polynomials, the type of a shape, and texts for users.
#include "dialects/Ops.h"

using namespace mlir;

namespace bmc::bm {

bool isView(Operation *op) {
  auto fusible = dyn_cast_or_null<FusibleOpInterface>(op);
  return fusible && fusible.getAccessPattern() == AccessPattern::View;
}

bool hasNamedDims(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && (tensor.hasStaticShape() || isa_and_nonnull<DimsAttr>(tensor.getEncoding()));
}

bool isRandomKey(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getShape() == ArrayRef<int64_t>{2} && tensor.getElementType().isSignlessInteger(32);
}

Shape shapeOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  auto dims = dyn_cast_or_null<DimsAttr>(tensor.getEncoding());
  Shape shape;
  for (auto [axis, extent] : llvm::enumerate(tensor.getShape())) {
    if (!ShapedType::isDynamic(extent))
      shape.push_back(extent);
    else if (dims)
      shape.push_back(*SymbolicDim::parse(std::string_view(dims.getNames()[axis].getValue())));
    else // only in IR that does not verify
      shape.push_back(SymbolicDim::symbol("?"));
  }
  return shape;
}

RankedTensorType tensorType(ArrayRef<SymbolicDim> shape, Type elementType) {
  SmallVector<int64_t> extents;
  SmallVector<StringAttr> names;
  bool isStatic = true;
  for (const SymbolicDim &dim : shape) {
    std::optional<int64_t> constant = dim.constant();
    isStatic &= constant.has_value();
    extents.push_back(constant.value_or(ShapedType::kDynamic));
    names.push_back(StringAttr::get(elementType.getContext(), dim.text()));
  }
  Attribute encoding = isStatic ? Attribute() : DimsAttr::get(elementType.getContext(), names);
  return RankedTensorType::get(extents, elementType, encoding);
}

SymbolicDim elementCount(ArrayRef<SymbolicDim> shape) {
  SymbolicDim count = 1;
  for (const SymbolicDim &dim : shape)
    count = count * dim;
  return count;
}

std::string describe(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (tensor.getElementType().isInteger(1))
    stream << "bool";
  else
    stream << tensor.getElementType();
  if (tensor.getRank() == 0)
    return text;
  stream << "[";
  llvm::interleaveComma(shapeOf(type), stream, [&](const SymbolicDim &dim) { stream << dim.text(); });
  stream << "]";
  return text;
}

std::string describe(TypeRange types) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::interleaveComma(types, stream, [&](Type type) { stream << describe(type); });
  return "(" + text + ")";
}

int64_t elementBytes(Type elementType) { return std::max<int64_t>(elementType.getIntOrFloatBitWidth() / 8, 1); }

static Attribute numberAttr(double value, Type elementType) {
  if (auto floatType = dyn_cast<FloatType>(elementType))
    return FloatAttr::get(floatType, value);
  return IntegerAttr::get(elementType, static_cast<int64_t>(value));
}

Value splat(OpBuilder &builder, Location loc, double value, RankedTensorType type) {
  Type elementType = type.getElementType();
  auto constant = [&](RankedTensorType constantType) -> Value {
    auto elements = SplatElementsAttr::get(constantType, numberAttr(value, elementType));
    return ConstantOp::create(builder, loc, elements);
  };
  if (type.hasStaticShape())
    return constant(type);
  Value scalar = constant(RankedTensorType::get({}, elementType));
  return BroadcastOp::create(builder, loc, type, scalar, ArrayRef<int64_t>());
}

std::optional<double> splatValue(Value value) {
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getX();
  auto constant = value.getDefiningOp<ConstantOp>();
  auto elements = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : SplatElementsAttr();
  if (!elements)
    return std::nullopt;
  if (isa<FloatType>(elements.getElementType()))
    return elements.getSplatValue<APFloat>().convertToDouble();
  if (elements.getElementType().isInteger(1))
    return elements.getSplatValue<bool>();
  return static_cast<double>(elements.getSplatValue<APInt>().getSExtValue());
}

} // namespace bmc::bm
