// Reductions: the rule of each; the order is in codegen/halide/Reductions.cpp.
#include "codegen/halide/Reductions.h"
#include "codegen/halide/Strict.h"
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;
using Halide::Func;
using Halide::Tuple;
using Halide::Var;

namespace bmc::codegen {

static Element reduceSum(ReduceSumOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  ReductionRule rule{Halide::Internal::make_zero(elementType(op.getType())),
                     [](Expr sum, Expr x) { return strict::add(sum, x); }};
  return reduce(algorithm, "sum", ReducedAxes(op.getX(), op.getAxes()), operands[0], rule);
}

static Element reduceMax(ReduceMaxOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  Halide::Type type = elementType(op.getType());
  ReducedAxes axes(op.getX(), op.getAxes());
  auto greater = [](Expr highest, Expr x) { return Halide::max(highest, x); };
  if (!type.is_float())
    return reduce(algorithm, "maximum", axes, operands[0], {type.min(), greater});
  auto order = [x = operands[0]](const Index &index) { return strict::orderOf(x(index)); };
  Expr lowest = Halide::Internal::make_zero(type.with_code(halide_type_uint));
  return [highest = reduce(algorithm, "maximum", axes, order, {lowest, greater})](const Index &index) {
    return strict::fromOrder(highest(index));
  };
}

// The best value so far and its position, as a tuple. A NaN is better than any number and nothing is better than it.
static Element argmax(ArgmaxOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  ReducedAxes axes(op.getX(), {int64_t(op.getAxis())});
  std::vector<Var> vars = axisVars(axes.kept.size()), arguments = innermostFirst(vars);
  std::vector<Expr> kept = axes.keptPositions(algorithm, vars);
  Halide::RDom rest(1, algorithm.extent(op.getX(), op.getAxis()) - 1);
  Func best("argmax");
  best(arguments) = Tuple(operands[0](axes.operandIndex(kept, {0})), 0);
  Expr highest = best(arguments)[0], candidate = operands[0](axes.operandIndex(kept, {rest}));
  Expr isBetter = !strict::isNaN(highest) && !strict::lessEqual(candidate, highest);
  best(arguments) = Tuple(select(isBetter, candidate, highest), select(isBetter, Expr(rest), best(arguments)[1]));
  algorithm.add({AccessPattern::Reduction, axes.keptShape(), best, vars, Func()});
  return [best](const Index &index) -> Expr { return best(innermostFirst(index.axes))[1]; };
}

void attachReduce(MLIRContext *context) {
  attach<ReduceSumOp, reduceSum>(context);
  attach<ReduceMaxOp, reduceMax>(context);
  attach<ArgmaxOp, argmax>(context);
}

} // namespace bmc::codegen
