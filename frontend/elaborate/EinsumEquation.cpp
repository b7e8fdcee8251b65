// See the header.
#include "EinsumEquation.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace bmc::frontend {

static bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool EinsumTerm::hasEllipsis() const {
  return std::any_of(items.begin(), items.end(), [](const Item &item) { return item.letter == 0; });
}

EinsumEquation::EinsumEquation(Evaluator &evaluator, const Bound &argument) : e(evaluator), range(argument.range) {
  auto given = argument.object.get<std::string>();
  if (!given)
    e.fail(range, fmt::format("expected a text such as \"ij,jk->ik\", found {}", e.describe(argument.object)));
  text = *given;
  isLiteral = e.sources.text(range) == "\"" + text + "\"";
  size_t arrow = text.find("->"), inputsEnd = std::min(arrow, text.size());
  for (size_t begin = 0; begin <= inputsEnd;) {
    size_t end = std::min(text.find(',', begin), inputsEnd);
    terms.push_back(term(begin, end));
    begin = end + 1;
  }
  if (arrow == std::string::npos) {
    deriveOutput();
  } else {
    result = term(arrow + 2, text.size());
    checkOutput();
  }
}

Range EinsumEquation::place(size_t begin, size_t end) const {
  if (!isLiteral)
    return range;
  uint32_t first = range.begin + 1; // behind the quote
  return {range.file, uint32_t(first + begin), uint32_t(first + std::max(end, begin + 1))};
}

EinsumTerm EinsumEquation::term(size_t begin, size_t end) const {
  EinsumTerm found;
  found.text = text.substr(begin, end - begin);
  found.range = place(begin, end);
  for (size_t i = begin; i < end; ++i) {
    char c = text[i];
    if (c == ' ')
      continue;
    bool isEllipsis = text.compare(i, 3, "...") == 0;
    if (!isLetter(c) && !isEllipsis)
      e.fail(place(i, i + 1), fmt::format("expected a letter, '...', ',' or '->', found '{}'", c));
    size_t length = isEllipsis ? 3 : 1;
    if (isEllipsis && found.hasEllipsis())
      e.fail(place(i, i + length), "'...' stands twice for the axes of one tensor");
    found.items.push_back({isEllipsis ? '\0' : c, place(i, i + length)});
    i += length - 1;
  }
  return found;
}

void EinsumEquation::checkOutput() const {
  auto has = [](const EinsumTerm &term, char letter) {
    return std::any_of(term.items.begin(), term.items.end(), [&](auto &item) { return item.letter == letter; });
  };
  for (auto item = result.items.begin(); item != result.items.end(); ++item) {
    std::string name = item->letter ? fmt::format("'{}'", item->letter) : "'...'";
    if (std::none_of(terms.begin(), terms.end(), [&](auto &term) { return has(term, item->letter); }))
      e.fail(item->range, name + " is an axis of the result, but of no operand");
    if (std::any_of(result.items.begin(), item, [&](auto &other) { return other.letter == item->letter; }))
      e.fail(item->range, name + " stands twice in the result");
  }
}

/// The axes of `...`, then the letters that occur once, sorted.
void EinsumEquation::deriveOutput() {
  std::map<char, unsigned> count;
  for (const EinsumTerm &term : terms)
    for (const EinsumTerm::Item &item : term.items)
      ++count[item.letter];
  result.range = range;
  for (auto [letter, times] : count)
    if (letter == 0 || times == 1)
      result.items.push_back({letter, range});
}

Range EinsumEquation::placeOf(size_t input, int label) const {
  for (const EinsumTerm::Item &item : terms[input].items)
    if (label < 256 ? item.letter == label : item.letter == 0)
      return item.range;
  return terms[input].range;
}

} // namespace bmc::frontend
