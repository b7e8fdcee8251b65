// Polynomials in symbols: normal form, arithmetic, text. See the header.
#include "dialects/SymbolicDim.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace bmc::bm {

SymbolicDim::SymbolicDim(int64_t constant) {
  if (constant != 0)
    terms[{}] = constant;
}

SymbolicDim SymbolicDim::symbol(std::string name) {
  SymbolicDim result;
  result.terms[{std::move(name)}] = 1;
  return result;
}

bool SymbolicDim::isConstant() const { return constant().has_value(); }

std::optional<int64_t> SymbolicDim::constant() const {
  if (terms.empty())
    return 0;
  if (terms.size() == 1 && terms.begin()->first.empty())
    return terms.begin()->second;
  return std::nullopt;
}

std::optional<std::string> SymbolicDim::singleSymbol() const {
  if (terms.size() != 1 || terms.begin()->second != 1 || terms.begin()->first.size() != 1 ||
      divisionOperands(terms.begin()->first[0]))
    return std::nullopt;
  return terms.begin()->first[0];
}

// Arithmetic ----------------------------------------------------------------------------------------------------------

// Overflowing coefficients saturate and stay so: a polynomial with one has no value.
static bool isSaturated(int64_t x) { return x == INT64_MAX || x == INT64_MIN; }
static int64_t saturatingAdd(int64_t a, int64_t b) {
  int64_t sum;
  if (isSaturated(a) || isSaturated(b))
    return isSaturated(a) ? a : b;
  return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? INT64_MIN : INT64_MAX) : sum;
}
static int64_t saturatingMultiply(int64_t a, int64_t b) {
  int64_t product;
  bool overflows = __builtin_mul_overflow(a, b, &product) || (product != 0 && (isSaturated(a) || isSaturated(b)));
  return overflows ? ((a < 0) != (b < 0) ? INT64_MIN : INT64_MAX) : product;
}

static void accumulate(std::map<SymbolicDim::Monomial, int64_t> &terms, const SymbolicDim::Monomial &monomial,
                       int64_t coefficient) {
  int64_t &entry = terms[monomial];
  entry = saturatingAdd(entry, coefficient);
  if (entry == 0)
    terms.erase(monomial);
}

SymbolicDim SymbolicDim::operator+(const SymbolicDim &other) const {
  SymbolicDim result = *this;
  for (auto &[monomial, coefficient] : other.terms)
    accumulate(result.terms, monomial, coefficient);
  return result;
}

SymbolicDim SymbolicDim::operator-(const SymbolicDim &other) const { return *this + other * SymbolicDim(-1); }

SymbolicDim SymbolicDim::operator*(const SymbolicDim &other) const {
  SymbolicDim result;
  for (auto &[left, a] : terms)
    for (auto &[right, b] : other.terms) {
      Monomial product = left;
      product.insert(product.end(), right.begin(), right.end());
      std::sort(product.begin(), product.end());
      accumulate(result.terms, product, saturatingMultiply(a, b));
    }
  return result;
}

// The quotient of a monomial by another, if it is one.
static std::optional<SymbolicDim::Monomial> divide(const SymbolicDim::Monomial &dividend,
                                                   const SymbolicDim::Monomial &divisor) {
  if (!std::includes(dividend.begin(), dividend.end(), divisor.begin(), divisor.end()))
    return std::nullopt;
  SymbolicDim::Monomial quotient;
  std::set_difference(dividend.begin(), dividend.end(), divisor.begin(), divisor.end(), std::back_inserter(quotient));
  return quotient;
}

static int64_t floorDivide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

static bool hasSaturated(const SymbolicDim &dim) {
  return std::any_of(dim.coefficients().begin(), dim.coefficients().end(),
                     [](const auto &term) { return isSaturated(term.second); });
}

SymbolicDim SymbolicDim::floordiv(const SymbolicDim &other) const {
  if (hasSaturated(*this) || hasSaturated(other))
    return INT64_MAX; // no value either; the machine's division of INT64_MIN by -1 traps
  if (auto a = constant(), b = other.constant(); a && b && *b != 0)
    return floorDivide(*a, *b);
  if (terms.empty())
    return 0;
  if (other.terms.size() == 1) { // a common monomial divides every term exactly
    auto &[divisor, factor] = *other.terms.begin();
    SymbolicDim result;
    bool exact = true;
    for (auto &[monomial, coefficient] : terms) {
      auto quotient = divide(monomial, divisor);
      exact = exact && quotient && coefficient % factor == 0;
      if (exact)
        result.terms[*quotient] = coefficient / factor;
    }
    if (exact)
      return result;
  }
  if (terms == other.terms)
    return 1;
  return symbol("floordiv(" + text() + "," + other.text() + ")");
}

// Values --------------------------------------------------------------------------------------------------------------

static void collectSymbols(const SymbolicDim &dim, std::set<std::string> &names) {
  for (auto &[monomial, coefficient] : dim.coefficients())
    for (const std::string &atom : monomial) {
      auto division = divisionOperands(atom);
      if (!division) {
        names.insert(atom);
        continue;
      }
      collectSymbols(division->first, names);
      collectSymbols(division->second, names);
    }
}

std::vector<std::string> SymbolicDim::symbols() const {
  std::set<std::string> names;
  collectSymbols(*this, names);
  return {names.begin(), names.end()};
}

SymbolicDim SymbolicDim::substitute(const SymbolValues &values) const {
  SymbolicDim result;
  for (auto &[monomial, coefficient] : terms) {
    SymbolicDim product(coefficient);
    for (const std::string &atom : monomial) {
      if (auto division = divisionOperands(atom))
        product = product * division->first.substitute(values).floordiv(division->second.substitute(values));
      else if (auto value = values.find(atom); value != values.end())
        product = product * SymbolicDim(value->second);
      else
        product = product * symbol(atom);
    }
    result = result + product;
  }
  return result;
}

std::optional<int64_t> SymbolicDim::evaluate(const SymbolValues &values) const {
  std::optional<int64_t> value = substitute(values).constant();
  return value && isSaturated(*value) ? std::nullopt : value;
}

// Text ----------------------------------------------------------------------------------------------------------------

std::string SymbolicDim::text() const {
  std::string result;
  auto append = [&](const Monomial &monomial, int64_t coefficient) {
    std::string factors;
    for (const std::string &atom : monomial)
      factors += (factors.empty() ? "" : "*") + atom;
    if (coefficient >= 0 && !result.empty())
      result += "+";
    if (factors.empty())
      result += std::to_string(coefficient);
    else if (coefficient == -1)
      result += "-" + factors;
    else
      result += (coefficient == 1 ? "" : std::to_string(coefficient) + "*") + factors;
  };
  for (auto &[monomial, coefficient] : terms)
    if (!monomial.empty())
      append(monomial, coefficient);
  if (auto constant = terms.find({}); constant != terms.end())
    append({}, constant->second);
  return result.empty() ? "0" : result;
}

namespace {
// sum = ["-"] product { ("+" | "-") product }; product = factor { "*" factor };
// factor = number | name | "floordiv(" sum "," sum ")" | "(" sum ")"
struct DimParser {
  std::string_view rest;
  int depth = 0;

  bool eat(std::string_view token) {
    while (!rest.empty() && rest[0] == ' ')
      rest.remove_prefix(1);
    if (!rest.starts_with(token))
      return false;
    rest.remove_prefix(token.size());
    return true;
  }

  std::optional<SymbolicDim> sum() {
    bool negative = eat("-");
    auto total = product();
    if (total && negative)
      total = SymbolicDim(0) - *total;
    while (total) {
      bool plus = eat("+");
      if (!plus && !eat("-"))
        break;
      auto next = product();
      if (!next)
        return std::nullopt;
      total = plus ? *total + *next : *total - *next;
    }
    return total;
  }

  std::optional<SymbolicDim> product() {
    auto total = factor();
    while (total && eat("*")) {
      auto next = factor();
      if (!next)
        return std::nullopt;
      total = *total * *next;
    }
    return total;
  }

  std::optional<SymbolicDim> factor() {
    if (depth > 100)
      return std::nullopt;
    if (eat("floordiv("))
      return division();
    if (eat("("))
      return parenthesised();
    if (!rest.empty() && isdigit(static_cast<unsigned char>(rest[0])))
      return number();
    size_t length = 0;
    auto isName = [&](char c) { return isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    while (length < rest.size() && isName(rest[length]))
      ++length;
    if (length == 0)
      return std::nullopt;
    std::string name(rest.substr(0, length));
    rest.remove_prefix(length);
    return SymbolicDim::symbol(name);
  }

  std::optional<SymbolicDim> number() {
    int64_t value = 0;
    while (!rest.empty() && isdigit(static_cast<unsigned char>(rest[0]))) {
      if (__builtin_mul_overflow(value, int64_t(10), &value) || __builtin_add_overflow(value, rest[0] - '0', &value))
        return std::nullopt;
      rest.remove_prefix(1);
    }
    return SymbolicDim(value);
  }

  std::optional<SymbolicDim> division() {
    ++depth;
    auto dividend = sum();
    bool comma = eat(",");
    auto divisor = comma ? sum() : std::nullopt;
    --depth;
    if (!dividend || !divisor || !eat(")"))
      return std::nullopt;
    return dividend->floordiv(*divisor);
  }

  std::optional<SymbolicDim> parenthesised() {
    ++depth;
    auto inner = sum();
    --depth;
    return inner && eat(")") ? inner : std::nullopt;
  }
};
} // namespace

std::optional<SymbolicDim> SymbolicDim::parse(std::string_view text) {
  DimParser parser{text};
  auto result = parser.sum();
  return result && parser.rest.empty() ? result : std::nullopt;
}

std::optional<std::pair<SymbolicDim, SymbolicDim>> divisionOperands(const std::string &atom) {
  constexpr std::string_view prefix = "floordiv(";
  if (!atom.starts_with(prefix))
    return std::nullopt;
  DimParser parser{std::string_view(atom).substr(prefix.size())};
  auto dividend = parser.sum();
  if (!dividend || !parser.eat(","))
    return std::nullopt;
  auto divisor = parser.sum();
  if (!divisor)
    return std::nullopt;
  return std::make_pair(*dividend, *divisor);
}

} // namespace bmc::bm
