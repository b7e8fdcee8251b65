// The answer for a category; linked where a program has one.
#include "answers.h"
#include "json.h"
#include "numbers.h"

namespace bmc {

void appendCell(Text &out, const char *text) {
  if (!text[strcspn(text, ",\"\r\n")])
    return (void)out.append(text);
  out.append("\"");
  for (; *text; ++text)
    out.append(*text == '"' ? "\"" : "").appendCharacter(*text);
  out.append("\"");
}

static double probability(const double *scores, int64_t count, int64_t category) {
  return count > 1 ? scores[category] : category ? scores[0] : 1 - scores[0];
}

int64_t likeliestClass(const double *scores, int64_t count) {
  int64_t best = 0;
  if (count == 1)
    return scores[0] > 0.5;
  for (int64_t i = 1; i < count; ++i)
    if (scores[i] > scores[best])
      best = i;
  return best;
}

static void appendJson(Text &out, const Categories &categories, const bmc_feature &feature, const char *field,
                       const double *scores, int64_t count, AnswerStyle style) {
  appendJsonString(out, field);
  out.append(":");
  appendJsonString(out, categories.name(likeliestClass(scores, count)));
  if (!style.probabilities)
    return;
  out.append(",\"probabilities\":{");
  for (int64_t i = 0; i < feature.category_count; ++i) {
    appendJsonString(out.append(i ? "," : ""), categories.name(i));
    out.append(":");
    appendJsonNumber(out, probability(scores, count, i));
  }
  out.append("}");
}

void appendClass(Text &out, const Categories &categories, const bmc_feature &feature, const char *field,
                 const double *scores, int64_t count, AnswerStyle style) {
  if (style.json)
    return appendJson(out, categories, feature, field, scores, count, style);
  appendCell(out, scores ? categories.name(likeliestClass(scores, count)) : field);
  for (int64_t i = 0; style.probabilities && i < feature.category_count; ++i) {
    out.append(",");
    if (scores)
      appendNumber(out, probability(scores, count, i));
    else
      appendCell(out, categories.name(i));
  }
}

} // namespace bmc
