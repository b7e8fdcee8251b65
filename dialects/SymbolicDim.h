// Sizes that are not known at compile time, as polynomials in named symbols: `N`, `2*N+1`, `N*T`, `floordiv(H-3,2)+1`.
// Types, verifiers, the checker, the memory plan and the host code all compute with them. No MLIR here.
#ifndef BMC_DIALECTS_SYMBOLIC_DIM_H
#define BMC_DIALECTS_SYMBOLIC_DIM_H

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bmc::bm {

/// The values of symbols, by name.
using SymbolValues = std::map<std::string, int64_t>;

/// A polynomial with integer coefficients in symbols and `floordiv(polynomial,polynomial)` atoms, kept in one normal form:
/// two dimensions are equal for all values of the symbols that the algebra can see through iff their texts are equal.
class SymbolicDim {
public:
  SymbolicDim(int64_t constant = 0);
  static SymbolicDim symbol(std::string name);
  /// Reads what `text` prints; nothing for anything else, or for numbers beyond 64 bits.
  static std::optional<SymbolicDim> parse(std::string_view text);

  std::string text() const;
  bool isConstant() const;
  std::optional<int64_t> constant() const;
  /// The symbol's name if this is just one symbol.
  std::optional<std::string> singleSymbol() const;
  /// All symbols in it, sorted, each once.
  std::vector<std::string> symbols() const;
  /// The value, or nothing if a symbol has none or the number does not fit in 64 bits.
  std::optional<int64_t> evaluate(const SymbolValues &values) const;
  /// With the known symbols replaced by their values.
  SymbolicDim substitute(const SymbolValues &values) const;

  SymbolicDim operator+(const SymbolicDim &other) const;
  SymbolicDim operator-(const SymbolicDim &other) const;
  SymbolicDim operator*(const SymbolicDim &other) const;
  /// Division rounding down. Exact division of all coefficients, or by a common monomial, stays a polynomial.
  SymbolicDim floordiv(const SymbolicDim &other) const;
  bool operator==(const SymbolicDim &other) const { return terms == other.terms; }
  bool operator!=(const SymbolicDim &other) const { return !(*this == other); }

  /// A monomial: its atoms sorted, each as often as its power. An atom is a symbol or a `floordiv(..)` text.
  using Monomial = std::vector<std::string>;
  /// Coefficients by monomial; none is zero. The empty monomial is the constant.
  const std::map<Monomial, int64_t> &coefficients() const { return terms; }

private:
  std::map<Monomial, int64_t> terms;
};

/// The two operands of an atom `floordiv(a,b)`, or nothing if the atom is a symbol.
std::optional<std::pair<SymbolicDim, SymbolicDim>> divisionOperands(const std::string &atom);

} // namespace bmc::bm

#endif
