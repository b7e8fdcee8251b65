// The preparation of columns: see preparation.h.
#include "preparation.h"

namespace bmc {

Preparation::Preparation() {
  for (int64_t i = 0; i < bmc_program.field_count; ++i) {
    const bmc_field &field = bmc_program.fields[i];
    firsts.push(features.size());
    for (int64_t k = 0; k < field.feature_count; ++k) {
      const bmc_feature &feature = field.features[k];
      auto *prepared = create<PreparedFeature>();
      prepared->feature = &feature;
      prepared->field = i;
      prepared->learnedCount = 0;
      for (int64_t s = 0; s < feature.step_count; ++s) {
        prepared->learnedCount += feature.steps[s].kind->learnedCount;
        if (feature.steps[s].kind->learning)
          learning = feature.steps[s].kind->learning;
      }
      prepared->learned.resize(multiplySizes(feature.column_count, prepared->learnedCount, "the preparation"));
      if (feature.encoding && feature.encoding->learning)
        learning = feature.encoding->learning;
      for (int64_t c = 0; feature.encoding && c < feature.column_count; ++c)
        prepared->categories.push(feature.encoding->create(feature));
      features.push(prepared);
    }
  }
}

void Preparation::save(SafetensorsWriter &file) const {
  if (learning)
    learning->save(*this, file);
}

void Preparation::load(const WeightFile &file) {
  if (learning)
    learning->load(*this, file);
}

const PreparedFeature *Preparation::preparedAt(int64_t field, int64_t &position) const {
  for (int64_t k = 0; k < bmc_program.fields[field].feature_count; ++k) {
    const bmc_feature &feature = bmc_program.fields[field].features[k];
    int64_t width = feature.column_count * feature.width;
    if (position < width)
      return feature.encoding || feature.step_count == 0 ? nullptr : features[firsts[field] + k];
    position -= width;
  }
  return nullptr;
}

double Preparation::apply(const PreparedFeature &prepared, int64_t column, int64_t steps, double value) {
  const double *learned = prepared.learned.data() + column * prepared.learnedCount;
  for (int64_t s = 0; s < steps; ++s) {
    const bmc_step &step = prepared.feature->steps[s];
    value = step.kind->apply(value, step.arguments, learned);
    learned += step.kind->learnedCount;
  }
  return value;
}

double Preparation::undo(const PreparedFeature &prepared, int64_t column, double value) {
  const double *learned = prepared.learned.data() + (column + 1) * prepared.learnedCount;
  for (int64_t s = prepared.feature->step_count - 1; s >= 0; --s) {
    const bmc_step &step = prepared.feature->steps[s];
    learned -= step.kind->learnedCount;
    if (step.kind->undo)
      value = step.kind->undo(value, step.arguments, learned);
  }
  return value;
}

} // namespace bmc
