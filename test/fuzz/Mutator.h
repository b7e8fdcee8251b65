// Texts that were right until somebody changed them: a few bytes, words, numbers or lines, or a piece of another text
// in the middle. A mutant has a number, and the same number is always the same mutant.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace bmc::fuzz {

class Mutator {
public:
  /// `others` are texts that pieces are taken from.
  Mutator(unsigned number, const std::vector<std::string> &others) : random(number), others(others) {}

  std::string mutate(const std::string &text);
  size_t below(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random); }

private:
  using Parts = std::vector<std::string>;

  std::string mutateBytes(std::string text);
  void mutatePart(Parts &parts, const Parts &extremes);
  void changeNumber(Parts &words);
  void splice(Parts &parts, const Parts &other, size_t mostParts);
  void repeatRun(Parts &parts);

  std::mt19937 random;
  const std::vector<std::string> &others;
};

} // namespace bmc::fuzz
