// Sizes, positions and elements. See the header.
#include "codegen/halide/Algorithm.h"
#include "codegen/halide/Kernels.h"

using namespace mlir;
using namespace bmc::bm;
using Halide::Expr;
using Halide::Func;
using Halide::Var;

#include "codegen/halide/HalideOpInterface.cpp.inc"

namespace bmc::codegen {

bool Index::sameAs(const Index &other) const {
  if (axes.size() != other.axes.size() || !linear.same_as(other.linear))
    return false;
  for (size_t axis = 0; axis < axes.size(); ++axis)
    if (!axes[axis].same_as(other.axes[axis]))
      return false;
  return true;
}

Algorithm::Algorithm(KernelOp kernel, ScheduleAttr schedule) : kernelSchedule(schedule) {
  for (const std::string &symbol : kernelSymbols(kernel)) {
    Halide::Param<int32_t> param("size_" + symbol);
    param.set_min_value(1);
    symbolParams.emplace(symbol, param);
  }
}

Expr Algorithm::size(const SymbolicDim &dim, Halide::Type type) const {
  auto atomSize = [&](const std::string &atom) -> Expr {
    if (auto operands = divisionOperands(atom))
      return size(operands->first, type) / size(operands->second, type);
    return Halide::cast(type, Expr(symbolParams.at(atom)));
  };
  Expr sum;
  for (const auto &[monomial, coefficient] : dim.coefficients()) {
    Expr product = Halide::Internal::make_const(type, coefficient);
    for (const std::string &atom : monomial)
      product = Halide::Internal::is_const_one(product) ? atomSize(atom) : product * atomSize(atom);
    sum = sum.defined() ? sum + product : product;
  }
  return sum.defined() ? sum : Halide::Internal::make_zero(type);
}

Expr Algorithm::extent(Value tensor, int64_t axis) const { return size(shapeOf(tensor.getType())[axis]); }

Expr Algorithm::linear(const Index &index, ArrayRef<SymbolicDim> shape) const {
  if (index.linear.defined())
    return index.linear;
  Expr position = 0;
  for (auto [axis, extent] : llvm::enumerate(shape))
    position = axis == 0 ? index.axes[0] : position * size(extent) + index.axes[axis];
  return position;
}

Index Algorithm::unflatten(Expr position, ArrayRef<SymbolicDim> shape) const {
  Index index{std::vector<Expr>(shape.size(), Expr(0)), Expr()};
  for (size_t axis = shape.size(); axis-- > 0;) {
    bool outermost = llvm::all_of(shape.take_front(axis), [](const SymbolicDim &dim) { return dim == 1; });
    if (shape[axis] == 1)
      continue;
    index.axes[axis] = outermost ? position : position % size(shape[axis]);
    position = position / size(shape[axis]);
    if (outermost)
      break;
  }
  return index;
}

static bool isAlwaysInside(const SymbolicDim &extent, int64_t multiple) {
  std::optional<int64_t> constant = extent.constant();
  return multiple <= 1 || (constant && *constant % multiple == 0);
}

Expr Algorithm::inside(Expr index, const SymbolicDim &extent, int64_t multiple) const {
  return isAlwaysInside(extent, multiple) ? index : Halide::min(Halide::likely(index), size(extent) - 1);
}

Expr Algorithm::orZeroOutside(Expr value, const Expr &index, const SymbolicDim &extent, int64_t multiple) const {
  if (isAlwaysInside(extent, multiple))
    return value;
  Expr zero = Halide::Internal::make_zero(value.type());
  return Halide::select(Halide::likely(index < size(extent)), std::move(value), zero);
}

Halide::Type elementType(Type type) {
  Type element = cast<RankedTensorType>(type).getElementType();
  if (element.isF32())
    return Halide::Float(32);
  if (element.isF64())
    return Halide::Float(64);
  return element.isInteger(1) ? Halide::Bool() : Halide::Int(element.getIntOrFloatBitWidth());
}

Halide::Type storageType(Type type) {
  Halide::Type element = elementType(type);
  return element.is_bool() ? Halide::UInt(8) : element;
}

Element remember(Element element) {
  auto made = std::make_shared<std::vector<std::pair<Index, Expr>>>();
  return [element = std::move(element), made](const Index &index) {
    for (const auto &[madeIndex, expression] : *made)
      if (madeIndex.sameAs(index))
        return expression;
    made->emplace_back(index, element(index));
    return made->back().second;
  };
}

Expr at(const Func &function, const Index &index) { return function(innermostFirst(index.axes)); }

std::vector<Var> axisVars(size_t rank) {
  std::vector<Var> axes;
  for (size_t axis = 0; axis < rank; ++axis)
    axes.emplace_back("i" + std::to_string(axis));
  return axes;
}

Index indexOf(const std::vector<Var> &axes) { return {std::vector<Expr>(axes.begin(), axes.end()), Expr()}; }

} // namespace bmc::codegen
