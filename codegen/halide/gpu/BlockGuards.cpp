// See the header.
#include "codegen/halide/gpu/BlockGuards.h"

using namespace Halide::Internal;
using Halide::Expr;

namespace bmc::codegen {

// Whether a <= b for all values of a variable, in which the difference is linear: then it is for the last one, or for
// the first.
static bool isAlwaysAtMost(const Expr &a, const Expr &b, const std::string &variable, const Interval &values) {
  Expr difference = simplify(a - b), next = Variable::make(Halide::Int(32), variable) + 1;
  Expr step = simplify(substitute(variable, next, difference) - difference);
  bool grows = is_positive_const(step);
  return (grows || is_negative_const(step)) &&
         can_prove(substitute(variable, grows ? values.max : values.min, difference) <= 0);
}

namespace {
class KnownComparisons : public IRMutator {
public:
  explicit KnownComparisons(const std::map<std::string, Interval> &blocks) : blocks(blocks) {}

protected:
  using IRMutator::visit;
  Expr visit(const LE *compare) override { return isAlways(compare->a, compare->b) ? const_true() : Expr(compare); }
  Expr visit(const LT *compare) override { return isAlways(compare->a, compare->b - 1) ? const_true() : Expr(compare); }

private:
  bool isAlways(const Expr &a, const Expr &b) const {
    return a.type() == Halide::Int(32) && std::any_of(blocks.begin(), blocks.end(), [&](const auto &block) {
             return isAlwaysAtMost(a, b, block.first, block.second);
           });
  }

  const std::map<std::string, Interval> &blocks;
};
} // namespace

Stmt BlockGuards::visit(const For *loop) {
  if (loop->for_type != ForType::GPUBlock)
    return IRMutator::visit(loop);
  blocks[loop->name] = Interval(loop->min, simplify(loop->min + loop->extent - 1));
  Stmt result = IRMutator::visit(loop);
  blocks.erase(loop->name);
  return result;
}

Expr BlockGuards::known(const Expr &condition) const {
  Expr result = KnownComparisons(blocks).mutate(condition);
  return result.same_as(condition) ? condition : simplify(result);
}

// A condition may have a name.
Stmt BlockGuards::visit(const LetStmt *let) {
  if (let->value.type() == Halide::Bool() && is_const_one(known(let->value)))
    return mutate(substitute(let->name, const_true(), let->body));
  return IRMutator::visit(let);
}

Stmt BlockGuards::visit(const IfThenElse *choice) {
  Expr condition = known(choice->condition);
  if (is_const_one(condition))
    return mutate(choice->then_case);
  return IfThenElse::make(condition, mutate(choice->then_case), mutate(choice->else_case));
}

} // namespace bmc::codegen
