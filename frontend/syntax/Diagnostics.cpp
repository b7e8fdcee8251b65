// Collects diagnostics and prints them with the source line and a caret.
#include "Diagnostics.h"

#include <algorithm>

namespace bmc::frontend {

static bool sameText(const Diagnostic::Place &a, std::optional<Range> range, const std::string &message) {
  if (a.message != message || a.range.has_value() != range.has_value())
    return false;
  return !range || (a.range->file == range->file && a.range->begin == range->begin);
}

Diagnostic &Diagnostics::report(Severity severity, std::optional<Range> range, std::string message) {
  if (severity == Severity::Error && errors > limit)
    return dropped = {};
  // A layer that is used ten times would report its error ten times.
  for (const Diagnostic &earlier : kept)
    if (sameText(earlier.main, range, message))
      return dropped = {};
  if (severity == Severity::Error && ++errors > limit)
    return dropped = {};
  kept.push_back({{severity, range, std::move(message)}, {}, {}});
  return kept.back();
}

bool Diagnostics::hasErrorAt(Range range) const {
  return std::any_of(kept.begin(), kept.end(), [&](const Diagnostic &diagnostic) {
    const Diagnostic::Place &place = diagnostic.main;
    return place.severity == Severity::Error && place.range && place.range->file == range.file &&
           place.range->begin == range.begin;
  });
}

void Diagnostics::add(Diagnostic diagnostic) {
  Diagnostic &added = report(diagnostic.main.severity, diagnostic.main.range, diagnostic.main.message);
  added.notes = std::move(diagnostic.notes);
  added.callers = std::move(diagnostic.callers);
}

static const char *severityName(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Note:
    return "note";
  }
  return "";
}

/// The first byte behind `count` code points.
static size_t bytesOf(std::string_view text, size_t count) {
  size_t at = 0;
  for (; at < text.size(); ++at)
    if ((text[at] & 0xC0) != 0x80 && count-- == 0)
      break;
  return at;
}

/// Control characters and broken bytes would disturb the terminal and the caret's place.
static std::string printable(std::string_view text) {
  std::string out;
  for (unsigned char c : text)
    out += c < 0x20 && c != '\t' ? ' ' : static_cast<char>(c);
  return out;
}

static void printCaret(std::ostream &out, std::string_view line, unsigned column, unsigned width) {
  static constexpr unsigned widest = 160;
  // Of a very long line, only the surroundings of the place are shown.
  if (column > widest / 2 && codePoints(line) > widest) {
    size_t skip = column - widest / 2;
    line.remove_prefix(bytesOf(line, skip));
    column -= skip;
  }
  line = line.substr(0, bytesOf(line, widest));
  std::string padding;
  for (char c : line.substr(0, bytesOf(line, column - 1)))
    if ((c & 0xC0) != 0x80)
      padding += c == '\t' ? '\t' : ' '; // keeps the caret under its character at any tab width
  unsigned room = codePoints(line) + 1 > column ? codePoints(line) + 1 - column : 1;
  width = std::max(1u, std::min(width, room));
  out << "    " << printable(line) << "\n    " << padding << '^' << std::string(width - 1, '~') << '\n';
}

void printPlace(std::ostream &out, const SourceManager &sources, const Diagnostic::Place &place) {
  if (!place.range) {
    out << "bmc: " << severityName(place.severity) << ": " << place.message << '\n';
    return;
  }
  Range range = *place.range;
  Position begin = sources.position(range.file, range.begin);
  out << sources.name(range.file) << ':' << begin.line << ':' << begin.column << ": " << severityName(place.severity)
      << ": " << place.message << '\n';
  Position end = sources.position(range.file, std::max(range.begin, range.end));
  std::string_view line = sources.line(range.file, begin.line);
  unsigned width = end.line == begin.line ? end.column - begin.column : codePoints(line) + 1 - begin.column;
  printCaret(out, line, begin.column, width);
}

void Diagnostics::print(std::ostream &out) const {
  for (const Diagnostic &diagnostic : kept) {
    printPlace(out, sources, diagnostic.main);
    for (const auto *list : {&diagnostic.notes, &diagnostic.callers})
      for (const Diagnostic::Place &note : *list)
        printPlace(out, sources, note);
  }
  if (errors > limit)
    out << "bmc: error: too many errors: only the first " << limit << " are shown\n";
}

} // namespace bmc::frontend
