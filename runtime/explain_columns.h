// The inputs' values in the terms of the data: a number for each column of the raw rows.
#ifndef BMC_EXPLAIN_COLUMNS_H
#define BMC_EXPLAIN_COLUMNS_H

#include "columns.h"

namespace bmc {

/// A column of an input, and the values that it becomes.
struct RawColumn {
  const PreparedFeature *prepared;
  int64_t column;       // of the feature
  int64_t source;       // of the file
  int64_t field, first; // the place of its values in a row of the field
  int64_t count;        // 1, or those of a one-hot row
  bool isCategory() const { return prepared->feature->encoding; }
};

/// All columns of the inputs, in the order of the fields.
void findRawColumns(const Columns &columns, const Preparation &preparation, Array<RawColumn> &found);

/// What the column is called: in the header, in the model file, in the training data's header, or `x[3]`.
void appendColumnName(Text &out, const RawColumn &column, const Source &source);

} // namespace bmc

#endif
