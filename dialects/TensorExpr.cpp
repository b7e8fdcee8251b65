// Builds the ops that tensor expressions stand for. See the header.
#include "dialects/TensorExpr.h"
#include "dialects/Ops.h"

using namespace mlir;

namespace bmc::bm {

template <class Op> static TensorExpr build(TensorExpr x) { return x.with(Op::create(*x.builder, x.loc, x.value)); }
template <class Op> static TensorExpr build(TensorExpr x, TensorExpr y) {
  return x.with(Op::create(*x.builder, x.loc, x.value, y.value));
}
static TensorExpr compare(ComparePredicate predicate, TensorExpr x, TensorExpr y) {
  return x.with(CompareOp::create(*x.builder, x.loc, predicate, x.value, y.value));
}

TensorExpr TensorExpr::operator-() const { return build<NegOp>(*this); }
TensorExpr TensorExpr::like(double number) const {
  return with(splat(*builder, loc, number, cast<RankedTensorType>(value.getType())));
}

TensorExpr operator+(TensorExpr x, TensorExpr y) { return build<AddOp>(x, y); }
TensorExpr operator-(TensorExpr x, TensorExpr y) { return build<SubOp>(x, y); }
TensorExpr operator*(TensorExpr x, TensorExpr y) { return build<MulOp>(x, y); }
TensorExpr operator/(TensorExpr x, TensorExpr y) { return build<DivOp>(x, y); }
TensorExpr operator==(TensorExpr x, TensorExpr y) { return compare(ComparePredicate::eq, x, y); }
TensorExpr operator<(TensorExpr x, TensorExpr y) { return compare(ComparePredicate::lt, x, y); }
TensorExpr operator>(TensorExpr x, TensorExpr y) { return compare(ComparePredicate::gt, x, y); }

TensorExpr select(TensorExpr condition, TensorExpr x, TensorExpr y) {
  return x.with(SelectOp::create(*x.builder, x.loc, condition.value, x.value, y.value));
}
TensorExpr sign(TensorExpr x) { return build<SignOp>(x); }
TensorExpr exp(TensorExpr x) { return build<ExpOp>(x); }
TensorExpr log(TensorExpr x) { return build<LogOp>(x); }
TensorExpr sin(TensorExpr x) { return build<SinOp>(x); }
TensorExpr cos(TensorExpr x) { return build<CosOp>(x); }
TensorExpr erf(TensorExpr x) { return build<ErfOp>(x); }
TensorExpr floor(TensorExpr x) { return build<FloorOp>(x); }
TensorExpr pow(TensorExpr x, TensorExpr y) { return build<PowOp>(x, y); }

} // namespace bmc::bm
