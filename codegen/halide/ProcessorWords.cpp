// Which calls are computed in place. See the header.
#include "codegen/halide/ProcessorWords.h"
#include "codegen/halide/Angles.h"
#include "codegen/halide/Gelu.h"
#include "codegen/halide/Philox.h"
#include "codegen/halide/Power.h"

using Halide::Expr;
using Halide::Internal::Call;
using Halide::Internal::Let;
using Halide::Internal::Variable;

namespace bmc::codegen {

Expr computedInPlace(Expr (*function)(const std::vector<Expr> &), const std::vector<Expr> &arguments) {
  std::vector<Expr> named;
  std::vector<std::string> names;
  for (const Expr &argument : arguments) {
    names.push_back(Halide::Internal::unique_name("argument"));
    named.push_back(Variable::make(argument.type(), names.back()));
  }
  Expr result = function(named);
  for (size_t i = names.size(); i-- > 0;)
    result = Let::make(names[i], arguments[i], result);
  return result;
}

Expr ProcessorWords::visit(const Call *call) {
  Expr mutated = IRMutator::visit(call);
  const auto *same = mutated.as<Call>();
  if (!same || same->call_type != Call::PureExtern)
    return mutated;
  if (isRandomBits(same))
    return computedRandomBits(same, alignment);
  Expr (*function)(const std::vector<Expr> &) = same->name == "geluf"  ? elementary::geluOfVector
                                                : same->name == "sinf" ? elementary::sinOf
                                                : same->name == "cosf" ? elementary::cosOf
                                                : same->name == "powf" ? elementary::powerOf
                                                                       : nullptr;
  return function ? computedInPlace(function, same->args) : mutated;
}

// What a number that has a name is a multiple of is told to those that use it.
template <class Node, class Result> Result ProcessorWords::visitLet(const Node *let) {
  bool isPosition = let->value.type() == Halide::Int(32);
  Halide::Internal::ScopedBinding<Halide::Internal::ModulusRemainder> binding(
      isPosition, alignment, let->name,
      isPosition ? modulus_remainder(let->value, alignment) : Halide::Internal::ModulusRemainder());
  return IRMutator::visit(let);
}

Expr ProcessorWords::visit(const Let *let) { return visitLet<Let, Expr>(let); }
Halide::Internal::Stmt ProcessorWords::visit(const Halide::Internal::LetStmt *let) {
  return visitLet<Halide::Internal::LetStmt, Halide::Internal::Stmt>(let);
}

} // namespace bmc::codegen
