// Common subexpressions are bound to names within each of the two computations, so that none of the long one's are
// computed in front of the choice. See the header.
#include "codegen/halide/RareCase.h"

using namespace Halide::Internal;
using Halide::Expr;

namespace bmc::codegen::elementary {

Expr unlessRare(const Expr &isRare, const Expr &usual, const Expr &rare) {
  std::string valueName = unique_name("usual"), conditionName = unique_name("isRare");
  Expr value = Variable::make(usual.type(), valueName), condition = Variable::make(isRare.type(), conditionName);
  Expr isAnyRare = condition.type().is_vector() ? VectorReduce::make(VectorReduce::Or, condition, 1) : condition;
  Expr chosen = select(condition, common_subexpression_elimination(rare), value);
  Expr either = Call::make(usual.type(), Call::if_then_else, {isAnyRare, chosen, value}, Call::PureIntrinsic);
  return Let::make(conditionName, isRare, Let::make(valueName, common_subexpression_elimination(usual), either));
}

} // namespace bmc::codegen::elementary
