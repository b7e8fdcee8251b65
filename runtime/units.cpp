// Back into the units of the data's columns: see units.h.
#include "units.h"

namespace bmc {

/// A column's shifts and scales, a line for what is between two functions such as `log`; those of its last steps first.
/// `stride` is the number of columns.
static void setColumn(const PreparedFeature &prepared, int64_t column, double *numbers, int64_t stride) {
  const double *learned = prepared.learned.data() + (column + 1) * prepared.learnedCount;
  double atZero = 0, atOne = 1;
  for (int64_t s = prepared.feature->step_count - 1; s >= -1; --s) {
    const bmc_step *step = s >= 0 ? &prepared.feature->steps[s] : nullptr;
    learned -= step ? step->kind->learnedCount : 0;
    if (!step || step->kind->isCurved) {
      numbers[0] = atZero;
      numbers[stride] = atOne - atZero;
      numbers += 2 * stride;
      atZero = 0;
      atOne = 1;
    } else if (step->kind->undo) {
      atZero = step->kind->undo(atZero, step->arguments, learned);
      atOne = step->kind->undo(atOne, step->arguments, learned);
    }
  }
}

void setUnits(const Preparation &preparation, Variables &variables) {
  for (int64_t f = 0; f < bmc_program.field_count; ++f) {
    const bmc_field &field = bmc_program.fields[f];
    if (field.units < 0)
      continue;
    int64_t columns = bmc_program.variables[field.units].dims[2];
    auto *numbers = static_cast<double *>(variables[field.units]);
    for (int64_t k = 0; k < field.feature_count; ++k)
      for (int64_t c = 0; c < field.features[k].column_count; ++c)
        setColumn(preparation.feature(preparation.first(f) + k), c, numbers++, columns);
  }
}

} // namespace bmc
