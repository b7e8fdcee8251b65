// Tables of text cells: see table.h. A row is scanned in the buffer without a change, so that it can be scanned again
// when the buffer ends in it; then zeros are written behind its cells.
#include "table.h"

#include "errors.h"

namespace bmc {

enum { firstBufferBytes = 1 << 18 };

TableReader::TableReader(const char *path, char separator, bool again) : file(path, again), givenSeparator(separator) {
  buffer.resize(firstBufferBytes);
  begin();
}

void TableReader::rewind() {
  file.rewind();
  begin();
}

void TableReader::begin() {
  position = filled = 0;
  atEnd = false;
  currentLine = 1;
  fill();
  skipByteOrderMark();
  separator = givenSeparator;
  if (!separator)
    detectSeparator();
  memset(endsPlainCell, 0, sizeof endsPlainCell);
  endsPlainCell[static_cast<unsigned char>(separator)] = endsPlainCell['\n'] = endsPlainCell[0] = true;
}

/// Moves the row's beginning to the front and reads more; false where there is no more.
bool TableReader::fill() {
  if (atEnd)
    return false;
  atEnd = file.refill(buffer, position, filled) == 0;
  buffer[filled] = '\n';
  return !atEnd;
}

void TableReader::skipByteOrderMark() {
  if (filled >= 3 && !memcmp(buffer.data(), "\xef\xbb\xbf", 3))
    position = 3;
}

/// The most frequent candidate outside quotes in the first line; a comma where there is none.
void TableReader::detectSeparator() {
  static const char candidates[] = {',', ';', '\t'};
  int64_t counts[3] = {};
  bool quoted = false;
  for (int64_t i = position; i < filled && (quoted || buffer[i] != '\n'); ++i) {
    quoted ^= buffer[i] == '"';
    for (int k = 0; k < 3; ++k)
      counts[k] += !quoted && buffer[i] == candidates[k];
  }
  int best = 0;
  for (int k = 1; k < 3; ++k)
    if (counts[k] > counts[best])
      best = k;
  separator = candidates[best];
}

bool TableReader::next() {
  if (!readLine())
    return false;
  if (isEmptyLine()) {
    int64_t emptyLine = rowLine;
    while (isEmptyLine())
      if (!readLine())
        return false;
    fail(exitBadInput, "%s:%lld: expected a row, found an empty line", name(), (long long)emptyLine);
  }
  if (expectedLine == 0) {
    expectedCells = cells.size();
    expectedLine = rowLine;
  }
  if (cells.size() != expectedCells)
    fail(exitBadInput, "%s:%lld: expected %lld columns as in line %lld, found %lld", name(), (long long)rowLine,
         (long long)expectedCells, (long long)expectedLine, (long long)cells.size());
  return true;
}

bool TableReader::readLine() {
  if (position >= filled && !fill())
    return false;
  rowLine = currentLine;
  while (!scanLine())
    fill();
  terminateCells();
  currentLine += 1 + linesInQuotes;
  return true;
}

/// Finds the row's cells; false where the buffer ends before the row does.
bool TableReader::scanLine() {
  cells.clear();
  linesInQuotes = 0;
  int64_t at = position;
  do
    if (!scanCell(at))
      return false;
  while (buffer[at++] == separator);
  position = at;
  return true;
}

/// Adds the cell that begins at `at` and leaves `at` on what ended it: a separator or a line's end.
bool TableReader::scanCell(int64_t &at) {
  while (isBlank(buffer[at]))
    ++at;
  return buffer[at] == '"' ? scanQuotedCell(at) : scanPlainCell(at);
}

bool TableReader::scanPlainCell(int64_t &at) {
  const char *text = buffer.data();
  int64_t begin = at;
  while (!endsPlainCell[static_cast<unsigned char>(text[at])])
    ++at;
  if (at >= filled && !atEnd)
    return false;
  if (text[at] == '\0')
    fail(exitBadInput, "%s:%lld:%lld: expected text, found a zero byte: is this a binary file?", name(),
         (long long)rowLine, (long long)cells.size() + 1);
  int64_t end = at;
  while (end > begin && isBlank(text[end - 1]))
    --end;
  cells.push({begin, end, false});
  return true;
}

bool TableReader::scanQuotedCell(int64_t &at) {
  const char *text = buffer.data();
  int64_t begin = ++at;
  bool hasDoubledQuotes = false;
  for (;;) {
    for (; at < filled && text[at] != '"'; ++at)
      linesInQuotes += text[at] == '\n';
    if (at + 1 >= filled && !atEnd)
      return false;
    if (at >= filled)
      fail(exitBadInput, "%s:%lld:%lld: expected a closing quote, found the end of the file", name(),
           (long long)rowLine, (long long)cells.size() + 1);
    if (text[at + 1] != '"')
      break;
    hasDoubledQuotes = true;
    at += 2;
  }
  int64_t end = at++;
  while (at < filled && isBlank(text[at]))
    ++at;
  if (at >= filled && !atEnd)
    return false;
  if (text[at] != separator && text[at] != '\n')
    fail(exitBadInput, "%s:%lld:%lld: expected a separator behind the closing quote, found '%c'", name(),
         (long long)rowLine, (long long)cells.size() + 1, text[at] < ' ' ? '?' : text[at]);
  cells.push({begin, end, hasDoubledQuotes});
  return true;
}

void TableReader::terminateCells() {
  for (Cell &cell : cells) {
    char *text = buffer.data();
    if (cell.hasDoubledQuotes) {
      int64_t to = cell.begin;
      for (int64_t from = cell.begin; from < cell.end; ++from) {
        text[to++] = text[from];
        from += text[from] == '"';
      }
      cell.end = to;
    }
    text[cell.end] = '\0';
  }
}

} // namespace bmc
