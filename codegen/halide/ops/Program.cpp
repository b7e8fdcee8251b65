// Constants and sizes.
#include "codegen/halide/Strict.h"
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;

namespace bmc::codegen {

static Expr number(Halide::Type type, const APFloat &value) {
  bool loses;
  APFloat wide = value;
  wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &loses);
  double real = wide.convertToDouble();
  if (real != real)
    return strict::notANumber(type);
  if (std::isinf(real))
    return real < 0 ? strict::negate(strict::infinity(type)) : strict::infinity(type);
  return strict::constant(type, real);
}

static Expr number(Halide::Type type, const APInt &value) {
  return type.is_bool() ? Halide::Internal::make_bool(!value.isZero())
                        : Halide::Internal::make_const(type, value.getSExtValue());
}

static std::vector<Expr> numbers(ElementsAttr elements, Halide::Type type) {
  std::vector<Expr> all;
  if (type.is_float())
    for (APFloat value : elements.getValues<APFloat>())
      all.push_back(number(type, value));
  else
    for (APInt value : elements.getValues<APInt>())
      all.push_back(number(type, value));
  return all;
}

// Small tables become a choice among their numbers. Large constants are inputs of their kernels.
static Element constant(ConstantOp op, Algorithm &algorithm, ArrayRef<Element>) {
  Halide::Type type = elementType(op.getType());
  if (auto splat = dyn_cast<SplatElementsAttr>(op.getValue())) {
    Expr value =
        type.is_float() ? number(type, splat.getSplatValue<APFloat>()) : number(type, splat.getSplatValue<APInt>());
    return [value](const Index &) { return value; };
  }
  return [values = numbers(op.getValue(), type), shape = shapeOf(op.getType()), &algorithm](const Index &index) {
    Expr position = algorithm.linear(index, shape), result = values.back();
    for (size_t i = values.size() - 1; i-- > 0;)
      result = Halide::select(position == int(i), values[i], result);
    return result;
  };
}

static Element size(SizeOp op, Algorithm &algorithm, ArrayRef<Element>) {
  Halide::Type type = elementType(op.getType());
  Expr value = algorithm.size(*SymbolicDim::parse(std::string_view(op.getExpression())), Halide::Int(64));
  return [value = Halide::cast(type, value)](const Index &) { return value; };
}

void attachProgram(MLIRContext *context) {
  attach<ConstantOp, constant>(context);
  attach<SizeOp, size>(context);
}

} // namespace bmc::codegen
