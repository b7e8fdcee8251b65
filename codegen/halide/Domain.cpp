// See the header.
#include "codegen/halide/Domain.h"

using Halide::Expr;

namespace bmc::codegen {

Expr over(const Halide::RDom &domain, const Expr &term) {
  for (int dimension = 0; dimension < domain.dimensions(); ++dimension)
    if (Halide::Internal::expr_uses_var(term, domain[dimension].name()))
      return term;
  // True, as Halide knows when it has the loop; until then the variable is there.
  return Halide::select(domain[0] >= 0, term, Halide::Internal::make_zero(term.type()));
}

} // namespace bmc::codegen
