// Tables of text cells (CSV) from a file or standard input, one row at a time.
#ifndef BMC_TABLE_H
#define BMC_TABLE_H

#include "memory.h"

namespace bmc {

/// Reads rows of cells. The separator (comma, semicolon or tab) is found in the first line. Cells may be quoted, a
/// quote inside is doubled, blanks around a cell are dropped, lines end in LF or CRLF. All rows have as many cells as
/// the first.
class TableReader {
public:
  /// `path` may be "-" for standard input.
  explicit TableReader(const char *path);
  ~TableReader();

  /// Reads the next row; false at the end.
  bool next();
  int64_t cellCount() const { return cells.size(); }
  const char *cell(int64_t i) const { return characters.data() + cells[i]; }
  /// The line that the row begins in, from 1.
  int64_t line() const { return rowLine; }
  /// What messages call the file.
  const char *name() const { return fileName; }

private:
  int get() { return position < filled ? static_cast<unsigned char>(buffer[position++]) : refill(); }
  int refill();
  bool fill();
  void skipByteOrderMark();
  void detectSeparator();
  void readLine();
  int readCell();
  int readQuotedCell();
  int readPlainCell(int c);
  bool isBlank(int c) const { return c == ' ' || (c == '\t' && separator != '\t') || c == '\r'; }
  bool endsCell(int c) const { return c == separator || c == '\n' || c < 0; }
  bool isEmptyLine() const { return cells.size() == 1 && *cell(0) == '\0'; }

  const char *fileName;
  int descriptor;
  Array<char> buffer;
  int64_t position = 0, filled = 0;
  bool atEnd = false;

  char separator = '\0';
  Array<char> characters; // the row's cells, each zero-terminated
  Array<int64_t> cells;   // where each begins
  int64_t currentLine = 1, rowLine = 0, expectedCells = 0, expectedLine = 0;
};

} // namespace bmc

#endif
