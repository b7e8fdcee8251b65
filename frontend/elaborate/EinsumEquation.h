// The text of an einsum: `bij,bjk->bik`.
#pragma once

#include "Evaluator.h"

namespace bmc::frontend {

/// The axes of one tensor.
struct EinsumTerm {
  struct Item {
    char letter; // 0: `...`
    Range range;
  };
  std::vector<Item> items;
  std::string text;
  Range range;

  bool hasEllipsis() const;
  size_t letters() const { return items.size() - hasEllipsis(); }
};

class EinsumEquation {
public:
  /// Reads the text; reports what is wrong with it.
  EinsumEquation(Evaluator &evaluator, const Bound &argument);

  const std::vector<EinsumTerm> &inputs() const { return terms; }
  const EinsumTerm &output() const { return result; }
  /// Where an input has a letter, or `...` for any other number.
  Range placeOf(size_t input, int label) const;

private:
  EinsumTerm term(size_t begin, size_t end) const;
  Range place(size_t begin, size_t end) const;
  void checkOutput() const;
  void deriveOutput();

  Evaluator &e;
  std::string text;
  Range range;
  bool isLiteral = false; // then the text's characters have places of their own
  std::vector<EinsumTerm> terms;
  EinsumTerm result;
};

} // namespace bmc::frontend
