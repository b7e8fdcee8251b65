// Tables as a source of rows: names of columns, missing cells, numbers and texts.
#include "errors.h"
#include "numbers.h"
#include "source.h"
#include "table.h"

#include <math.h>
#include <strings.h>

namespace bmc {

class TableSource final : public Source {
public:
  TableSource(const char *path, const bmc_dataset &set, bool again);

  bool next() override;
  void rewind() override;
  void close() override { destroy(this); }
  int64_t columnCount() const override { return reader.cellCount(); }
  double number(int64_t column) override;
  bool integer(int64_t column, int64_t &value) override { return parseInteger(reader.cell(column), value); }
  const char *text(int64_t column) override;
  int hasHeader() const override { return static_cast<int>(set.header); }
  const char *firstCell(int64_t column) const override { return reader.cell(column); }
  void useHeader(bool isHeader) override;
  const char *columnName(int64_t column) const override;
  [[noreturn]] void failAt(int64_t column, const char *expected) override;

private:
  bool isMissing(const char *cell) const;

  TableReader reader;
  const bmc_dataset &set;
  bool hasNames = false, rowWaits = true, numbersCanBeMissing = false;
  Array<int64_t> namesAt;
  Array<char> names;
};

TableSource::TableSource(const char *path, const bmc_dataset &set, bool again)
    : reader(path, static_cast<char>(set.separator), again), set(set) {
  fileName = reader.name();
  double value;
  for (int64_t i = 0; i < set.missing_count; ++i)
    numbersCanBeMissing |= parseNumber(set.missing[i], value);
  if (!reader.next())
    fail(exitBadInput, "%s: expected rows, found an empty file", fileName);
}

void TableSource::useHeader(bool isHeader) {
  hasNames = isHeader;
  if (!isHeader)
    return;
  for (int64_t i = 0; i < reader.cellCount(); ++i) {
    namesAt.push(names.size());
    names.append(reader.cell(i), static_cast<int64_t>(strlen(reader.cell(i))) + 1);
  }
  rowWaits = reader.next();
  if (!rowWaits)
    fail(exitBadInput, "%s: expected rows, found only a header", fileName);
}

const char *TableSource::columnName(int64_t column) const {
  return hasNames ? names.data() + namesAt[column] : nullptr;
}

bool TableSource::next() {
  bool found = rowWaits || reader.next();
  rowWaits = false;
  return found;
}

void TableSource::rewind() {
  reader.rewind();
  reader.next();
  rowWaits = !hasNames || reader.next();
}

bool TableSource::isMissing(const char *cell) const {
  static const char usual[][5] = {"", "NA", "N/A", "nan", "null", "?"};
  if (!set.missing_count) {
    for (const char *text : usual)
      if (!strcasecmp(cell, text))
        return true;
    return false;
  }
  for (int64_t i = 0; i < set.missing_count; ++i)
    if (!strcmp(cell, set.missing[i]))
      return true;
  return false;
}

double TableSource::number(int64_t column) {
  const char *cell = reader.cell(column);
  double value;
  if (numbersCanBeMissing && isMissing(cell))
    return NAN;
  if (parseNumber(cell, value))
    return value;
  if (!isMissing(cell))
    failAt(column, "a number");
  return NAN;
}

const char *TableSource::text(int64_t column) {
  const char *cell = reader.cell(column);
  return isMissing(cell) ? nullptr : cell;
}

void TableSource::failAt(int64_t column, const char *expected) {
  const char *cell = reader.cell(column);
  Text shown;
  if (*cell)
    appendShown(shown.append("'"), cell), shown.append("'");
  else
    shown.append("an empty cell");
  const char *named = columnName(column);
  if (named && *named)
    appendShown(shown.append(" in column '"), named), shown.append("'");
  fail(exitBadInput, "%s:%lld:%lld: expected %s, found %s", fileName, (long long)reader.line(), (long long)column + 1,
       expected, shown.get());
}

static Source *open(const char *path, const bmc_dataset &set, bool again, FieldUse) {
  return create<TableSource>(path, set, again);
}

} // namespace bmc

extern "C" const bmc_format bmc_format_table = {bmc::open};
