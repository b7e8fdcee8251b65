// The texts that are being compiled, and places in them. First in the pipeline: every token, syntax node and diagnostic
// refers to a text by a `Range`.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bmc::frontend {

using FileId = uint32_t;

/// Bytes [begin, end) of a file.
struct Range {
  FileId file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;

  /// The smallest range that holds both; they are in the same file.
  Range to(Range other) const { return {file, begin, other.end > end ? other.end : end}; }
};

/// Line and column, from 1. A column is a code point, not a byte: that is what editors count.
struct Position {
  unsigned line = 1;
  unsigned column = 1;
};

class SourceManager {
public:
  /// Reads a file. Without a value, `error` says why it could not be read.
  std::optional<FileId> open(const std::string &path, std::string &error);
  FileId add(std::string name, std::string text);

  /// How many files there are; their ids are the numbers below.
  FileId count() const { return files.size(); }
  const std::string &name(FileId file) const { return files[file].name; }
  std::string_view text(FileId file) const { return files[file].text; }
  std::string_view text(Range range) const { return text(range.file).substr(range.begin, range.end - range.begin); }
  Position position(FileId file, uint32_t offset) const;
  /// The line's text without its end; empty for a line that does not exist.
  std::string_view line(FileId file, unsigned number) const;
  /// The byte that a position names; the inverse of `position`.
  uint32_t offset(FileId file, Position position) const;
  /// The file of that name, if it was opened.
  std::optional<FileId> find(std::string_view name) const;

private:
  struct File {
    std::string name;
    std::string text;
    std::vector<uint32_t> lineStarts;
  };
  std::deque<File> files; // never moves a text: tokens keep views of it
};

/// The number of code points; a broken byte counts as one.
unsigned codePoints(std::string_view text);

} // namespace bmc::frontend
