// Tables of text cells: see table.h.
#include "table.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace bmc {

enum { bufferBytes = 1 << 16 };

TableReader::TableReader(const char *path) {
  bool standardInput = !strcmp(path, "-");
  fileName = standardInput ? "standard input" : path;
  descriptor = standardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    fail(exitBadInput, "%s: cannot open: %s", fileName, systemError());
  buffer.resize(bufferBytes);
  fill();
  skipByteOrderMark();
  detectSeparator();
}

TableReader::~TableReader() {
  if (descriptor != STDIN_FILENO)
    close(descriptor);
}

bool TableReader::fill() {
  if (atEnd)
    return false;
  ssize_t count;
  do
    count = read(descriptor, buffer.data(), bufferBytes);
  while (count < 0 && errno == EINTR);
  if (count < 0)
    fail(exitBadInput, "%s: cannot read: %s", fileName, systemError());
  position = 0;
  filled = count;
  atEnd = count == 0;
  return !atEnd;
}

int TableReader::refill() { return fill() ? static_cast<unsigned char>(buffer[position++]) : -1; }

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
  if (position >= filled && !fill())
    return false;
  readLine();
  if (isEmptyLine()) {
    int64_t emptyLine = rowLine;
    while (isEmptyLine()) {
      if (position >= filled && !fill())
        return false;
      readLine();
    }
    fail(exitBadInput, "%s:%lld: expected a row, found an empty line", fileName, (long long)emptyLine);
  }
  if (expectedLine == 0) {
    expectedCells = cells.size();
    expectedLine = rowLine;
  }
  if (cells.size() != expectedCells)
    fail(exitBadInput, "%s:%lld: expected %lld columns as in line %lld, found %lld", fileName, (long long)rowLine,
         (long long)expectedCells, (long long)expectedLine, (long long)cells.size());
  return true;
}

void TableReader::readLine() {
  characters.clear();
  cells.clear();
  rowLine = currentLine;
  int end;
  do {
    cells.push(characters.size());
    end = readCell();
    characters.push('\0');
  } while (end == separator);
  ++currentLine;
}

/// Appends the cell's text to `characters` and returns what ended it: the separator, '\n' or -1.
int TableReader::readCell() {
  int c = get();
  while (isBlank(c))
    c = get();
  return c == '"' ? readQuotedCell() : readPlainCell(c);
}

int TableReader::readPlainCell(int c) {
  int64_t begin = characters.size();
  for (; !endsCell(c); c = get())
    characters.push(c ? static_cast<char>(c) : '?'); // a zero would end the cell
  while (characters.size() > begin && isBlank(characters[characters.size() - 1]))
    characters.resize(characters.size() - 1);
  return c;
}

int TableReader::readQuotedCell() {
  int c;
  for (;;) {
    c = get();
    if (c < 0)
      fail(exitBadInput, "%s:%lld:%lld: expected a closing quote, found the end of the file", fileName,
           (long long)rowLine, (long long)cells.size());
    currentLine += c == '\n';
    if (c == '"' && (c = get()) != '"')
      break;
    characters.push(c ? static_cast<char>(c) : '?'); // a zero would end the cell
  }
  while (isBlank(c))
    c = get();
  if (!endsCell(c))
    fail(exitBadInput, "%s:%lld:%lld: expected a separator behind the closing quote, found '%c'", fileName,
         (long long)rowLine, (long long)cells.size(), c);
  return c;
}

} // namespace bmc
