// What is wrong, where, and what else has to do with it. Used by every step of the frontend, and by the driver for the
// diagnostics of later passes, so that all of them look alike:
//
//     net.bm:7:12: error: the inner sizes of '@' differ: 3 and 4
//         let y = x @ w
//                 ~~^~~
//     net.bm:3:5: note: 'w' was declared as f32[4, 5] here
#pragma once

#include "Source.h"

#include <ostream>

namespace bmc::frontend {

enum class Severity { Error, Warning, Note };

struct Diagnostic {
  struct Place {
    Severity severity;
    std::optional<Range> range; // absent: the command line or the whole program is meant
    std::string message;
  };
  Place main;
  std::vector<Place> notes;   // the other places that are involved
  std::vector<Place> callers; // where the code that has the error was called from; shown last

  Diagnostic &note(std::optional<Range> range, std::string message) {
    notes.push_back({Severity::Note, range, std::move(message)});
    return *this;
  }
};

class Diagnostics {
public:
  explicit Diagnostics(const SourceManager &sources) : sources(sources) {}

  /// Errors beyond this number are counted, not kept: they are nearly always consequences.
  static constexpr unsigned limit = 20;

  Diagnostic &error(std::optional<Range> range, std::string message) {
    return report(Severity::Error, range, std::move(message));
  }
  Diagnostic &warning(std::optional<Range> range, std::string message) {
    return report(Severity::Warning, range, std::move(message));
  }

  bool hasErrors() const { return errors != 0; }
  bool full() const { return errors >= limit; }
  unsigned errorCount() const { return errors; }
  /// Whether an error begins at this place.
  bool hasErrorAt(Range range) const;
  /// Takes over a diagnostic that was collected elsewhere.
  void add(Diagnostic diagnostic);
  const std::deque<Diagnostic> &all() const { return kept; }
  void print(std::ostream &out) const;

private:
  Diagnostic &report(Severity severity, std::optional<Range> range, std::string message);

  const SourceManager &sources;
  std::deque<Diagnostic> kept; // a reference that was handed out for its notes must stay valid
  Diagnostic dropped;
  unsigned errors = 0;
};

/// One place: the position, the message, the source line and a caret under it.
void printPlace(std::ostream &out, const SourceManager &sources, const Diagnostic::Place &place);

} // namespace bmc::frontend
