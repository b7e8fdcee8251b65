// Polynomials in fast-math steps, so that they become fused multiply-adds.
#ifndef BMC_CODEGEN_HALIDE_POLYNOMIAL_H
#define BMC_CODEGEN_HALIDE_POLYNOMIAL_H

#include "Halide.h"

namespace bmc::codegen::elementary {

/// By Horner's rule; the coefficient of the highest power comes first.
inline Halide::Expr polynomial(const Halide::Expr &x, std::initializer_list<double> coefficients) {
  Halide::Expr sum;
  for (double value : coefficients) {
    Halide::Expr coefficient = Halide::Internal::make_const(x.type(), value);
    sum = sum.defined() ? sum * x + coefficient : coefficient;
  }
  return sum;
}

/// By pairs, pairs of pairs and so on (Estrin's rule): a few more products, but half of them wait for no other.
inline Halide::Expr polynomialByPairs(const Halide::Expr &x, std::initializer_list<double> coefficients) {
  std::vector<Halide::Expr> parts;
  for (const double *value = coefficients.end(); value != coefficients.begin();)
    parts.push_back(Halide::Internal::make_const(x.type(), *--value));
  for (Halide::Expr power = x; parts.size() > 1; power = power * power) {
    std::vector<Halide::Expr> pairs;
    for (size_t i = 0; i < parts.size(); i += 2)
      pairs.push_back(i + 1 < parts.size() ? parts[i + 1] * power + parts[i] : parts[i]);
    parts = std::move(pairs);
  }
  return parts[0];
}

} // namespace bmc::codegen::elementary

#endif
