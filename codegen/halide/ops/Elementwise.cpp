// Elementwise ops in Halide, a line each. Their meaning is in dialects/ops/Elementwise.td.
#include "codegen/halide/Elementary.h"
#include "codegen/halide/Signs.h"
#include "codegen/halide/Strict.h"
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using Halide::Expr;

namespace bmc::codegen {

static Expr compare(CompareOp op, Expr x, Expr y) {
  switch (op.getPredicate()) {
  case ComparePredicate::eq:
    return strict::equal(x, y);
  case ComparePredicate::ne:
    return !strict::equal(x, y);
  case ComparePredicate::lt:
    return strict::less(x, y);
  case ComparePredicate::le:
    return strict::lessEqual(x, y);
  case ComparePredicate::gt:
    return strict::less(y, x);
  case ComparePredicate::ge:
    return strict::lessEqual(y, x);
  }
}

// A bool compares as the number 0 or 1.
static Expr asNumber(Expr x) { return x.type().is_bool() ? Halide::cast<uint8_t>(x) : x; }

static Expr rsqrt(Expr x) { return strict::divide(Halide::Internal::make_one(x.type()), Halide::sqrt(x)); }

void attachElementwise(mlir::MLIRContext *context) {
  attachPointwise<NegOp, [](Expr x) { return strict::negate(x); }>(context);
  attachPointwise<AbsOp, [](Expr x) { return Halide::abs(x); }>(context);
  attachPointwise<SignOp, [](Expr x) { return strict::sign(x); }>(context);
  attachPointwise<ExpOp, [](ExpOp op, Expr x) { return elementary::exp(x, isNeverPositive(op.getX())); }>(context);
  attachPointwise<Expm1Op, [](Expr x) { return elementary::expm1(x); }>(context);
  attachPointwise<LogOp, [](Expr x) { return elementary::log(x); }>(context);
  attachPointwise<Log1pOp, [](Expr x) { return elementary::log1p(x); }>(context);
  attachPointwise<SqrtOp, [](Expr x) { return Halide::sqrt(x); }>(context);
  attachPointwise<RsqrtOp, rsqrt>(context);
  attachPointwise<SinOp, [](Expr x) { return elementary::sin(x); }>(context);
  attachPointwise<CosOp, [](Expr x) { return elementary::cos(x); }>(context);
  attachPointwise<TanhOp, [](Expr x) { return elementary::tanh(x); }>(context);
  attachPointwise<SigmoidOp, [](Expr x) { return elementary::sigmoid(x); }>(context);
  attachPointwise<ErfOp, [](Expr x) { return elementary::erf(x); }>(context);
  attachPointwise<GeluOp, [](Expr x) { return elementary::gelu(x); }>(context);
  attachPointwise<FloorOp, [](Expr x) { return Halide::floor(x); }>(context);
  attachPointwise<CeilOp, [](Expr x) { return Halide::ceil(x); }>(context);
  attachPointwise<RoundOp, [](Expr x) { return strict::round(x); }>(context);

  attachPointwise<AddOp, [](Expr x, Expr y) { return strict::add(x, y); }>(context);
  attachPointwise<SubOp, [](Expr x, Expr y) { return strict::sub(x, y); }>(context);
  attachPointwise<MulOp, [](Expr x, Expr y) { return strict::mul(x, y); }>(context);
  attachPointwise<DivOp, [](Expr x, Expr y) { return strict::divide(x, y); }>(context);
  attachPointwise<RemOp, [](Expr x, Expr y) { return strict::remainder(x, y); }>(context);
  attachPointwise<MaxOp, [](Expr x, Expr y) { return strict::maximum(x, y); }>(context);
  attachPointwise<MinOp, [](Expr x, Expr y) { return strict::minimum(x, y); }>(context);
  attachPointwise<PowOp, [](Expr x, Expr y) { return elementary::power(x, y); }>(context);

  attachPointwise<CompareOp, [](CompareOp op, Expr x, Expr y) { return compare(op, asNumber(x), asNumber(y)); }>(
      context);
  attachPointwise<AndOp, [](Expr x, Expr y) { return x && y; }>(context);
  attachPointwise<OrOp, [](Expr x, Expr y) { return x || y; }>(context);
  attachPointwise<NotOp, [](Expr x) { return !x; }>(context);
  attachPointwise<SelectOp, [](Expr c, Expr x, Expr y) { return Halide::select(c, x, y); }>(context);
  attachPointwise<CastOp, [](CastOp op, Expr x) { return strict::convert(elementType(op.getType()), x); }>(context);
  attachPointwise<StopGradientOp, [](Expr x) { return x; }>(context);
}

} // namespace bmc::codegen
