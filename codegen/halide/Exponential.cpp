// The range reduction in strict steps, the polynomials in fast-math steps. See the header.
#include "codegen/halide/Exponential.h"
#include "codegen/halide/Polynomial.h"
#include "codegen/halide/Strict.h"

using Halide::Expr;

namespace bmc::codegen::elementary {
using namespace strict;

Reduced reduce(const Expr &x, int step, const Expr &tail) {
  auto number = [type = x.type()](double value) { return constant(type, value); };
  // The sum has the nearest integer in its last bits, and the bias of exponents beside it.
  Expr magic = number(0x1.8p23 + 127), sum = x * number(1.44269504088896341 / step) + magic,
       n = strict::sub(sum, magic);
  // The first difference is exact. The sum is strict too, or LLVM would make one product of both.
  Expr high = strict::sub(x, strict::mul(n, number(0.693359375 * step)));
  Expr low = n * number(2.1219444005469058e-4 * step);
  return {strict::add(high, tail.defined() ? low + tail : low), fromBits(bits(sum) << 23)};
}

// x + x^2 P(x)
static Expr beyondOne(const Expr &x, std::initializer_list<double> coefficients) {
  return polynomialByPairs(x, coefficients) * (x * x) + x;
}

Expr expm1OfShortRest(const Expr &rest) {
  return beyondOne(rest, {0.00138825667, 0.00836664531, 0.0416673459, 0.166665435, 0.49999997});
}

Expr expm1OfLongRest(const Expr &rest) {
  return beyondOne(rest, {2.4781195e-05, 0.000200958064, 0.00138904701, 0.00833264645, 0.0416666269, 0.166666716, 0.5});
}

Expr expOfLongRest(const Expr &rest) {
  return polynomialByPairs(
      rest, {0.000196117573, 0.00141044625, 0.00833611097, 0.0416612402, 0.166666135, 0.500000358, 1, 1});
}

Expr expm1Of(const Reduced &x) {
  return expm1OfShortRest(x.rest) * x.root + strict::sub(x.root, constant(x.root.type(), 1));
}

Expr inverseOfPower(const Expr &x) { return fromBits((254 << 23) - bits(x)); }

Expr atLeast(const Expr &x, double limit) {
  Expr least = constant(x.type(), limit);
  return select(less(x, least), least, x);
}

Expr atMost(const Expr &x, double limit) {
  Expr most = constant(x.type(), limit);
  return select(less(most, x), most, x);
}

} // namespace bmc::codegen::elementary
