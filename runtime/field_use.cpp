// Which fields of a program are read: see field_use.h.
#include "field_use.h"

namespace bmc {

bool FieldUse::reads(int64_t field) const {
  if (!function)
    return !bmc_program.fields[field].is_outside;
  for (int64_t i = 0; i < function->argument_count; ++i)
    if (function->arguments[i].role == bmc_role_input && function->arguments[i].index == field)
      return true;
  return false;
}

} // namespace bmc
