// The preparation of columns: see preparation.h.
#include "preparation.h"

#include "step_functions.h"

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
      prepared->learnedCount = learnedNumbers(feature);
      for (int64_t s = 0; s < feature.step_count; ++s)
        if (feature.steps[s].kind->learning)
          learning = feature.steps[s].kind->learning;
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
  return applySteps(*prepared.feature, prepared.learned.data() + column * prepared.learnedCount, steps, value);
}

double Preparation::undo(const PreparedFeature &prepared, int64_t column, double value) {
  return undoSteps(*prepared.feature, prepared.learned.data() + column * prepared.learnedCount, value);
}

} // namespace bmc
