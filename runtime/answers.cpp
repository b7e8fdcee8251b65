// Predictions in the user's terms: see answers.h.
#include "answers.h"

#include "errors.h"
#include "json.h"
#include "numbers.h"

namespace bmc {

static Answer answerOf(const Entry &entry, int64_t result, int64_t field) {
  Answer answer = {result, field, false, false};
  if (field >= 0 && bmc_program.fields[field].feature_count == 1) {
    const bmc_feature &feature = bmc_program.fields[field].features[0];
    answer.isCategory = feature.encoding && feature.encoding->append && feature.column_count == 1;
  }
  for (int64_t r = 0; r < entry.resultCount(); ++r)
    if (answer.isCategory && entry.result(r).role == bmc_role_probabilities && entry.result(r).index == field) {
      answer.result = r;
      answer.hasProbabilities = true;
    }
  return answer;
}

void findAnswers(const Entry &entry, Array<Answer> &answers) {
  for (int64_t r = 0; r < entry.resultCount(); ++r)
    if (entry.result(r).role == bmc_role_output)
      answers.push(answerOf(entry, r, entry.result(r).index));
}

bool Answer::choosesCategory(int64_t scores) const {
  if (!isCategory)
    return false;
  int64_t count = bmc_program.fields[field].features[0].category_count;
  return scores == count || (hasProbabilities && scores == 1 && count == 2);
}

Answers::Answers(const Entry &entry, const Preparation &preparation, AnswerStyle style)
    : entry(entry), preparation(preparation), style(style) {
  findAnswers(entry, parts);
  bool hasProbabilities = !style.probabilities;
  for (const Answer &part : parts)
    hasProbabilities |= part.hasProbabilities;
  if (!hasProbabilities)
    fail(exitBadCommandLine,
         "%s predict: --probabilities: this model's loss does not say how the outputs of '%s' become probabilities of "
         "classes",
         bmc_program.name, entry.code().name);
}

const PreparedFeature &Answers::categoryOf(const Answer &part) const {
  return preparation.feature(preparation.first(part.field));
}

int64_t Answers::widthOf(int64_t result, int64_t rows) const {
  return elementCount(entry.resultDims(result), entry.result(result).rank) / rows;
}

void Answers::appendHeader(Text &out) const {
  if (style.json || !style.probabilities)
    return;
  for (const Answer &part : parts) {
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
  for (const Answer &part : parts) {
    out.append(&part == parts.begin() ? "" : ",");
    int64_t width = widthOf(part.result, rows);
    if (!part.choosesCategory(width)) {
      appendNumbers(out, part, row, rows);
      continue;
    }
    Array<double> scores;
    for (int64_t i = 0; i < width; ++i)
      scores.push(elementAsDouble(entry.resultData(part.result), entry.result(part.result).element, row * width + i));
    const bmc_feature &feature = *categoryOf(part).feature;
    AnswerStyle shown = {style.json, style.probabilities && part.hasProbabilities};
    feature.encoding->append(out, *categoryOf(part).categories[0], feature, bmc_program.fields[part.field].name,
                             scores.data(), width, shown);
  }
  out.append(style.json ? "}\n" : "\n");
}

void Answers::appendNumbers(Text &out, const Answer &part, int64_t row, int64_t rows) const {
  int64_t width = widthOf(part.result, rows), index = row * width;
  if (style.json) {
    appendJsonString(out, entry.result(part.result).name);
    out.append(":");
    return appendLists(out, entry.resultDims(part.result) + 1, entry.result(part.result).rank - 1, index,
                       [&](Text &text, int64_t i) { appendNumber(text, part, i, i - row * width); });
  }
  for (int64_t i = 0; i < width; ++i) {
    out.append(i ? "," : "");
    appendNumber(out, part, index + i, i);
  }
}

/// In the units of the target's column, as far as its preparation can be undone.
void Answers::appendNumber(Text &out, const Answer &part, int64_t index, int64_t inRow) const {
  const void *data = entry.resultData(part.result);
  int32_t element = entry.result(part.result).element;
  const PreparedFeature *prepared = part.field >= 0 ? preparation.preparedAt(part.field, inRow) : nullptr;
  if (!prepared)
    return appendElement(out, data, element, index, style.json);
  double value = Preparation::undo(*prepared, inRow, elementAsDouble(data, element, index));
  style.json ? appendJsonNumber(out, value) : bmc::appendNumber(out, value);
}

} // namespace bmc
