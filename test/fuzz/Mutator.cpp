// See the header.
#include "Mutator.h"

#include <cctype>

namespace bmc::fuzz {

using Parts = std::vector<std::string>;

/// The words, numbers and signs of a text, each with the blanks behind it.
static Parts wordsOf(const std::string &text) {
  auto kind = [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) || c == '_' ? 1 : std::isspace(byte) ? 2 : 0;
  };
  Parts words;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    while (kind(text[i]) == 1 && end < text.size() && kind(text[end]) == 1)
      ++end;
    while (end < text.size() && kind(text[end]) == 2)
      ++end;
    words.push_back(text.substr(i, end - i));
    i = end;
  }
  return words;
}

static Parts linesOf(const std::string &text) {
  Parts lines;
  for (size_t i = 0; i < text.size();) {
    size_t end = std::min(text.find('\n', i), text.size() - 1) + 1;
    lines.push_back(text.substr(i, end - i));
    i = end;
  }
  return lines;
}

static std::string join(const Parts &parts) {
  std::string text;
  for (const std::string &part : parts)
    text += part;
  return text;
}

// clang-format off
static const Parts numbers = {
    "0 ", "1 ", "-1 ", "2 ", "3 ", "7 ", "16 ", "17 ", "64 ", "255 ", "256 ", "1000 ", "65536 ", "2147483647 ", "2147483648 ",
    "4294967296 ", "1000000000000 ", "9223372036854775806 ", "9223372036854775807 ", "9223372036854775808 ", "-9223372036854775808 ",
    "99999999999999999999999 ", "0.5 ", "-0.5 ", "0.0 ", "1.0 ", "1e-320 ", "1e-30 ", "3.5e38 ", "1e308 ", "1e309 ", "nan ", "inf ", "-inf ",
    "N ", "(1/3) ", "2^62 ", "2^63 ", "-(2^63) ", "0^0 ", "(0/0) ", "1e18 ", "1.5 "};

static const Parts words = {
    "[] ", "() ", "x ", "N ", "N*N ", "training ", "none ", "true ", "\"\" ", "\"a\" ", "{a = 1} ", "[1, 2] ", "(1, x) ", "all ", "..", "..S ",
    "-> ", "if ", "else ", "for i in 0..3 { ", "} ", "{ ", ") ", "( ", ", ", "= ", "return ", "let ", "scan t in 0..N carry (h = x) { ",
    "yield ", "@ ", "^ ", "% ", "/ ", "- ", "not ", "f32 ", "f64 ", "i32[N] ", "bool[N] ", "f32[N, 0] ", "f32[.., N] ", "float[..S] ", "grad(", "sum(",
    "checkpoint(", "stop_gradient(", "transpose(", "reshape(x, [N, -1]) ", "cast(x, i32) ", "shape(x) ", "x[0] ", "x[:, 1:] ", "x[i] ",
    "require ", "param w: f32[3] = 0 ", "buffer b: f32 = 0 ", "state m = 0 ", "frozen ", "over ", "Linear(3, 1) ", "Linear ", "relu ", "mse ",
    "Adam ", "network ", "layer ", "train ", "data ", "loss ", "metric ", "fn f(x) { ", "import \"a.bm\" ", "// ", "/// ", "\n", "; "};
// clang-format on

std::string Mutator::mutate(const std::string &text) {
  size_t choice = below(12);
  if (choice == 0)
    return mutateBytes(text);
  bool isOfLines = choice <= 2;
  Parts parts = isOfLines ? linesOf(text) : wordsOf(text);
  for (size_t i = 0, changes = 1 + below(3); i < changes && !parts.empty(); ++i) {
    if (choice == 3)
      changeNumber(parts);
    else if (below(10) == 0)
      repeatRun(parts);
    else if (const std::string &other = others[below(others.size())]; below(5) == 0)
      isOfLines ? splice(parts, linesOf(other), 12) : splice(parts, wordsOf(other), 30);
    else
      mutatePart(parts, isOfLines ? linesOf(other) : below(2) ? words : numbers);
  }
  return join(parts);
}

std::string Mutator::mutateBytes(std::string text) {
  for (size_t i = 0, changes = 1 + below(2); i < changes && !text.empty(); ++i) {
    size_t at = below(text.size());
    if (below(2))
      text[at] = static_cast<char>(below(256));
    else
      text.erase(at, 1 + below(8));
  }
  return text;
}

void Mutator::mutatePart(Parts &parts, const Parts &extremes) {
  size_t at = below(parts.size()), other = below(parts.size());
  const std::string &extreme = extremes[below(extremes.size())];
  switch (below(6)) {
  case 0:
    parts.erase(parts.begin() + at);
    break;
  case 1:
    parts.insert(parts.begin() + at, std::string(parts[other]));
    break;
  case 2:
    std::swap(parts[at], parts[other]);
    break;
  case 3:
    parts[at] = std::string(parts[other]);
    break;
  case 4:
    parts[at] = extreme;
    break;
  default:
    parts.insert(parts.begin() + at, extreme);
  }
}

void Mutator::changeNumber(Parts &parts) {
  std::vector<size_t> found;
  for (size_t i = 0; i < parts.size(); ++i)
    if (std::isdigit(static_cast<unsigned char>(parts[i][0])))
      found.push_back(i);
  if (!found.empty())
    parts[found[below(found.size())]] = numbers[below(numbers.size())];
}

/// Puts a piece of another text in, over a piece of this one or between.
void Mutator::splice(Parts &parts, const Parts &other, size_t mostParts) {
  if (other.empty())
    return;
  size_t first = below(other.size()), count = std::min(1 + below(mostParts), other.size() - first);
  size_t at = below(parts.size());
  if (below(2))
    parts.erase(parts.begin() + at, parts.begin() + std::min(at + count, parts.size()));
  parts.insert(parts.begin() + at, other.begin() + first, other.begin() + first + count);
}

void Mutator::repeatRun(Parts &parts) {
  size_t first = below(parts.size()), count = std::min(1 + below(6), parts.size() - first);
  size_t times = below(4) ? 1 + below(20) : 300;
  Parts run(parts.begin() + first, parts.begin() + first + count), repeated;
  for (size_t i = 0; i < times; ++i)
    repeated.insert(repeated.end(), run.begin(), run.end());
  parts.insert(parts.begin() + first, repeated.begin(), repeated.end());
}

} // namespace bmc::fuzz
