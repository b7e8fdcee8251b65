// Tables of text cells (CSV) from a file or standard input, one row at a time.
#ifndef BMC_TABLE_H
#define BMC_TABLE_H

#include "input_file.h"

namespace bmc {

/// Reads rows of cells. The separator is given, or found in the first line (comma, semicolon or tab). Cells may be
/// quoted, a quote inside is doubled, blanks around a cell are dropped, lines end in LF or CRLF, also inside quotes.
/// All rows have as many cells as the first.
class TableReader {
public:
  TableReader(const char *path, char separator, bool again);

  /// Reads the next row; false at the end.
  bool next();
  void rewind();
  int64_t cellCount() const { return cells.size(); }
  const char *cell(int64_t i) const { return buffer.data() + cells[i].begin; }
  /// The line that the row begins in, from 1.
  int64_t line() const { return rowLine; }
  const char *name() const { return file.name(); }

private:
  /// A cell's text in the buffer; `end` is where its terminating zero goes.
  struct Cell {
    int64_t begin, end;
    bool hasDoubledQuotes;
  };

  void begin();
  bool fill();
  void skipByteOrderMark();
  void detectSeparator();
  bool readLine();
  bool scanLine();
  bool scanCell(int64_t &at);
  bool scanPlainCell(int64_t &at);
  bool scanQuotedCell(int64_t &at);
  void terminateCells();
  bool isBlank(char c) const { return c == ' ' || (c == '\t' && separator != '\t') || c == '\r'; }
  bool isEmptyLine() const { return cells.size() == 1 && *cell(0) == '\0'; }

  InputFile file;
  Array<char> buffer;               // with a line's end as a sentinel behind what is filled
  int64_t position = 0, filled = 0; // the row begins at `position`
  bool atEnd = false;

  char givenSeparator, separator;
  bool endsPlainCell[256] = {};
  Array<Cell> cells;
  int64_t linesInQuotes = 0; // of the row
  int64_t currentLine = 1, rowLine = 0, expectedCells = 0, expectedLine = 0;
};

} // namespace bmc

#endif
