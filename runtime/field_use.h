// Which fields of a program are read.
#ifndef BMC_FIELD_USE_H
#define BMC_FIELD_USE_H

#include "bmc/program.h"

namespace bmc {

/// Those of the data sets, or those that a function takes.
class FieldUse {
public:
  static FieldUse ofData() { return FieldUse(nullptr); }
  static FieldUse of(const bmc_function &function) { return FieldUse(&function); }
  bool isOfData() const { return !function; }
  bool reads(int64_t field) const;

private:
  explicit FieldUse(const bmc_function *function) : function(function) {}
  const bmc_function *function;
};

} // namespace bmc

#endif
