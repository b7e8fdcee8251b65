// See explain_columns.h.
#include "explain_columns.h"

namespace bmc {

void findRawColumns(const Columns &columns, const Preparation &preparation, Array<RawColumn> &found) {
  for (int64_t field = 0; field < bmc_program.field_count; ++field) {
    const bmc_field &known = bmc_program.fields[field];
    int64_t first = 0;
    for (int64_t k = 0; known.is_input && k < known.feature_count; ++k) {
      const PreparedFeature &prepared = preparation.feature(preparation.first(field) + k);
      int64_t width = prepared.feature->width;
      const int64_t *sources = columns.of(preparation.first(field) + k);
      for (int64_t c = 0; c < prepared.feature->column_count; ++c, first += width)
        found.push({&prepared, c, sources[c], field, first, width});
    }
  }
}

/// The n-th of zero-terminated texts that follow each other; null where there are fewer.
static const char *textAt(const Array<char> &texts, int64_t number) {
  for (const char *text = texts.data(); text < texts.data() + texts.size(); text += strlen(text) + 1)
    if (number-- == 0)
      return text;
  return nullptr;
}

void appendColumnName(Text &out, const RawColumn &column, const Source &source) {
  const bmc_feature &feature = *column.prepared->feature;
  const bmc_field &field = bmc_program.fields[column.field];
  const char *name = source.columnName(column.source);
  if (!name && feature.selection == bmc_select_names)
    name = feature.names[column.column];
  if (!name)
    name = textAt(column.prepared->columnNames, column.column);
  if (name)
    return (void)out.append(name);
  out.append(field.name);
  if (field.feature_count > 1 || feature.column_count > 1)
    out.format("[%lld]", static_cast<long long>(column.first));
}

} // namespace bmc
