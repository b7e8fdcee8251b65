// Back into the units of the data's columns: see units.h.
#include "units.h"

#include "step_functions.h"

namespace bmc {

void setUnits(const Preparation &preparation, Variables &variables) {
  for (int64_t f = 0; f < bmc_program.field_count; ++f) {
    const bmc_field &field = bmc_program.fields[f];
    if (field.units < 0)
      continue;
    int64_t columns = bmc_program.variables[field.units].dims[2];
    auto *numbers = static_cast<double *>(variables[field.units]);
    for (int64_t k = 0; k < field.feature_count; ++k) {
      const PreparedFeature &prepared = preparation.feature(preparation.first(f) + k);
      for (int64_t c = 0; c < field.features[k].column_count; ++c)
        setLines(*prepared.feature, prepared.learned.data() + c * prepared.learnedCount, numbers++, columns);
    }
  }
}

} // namespace bmc
