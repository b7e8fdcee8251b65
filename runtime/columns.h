// Where a source has the columns that the program's features take.
#ifndef BMC_COLUMNS_H
#define BMC_COLUMNS_H

#include "preparation.h"

namespace bmc {

/// Finds the columns by number, by the header's names, or as all that nothing else takes. Decides whether a table's
/// first line is a header. For `predict`, a table may hold the inputs' columns alone, in their order.
class Columns {
public:
  Columns(Source &source, FieldUse use, const Preparation &preparation);

  /// A source's column for each column of a feature (counted over all fields); null where the use does not read it.
  const int64_t *of(int64_t feature) const { return isRead(feature) ? columns.data() + begins[feature] : nullptr; }
  /// The column of a feature that is none of the fields', as `stratify` has it.
  int64_t find(const bmc_feature &feature);

private:
  bool isRead(int64_t feature) const { return use.reads(preparation.feature(feature).field); }
  void decideHeader();
  bool looksLikeHeader() const;
  bool hasInputsAlone() const;
  bool needsInputsAlone() const;
  int64_t inputColumns() const;
  void findFeature(const PreparedFeature &prepared);
  void findNumbers(const bmc_feature &feature);
  void findNames(const char *const *names, int64_t count);
  void findOthers(const PreparedFeature &prepared);
  void findLearned(const PreparedFeature &prepared);
  void findArray(const bmc_feature &feature);
  int64_t findName(const char *name) const;
  [[noreturn]] void failNarrow() const;
  [[noreturn]] void failWithoutName(const char *name) const;

  Source &source;
  FieldUse use;
  const Preparation &preparation;
  Array<int64_t> columns, begins;
};

} // namespace bmc

#endif
