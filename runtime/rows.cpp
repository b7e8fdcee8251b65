// Rows of a data set: see rows.h.
#include "rows.h"

#include "errors.h"
#include "numbers.h"
#include "tensor.h"

#include <math.h>

namespace bmc {

static bool isRead(const bmc_field &field, FieldUse use) { return use == FieldUse::all || field.is_input; }

Rows::Rows(FieldUse use) {
  for (int64_t i = 0; i < bmc_program.field_count; ++i) {
    const bmc_field &field = bmc_program.fields[i];
    int64_t rowBytes = elementCount(field.dims, field.rank) * elementBytes(field.element);
    fields.push({&field, rowBytes, nullptr, 0});
    if (isRead(field, use))
      reserve(fields[i], 1);
  }
}

Rows::~Rows() {
  for (FieldRows &rows : fields)
    free(rows.data);
}

void Rows::reserve(FieldRows &rows, int64_t number) {
  if (number <= rows.capacity)
    return;
  int64_t capacity = rows.capacity * 2 > number ? rows.capacity * 2 : number;
  char *data = static_cast<char *>(allocateBuffer(multiplySizes(capacity, rows.rowBytes, "the data"), "the data"));
  if (rows.data)
    memcpy(data, rows.data, count * rows.rowBytes);
  free(rows.data);
  rows.data = data;
  rows.capacity = capacity;
}

void *Rows::addValues(int64_t field) {
  reserve(fields[field], count + 1);
  return fields[field].data + count * fields[field].rowBytes;
}

void Rows::gather(Rows &source, const int64_t *chosen, int64_t begin, int64_t number) {
  for (int64_t f = 0; f < fields.size(); ++f) {
    const char *from = source.fields[f].data;
    if (!from)
      continue;
    int64_t bytes = fields[f].rowBytes;
    reserve(fields[f], number);
    if (!chosen)
      memcpy(fields[f].data, from + begin * bytes, number * bytes);
    for (int64_t i = 0; chosen && i < number; ++i)
      memcpy(fields[f].data + i * bytes, from + chosen[begin + i] * bytes, bytes);
  }
  count = number;
}

RowReader::RowReader(const char *path, FieldUse use) : table(path), use(use) {}

int64_t RowReader::read(Rows &rows, int64_t limit) {
  if (!started)
    begin();
  int64_t added = 0;
  while (added < limit && (rowWaits || table.next())) {
    rowWaits = false;
    readRow(rows);
    ++added;
  }
  return added;
}

/// Looks at the first line, which tells the number of columns and whether it is a header.
void RowReader::begin() {
  started = true;
  if (!table.next())
    fail(exitBadInput, "%s: expected rows, found an empty file", table.name());
  chooseColumns();
  rowWaits = !isHeader();
  if (!rowWaits && !(rowWaits = table.next()))
    fail(exitBadInput, "%s: expected rows, found only a header", table.name());
}

/// The declared columns; or, for `predict`, a table that holds the inputs' columns alone, in their order.
void RowReader::chooseColumns() {
  int64_t last = -1;
  for (int64_t i = 0; i < bmc_program.field_count; ++i) {
    const bmc_field &field = bmc_program.fields[i];
    for (int64_t k = 0; isRead(field, use) && k < field.column_count; ++k) {
      columns.push(field.columns[k]);
      last = field.columns[k] > last ? field.columns[k] : last;
    }
  }
  int64_t found = table.cellCount();
  if (use == FieldUse::inputsOnly && found == columns.size())
    for (int64_t k = 0; k < found; ++k)
      columns[k] = k;
  else if (use == FieldUse::inputsOnly && found <= last)
    fail(exitBadInput, "%s:%lld: expected %lld columns (the inputs) or at least %lld, found %lld", table.name(),
         (long long)table.line(), (long long)columns.size(), (long long)last + 1, (long long)found);
  else if (found <= last)
    fail(exitBadInput, "%s:%lld: expected at least %lld columns, found %lld", table.name(), (long long)table.line(),
         (long long)last + 1, (long long)found);
}

/// A first line with a needed cell that is text. An empty cell proves nothing.
bool RowReader::isHeader() {
  bool text = false, number = false;
  for (int64_t column : columns) {
    double value;
    const char *cell = table.cell(column);
    bool isNumber = parseNumber(cell, value);
    number |= isNumber;
    text |= !isNumber && *cell;
  }
  if (text && number)
    warn("%s:%lld: taken as a header, though some of its cells are numbers", table.name(), (long long)table.line());
  return text;
}

void RowReader::readRow(Rows &rows) {
  nextColumn = 0;
  for (int64_t i = 0; i < bmc_program.field_count; ++i)
    if (isRead(bmc_program.fields[i], use))
      readField(rows, i);
  ++rows.count;
}

void RowReader::readField(Rows &rows, int64_t index) {
  const bmc_field &field = bmc_program.fields[index];
  char *to = static_cast<char *>(rows.addValues(index));
  if (field.encoding == bmc_encode_one_hot) {
    int64_t column = columns[nextColumn++];
    int64_t label = static_cast<int64_t>(readCell(field, column));
    memset(to, 0, rows.field(index).rowBytes);
    storeNumber(field, 1, to, label, column);
    return;
  }
  for (int64_t k = 0; k < field.column_count; ++k) {
    int64_t column = columns[nextColumn++];
    storeNumber(field, readCell(field, column), to, k, column);
  }
}

double RowReader::readCell(const bmc_field &field, int64_t column) {
  const char *cell = table.cell(column);
  double value;
  if (!parseNumber(cell, value))
    failAt(column, "a number");
  if (!isfinite(value))
    failAt(column, "a finite number");
  if (field.classes > 0 && !(value == floor(value) && value >= 0 && value < static_cast<double>(field.classes))) {
    Text expected;
    expected.format("a class from 0 to %lld", static_cast<long long>(field.classes - 1));
    failAt(column, expected.get());
  }
  return value;
}

void RowReader::storeNumber(const bmc_field &field, double value, void *to, int64_t index, int64_t column) {
  if (field.element == bmc_f32) {
    float narrow = static_cast<float>(value);
    if (!isfinite(narrow))
      failAt(column, "a number within f32's range");
    static_cast<float *>(to)[index] = narrow;
  } else if (field.element == bmc_f64) {
    static_cast<double *>(to)[index] = value;
  } else if (value != floor(value)) {
    failAt(column, "a whole number");
  } else if (field.element == bmc_bool) {
    if (value != 0 && value != 1)
      failAt(column, "0 or 1");
    static_cast<uint8_t *>(to)[index] = value != 0;
  } else if (field.element == bmc_i32) {
    if (value < INT32_MIN || value > INT32_MAX)
      failAt(column, "a whole number within i32's range");
    static_cast<int32_t *>(to)[index] = static_cast<int32_t>(value);
  } else {
    // Beyond 2^53 a double has lost digits that the cell may have.
    int64_t exact;
    if (!parseInteger(table.cell(column), exact) && fabs(value) > 9007199254740992.0)
      failAt(column, "a whole number within i64's range");
    else if (!parseInteger(table.cell(column), exact))
      exact = static_cast<int64_t>(value);
    static_cast<int64_t *>(to)[index] = field.encoding == bmc_encode_one_hot ? 1 : exact;
  }
}

/// Cells come from anywhere: what cannot be printed is shown as '?', and a long cell is cut.
void RowReader::failAt(int64_t column, const char *expected) {
  enum { shownCharacters = 40 };
  const char *cell = table.cell(column);
  Text shown;
  for (const char *p = cell; *p && p - cell < shownCharacters; ++p)
    shown.appendCharacter(static_cast<unsigned char>(*p) < 0x20 || *p == 0x7f ? '?' : *p);
  if (strlen(cell) > shownCharacters)
    shown.append("...");
  if (*cell == '\0')
    fail(exitBadInput, "%s:%lld:%lld: expected %s, found an empty cell", table.name(), (long long)table.line(),
         (long long)column + 1, expected);
  fail(exitBadInput, "%s:%lld:%lld: expected %s, found '%s'", table.name(), (long long)table.line(),
       (long long)column + 1, expected, shown.get());
}

void readRows(const char *path, Rows &rows) {
  RowReader reader(path, FieldUse::all);
  reader.read(rows, INT64_MAX);
}

} // namespace bmc
