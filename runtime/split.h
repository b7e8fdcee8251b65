// Which rows of a file belong to which data set.
#ifndef BMC_SPLIT_H
#define BMC_SPLIT_H

#include "columns.h"

namespace bmc {

/// The rows of a file that a data set takes.
struct RowFilter {
  const uint8_t *parts = nullptr; // of each row; null: all rows are taken
  int64_t count = 0;
  uint8_t part = 0;

  bool takes(int64_t row) const { return !parts || (row < count && parts[row] == part); }
};

} // namespace bmc

struct bmc_splitter {
  /// The part of each row of the source, from `split`'s shares and seed.
  void (*split)(bmc::Source &source, bmc::Columns &columns, const bmc_split &split, bmc::Array<uint8_t> &parts);
  /// All rows of the source, shuffled with the seed, those of a class one behind the other.
  void (*order)(bmc::Source &source, bmc::Columns &columns, const bmc_folds &folds, bmc::Array<int64_t> &order);
};

#endif
