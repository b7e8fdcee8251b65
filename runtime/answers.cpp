// Predictions in the user's terms: see answers.h.
#include "answers.h"

#include "errors.h"
#include "json.h"
#include "numbers.h"

namespace bmc {

Answers::Answers(const Entry &entry, const Preparation &preparation, AnswerStyle style)
    : entry(entry), preparation(preparation), style(style) {
  int64_t field = 0;
  for (int64_t r = 0; r < entry.resultCount(); ++r) {
    if (entry.result(r).role != bmc_role_output)
      continue;
    while (field < bmc_program.field_count && bmc_program.fields[field].is_input)
      ++field;
    addPart(r, field < bmc_program.field_count ? field++ : -1);
  }
  bool hasProbabilities = !style.probabilities;
  for (const Part &part : parts)
    hasProbabilities |= part.hasProbabilities;
  if (!hasProbabilities)
    fail(exitBadCommandLine,
         "%s predict: --probabilities: this model's loss does not say how its outputs become "
         "probabilities of classes",
         bmc_program.name);
}

void Answers::addPart(int64_t result, int64_t field) {
  Part part = {result, field, false, false};
  if (field >= 0 && bmc_program.fields[field].feature_count == 1) {
    const bmc_feature &feature = bmc_program.fields[field].features[0];
    part.isCategory = feature.encoding && feature.column_count == 1;
  }
  for (int64_t r = 0; r < entry.resultCount(); ++r)
    if (part.isCategory && entry.result(r).role == bmc_role_probabilities && entry.result(r).index == field) {
      part.result = r;
      part.hasProbabilities = true;
    }
  parts.push(part);
}

const PreparedFeature &Answers::categoryOf(const Part &part) const {
  return preparation.feature(preparation.first(part.field));
}

int64_t Answers::widthOf(int64_t result, int64_t rows) const {
  return elementCount(entry.resultDims(result), entry.result(result).rank) / rows;
}

void Answers::appendHeader(Text &out) const {
  if (style.json || !style.probabilities)
    return;
  for (const Part &part : parts) {
    out.append(&part == parts.begin() ? "" : ",");
    if (!part.hasProbabilities) {
      out.append(entry.result(part.result).name);
      continue;
    }
    const PreparedFeature &category = categoryOf(part);
    category.feature->encoding->append(out, *category.categories[0], *category.feature,
                                       bmc_program.fields[part.field].name, nullptr, 0, style);
  }
  out.append("\n");
}

void Answers::appendRow(Text &out, int64_t row, int64_t rows) const {
  out.append(style.json ? "{" : "");
  for (const Part &part : parts) {
    out.append(&part == parts.begin() ? "" : ",");
    int64_t width = widthOf(part.result, rows);
    const bmc_feature *feature = part.isCategory ? categoryOf(part).feature : nullptr;
    bool isClass = feature && (width == feature->category_count ||
                               (part.hasProbabilities && width == 1 && feature->category_count == 2));
    if (!isClass) {
      appendNumbers(out, part, row, rows);
      continue;
    }
    Array<double> scores;
    for (int64_t i = 0; i < width; ++i)
      scores.push(elementAsDouble(entry.resultData(part.result), entry.result(part.result).element, row * width + i));
    AnswerStyle shown = {style.json, style.probabilities && part.hasProbabilities};
    feature->encoding->append(out, *categoryOf(part).categories[0], *feature, bmc_program.fields[part.field].name,
                              scores.data(), width, shown);
  }
  out.append(style.json ? "}\n" : "\n");
}

void Answers::appendNumbers(Text &out, const Part &part, int64_t row, int64_t rows) const {
  int64_t width = widthOf(part.result, rows), index = row * width;
  if (style.json) {
    appendJsonString(out, entry.result(part.result).name);
    out.append(":");
    return appendLists(out, part, entry.resultDims(part.result) + 1, entry.result(part.result).rank - 1, index, index);
  }
  for (int64_t i = 0; i < width; ++i) {
    out.append(i ? "," : "");
    appendNumber(out, part, index + i, i);
  }
}

/// The elements from `index` on as nested lists of the given dims; `index` moves behind them.
void Answers::appendLists(Text &out, const Part &part, const int64_t *dims, int64_t rank, int64_t &index,
                          int64_t first) const {
  if (rank == 0) {
    appendNumber(out, part, index, index - first);
    ++index;
    return;
  }
  out.append("[");
  for (int64_t i = 0; i < dims[0]; ++i) {
    out.append(i ? "," : "");
    appendLists(out, part, dims + 1, rank - 1, index, first);
  }
  out.append("]");
}

/// In the units of the target's column, as far as its preparation can be undone.
void Answers::appendNumber(Text &out, const Part &part, int64_t index, int64_t inRow) const {
  const void *data = entry.resultData(part.result);
  int32_t element = entry.result(part.result).element;
  const bmc_field *field = part.field >= 0 ? &bmc_program.fields[part.field] : nullptr;
  for (int64_t k = 0; field && k < field->feature_count; ++k) {
    const bmc_feature &feature = field->features[k];
    if (feature.encoding || feature.step_count == 0 || inRow >= feature.column_count) {
      inRow -= feature.encoding ? INT64_MAX / 2 : feature.column_count;
      continue;
    }
    if (inRow < 0)
      break;
    double value = Preparation::undo(preparation.feature(preparation.first(part.field) + k), inRow,
                                     elementAsDouble(data, element, index));
    return style.json ? appendJsonNumber(out, value) : bmc::appendNumber(out, value);
  }
  appendElement(out, data, element, index, style.json);
}

} // namespace bmc
