// Weights of classes: see class_weights.h.
#include "class_weights.h"

#include "tensor.h"

namespace bmc {

/// Counts class numbers, or rows with one 1.
static void countClasses(const FieldRows &rows, int64_t count, Array<double> &counts) {
  int64_t width = elementCount(rows.field->dims, rows.field->rank), element = rows.field->element;
  double classes = static_cast<double>(counts.size());
  for (int64_t i = 0; i < count * width; ++i) {
    double value = elementAsDouble(rows.data, static_cast<int32_t>(element), i);
    if (width > 1)
      counts[i % width] += value;
    else if (value >= 0 && value < classes) // not what the loss ignores
      counts[static_cast<int64_t>(value)] += 1;
  }
}

void setClassWeights(Rows &trainRows, Variables &variables) {
  for (int64_t f = 0; f < bmc_program.field_count; ++f) {
    int64_t index = bmc_program.fields[f].class_weights;
    if (index < 0)
      continue;
    const bmc_variable &variable = bmc_program.variables[index];
    Array<double> counts;
    counts.resize(variable.dims[0]);
    countClasses(trainRows.field(f), trainRows.count, counts);
    double rows = 0, classes = static_cast<double>(counts.size());
    for (double number : counts)
      rows += number;
    for (int64_t c = 0; c < counts.size(); ++c) {
      // A class without rows has nothing to weigh.
      double weight = counts[c] > 0 ? rows / (classes * counts[c]) : 0;
      if (variable.element == bmc_f64)
        static_cast<double *>(variables[index])[c] = weight;
      else
        static_cast<float *>(variables[index])[c] = static_cast<float>(weight);
    }
  }
}

} // namespace bmc
