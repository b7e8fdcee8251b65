// Lines of text as a source of rows. The array `line` is the whole line, and where `label` is read too, what stands
// behind its first separator, the label being in front of it. `predict` takes lines without labels.
#include "errors.h"
#include "input_file.h"
#include "numbers.h"
#include "source.h"

#include <math.h>

namespace bmc {

static const char byteOrderMark[] = "\xef\xbb\xbf";

class LineSource final : public Source {
public:
  LineSource(const char *path, const bmc_dataset &set, bool again)
      : file(path, again), separator(static_cast<char>(set.separator)) {
    fileName = file.name();
    buffer.resize(firstBufferBytes);
  }

  bool next() override;
  void rewind() override;
  void close() override { destroy(this); }
  int64_t columnCount() const override { return columns; }
  double number(int64_t column) override;
  bool integer(int64_t column, int64_t &value) override { return parseInteger(cell(column), value); }
  const char *text(int64_t column) override;
  bool findArray(const char *array, int64_t &first, int64_t &count) override;
  [[noreturn]] void failAt(int64_t column, const char *expected) override;

private:
  enum { firstBufferBytes = 1 << 16, lineColumn = 0, labelColumn = 1, columns = 2 };
  const char *cell(int64_t column) const { return buffer.data() + (column == labelColumn ? begin : textBegin); }
  bool fill();
  void splitLabel();

  InputFile file;
  char separator;
  bool hasLabels = false; // they are read
  Array<char> buffer;
  int64_t begin = 0, textBegin = 0, end = 0, filled = 0; // of the line; what is read of the file
  int64_t line = 0;
};

/// Moves what is left to the front and reads more; false at the end of the file.
bool LineSource::fill() {
  end -= begin;
  return file.refill(buffer, begin, filled) > 0;
}

bool LineSource::next() {
  begin = end;
  while (!memchr(buffer.data() + end, '\n', filled - end)) {
    end = filled;
    if (fill())
      continue;
    if (begin == filled)
      return false;
    buffer[filled++] = '\n'; // the last line need not end
    end = begin;
  }
  char *found = static_cast<char *>(memchr(buffer.data() + end, '\n', filled - end));
  end = found - buffer.data() + 1;
  if (++line == 1 && !strncmp(buffer.data(), byteOrderMark, strlen(byteOrderMark)))
    begin += static_cast<int64_t>(strlen(byteOrderMark));
  if (memchr(buffer.data() + begin, '\0', end - begin))
    fail(exitBadInput, "%s:%lld: expected text, found a zero byte: is this a binary file?", fileName, (long long)line);
  bool isLongEnd = found > buffer.data() + begin && found[-1] == '\r';
  found[isLongEnd ? -1 : 0] = '\0';
  textBegin = begin;
  if (hasLabels)
    splitLabel();
  return true;
}

void LineSource::splitLabel() {
  char *at = strchr(buffer.data() + begin, separator);
  if (!at) {
    Text shown;
    appendShown(shown, cell(lineColumn));
    fail(exitBadInput, "%s:%lld: expected a label and %s in front of the text, found '%s'", fileName, (long long)line,
         separator == '\t' ? "a tab" : "a separator", shown.get());
  }
  *at = '\0';
  textBegin = at + 1 - buffer.data();
}

void LineSource::rewind() {
  file.rewind();
  begin = textBegin = end = filled = line = 0;
}

double LineSource::number(int64_t column) {
  double value;
  if (column == labelColumn && !*cell(column))
    return NAN;
  if (!parseNumber(cell(column), value))
    failAt(column, "a number");
  return value;
}

const char *LineSource::text(int64_t column) {
  const char *found = cell(column);
  return column == labelColumn && !*found ? nullptr : found;
}

bool LineSource::findArray(const char *array, int64_t &first, int64_t &count) {
  bool isLabel = !strcmp(array, "label");
  hasLabels |= isLabel;
  first = isLabel ? labelColumn : lineColumn;
  count = 1;
  return isLabel || !strcmp(array, "line");
}

void LineSource::failAt(int64_t column, const char *expected) {
  Text shown;
  appendShown(shown, cell(column));
  fail(exitBadInput, "%s:%lld: expected %s%s, found '%s'", fileName, (long long)line, expected,
       column == labelColumn ? " as the label" : "", shown.get());
}

static Source *open(const char *path, const bmc_dataset &set, bool again, FieldUse) {
  return create<LineSource>(path, set, again);
}

} // namespace bmc

extern "C" const bmc_format bmc_format_lines = {bmc::open};
