// The numbers by which compiled metrics bring outputs and targets back into the units of the data's columns.
#ifndef BMC_UNITS_H
#define BMC_UNITS_H

#include "preparation.h"
#include "variables.h"

namespace bmc {

/// Fills the variables that fields name as their units from what the preparation learned.
void setUnits(const Preparation &preparation, Variables &variables);

} // namespace bmc

#endif
