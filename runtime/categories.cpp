// Categories: the texts of a column and their numbers, for `one_hot` and `category`. The texts are declared, or those
// of the training rows in order: numbers by their size, others by their bytes. Whole numbers from 0 that fit are their
// own numbers. Where one category stands for everything unknown it is the last, and the less frequent texts fall to it.
#include "answers.h"
#include "dictionary.h"
#include "errors.h"
#include "json.h"
#include "nearest.h"
#include "numbers.h"
#include "preparation.h"

#include <math.h>

namespace bmc {

class TextCategories final : public Categories {
public:
  explicit TextCategories(const bmc_feature &feature);
  void learn(const char *text) override;
  void finish(Source &source, int64_t column) override;
  void encode(Source &source, int64_t column, const char *text, int64_t *values) override;
  const char *name(int64_t category) const override;
  void save(Text &out) const override;
  void load(JsonReader &json) override;

private:
  int64_t find(Source &source, int64_t column, const char *text);
  bool isIgnored(const char *text) const;
  int64_t named() const { return feature.category_count - feature.has_unknown; }
  void number(const int64_t *order, int64_t count);
  bool areOwnNumbers() const;
  void keepMostFrequent(Array<int64_t> &order, Source &source, int64_t column) const;
  int64_t unknown(Source &source, int64_t column, const char *text, const char *expected);
  void appendNames(Text &out) const;

  const bmc_feature &feature;
  Dictionary texts;
  Array<int64_t> numbers, textOf; // of each text its category, or -1; of each category its text
  Text missingText, digits;
  bool hasMissingText = false;
  bool isOwnNumbers; // what weights mean that say nothing else
};

TextCategories::TextCategories(const bmc_feature &feature) : feature(feature), isOwnNumbers(!feature.categories) {
  Array<int64_t> order;
  for (int64_t i = 0; feature.categories && i < named(); ++i)
    order.push(texts.add(feature.categories[i]));
  number(order.data(), order.size());
  hasMissingText = feature.missing == bmc_missing_is_text;
  missingText.append(hasMissingText ? feature.missing_text : "");
}

/// The texts in this order are the categories.
void TextCategories::number(const int64_t *order, int64_t count) {
  numbers.clear();
  textOf.clear();
  for (int64_t i = 0; i < texts.size(); ++i)
    numbers.push(-1);
  for (int64_t i = 0; i < count; ++i) {
    numbers[order[i]] = i;
    textOf.push(order[i]);
  }
}

/// A row that has no class.
bool TextCategories::isIgnored(const char *text) const {
  double value;
  return feature.has_ignored && (!text || (parseNumber(text, value) && value == static_cast<double>(feature.ignored)));
}

void TextCategories::learn(const char *text) {
  if (isIgnored(text))
    return;
  if (!text && hasMissingText)
    text = missingText.get();
  if (text && (!feature.categories || texts.find(text) >= 0))
    texts.add(text);
}

static bool isWhole(double value, int64_t end) {
  return value == floor(value) && value >= 0 && value < static_cast<double>(end);
}

/// Also where there are fewer numbers than categories, one of them too large: then it is told where it stands.
bool TextCategories::areOwnNumbers() const {
  bool fit = true;
  for (int64_t i = 0; i < texts.size(); ++i) {
    double value;
    if (!parseNumber(texts.text(i), value))
      return false;
    fit &= isWhole(value, named());
  }
  return fit || (texts.size() < named() && !feature.has_unknown);
}

static const Dictionary *compared;

static int compareTexts(const void *a, const void *b) {
  const char *left = compared->text(*static_cast<const int64_t *>(a));
  const char *right = compared->text(*static_cast<const int64_t *>(b));
  double leftNumber, rightNumber;
  bool leftIsNumber = parseNumber(left, leftNumber), rightIsNumber = parseNumber(right, rightNumber);
  if (leftIsNumber != rightIsNumber)
    return leftIsNumber ? -1 : 1;
  if (leftIsNumber && leftNumber != rightNumber)
    return leftNumber < rightNumber ? -1 : 1;
  return strcmp(left, right);
}

static int compareCounts(const void *a, const void *b) {
  int64_t left = compared->count(*static_cast<const int64_t *>(a));
  int64_t right = compared->count(*static_cast<const int64_t *>(b));
  return left != right ? (left > right ? -1 : 1) : compareTexts(a, b);
}

static void sort(const Dictionary &texts, Array<int64_t> &order, int (*compare)(const void *, const void *)) {
  compared = &texts;
  if (order.size())
    qsort(order.data(), order.size(), sizeof(int64_t), compare);
}

void TextCategories::keepMostFrequent(Array<int64_t> &order, Source &source, int64_t column) const {
  if (order.size() <= named())
    return;
  if (!feature.has_unknown) {
    const char *header = source.columnName(column);
    Text place, all;
    if (header)
      appendShown(place.append("'"), header), place.append("'");
    else
      place.format("%lld", static_cast<long long>(column + 1));
    for (int64_t i = 0; i < order.size() && i <= named() && i < 12; ++i)
      appendShown(all.append(i ? ", '" : "'"), texts.text(order[i])), all.append("'");
    fail(exitBadInput, "%s: column %s: expected at most %lld categories, found %lld: %s%s", source.name(), place.get(),
         (long long)named(), (long long)order.size(), all.get(), order.size() > named() + 1 ? ", ..." : "");
  }
  sort(texts, order, compareCounts);
  order.resize(named());
}

void TextCategories::finish(Source &source, int64_t column) {
  Array<int64_t> order;
  for (int64_t i = 0; i < texts.size(); ++i)
    order.push(i);
  if (feature.missing == bmc_missing_is_most_frequent && order.size()) {
    sort(texts, order, compareCounts);
    missingText.clear();
    missingText.append(texts.text(order[0]));
    hasMissingText = true;
  }
  if (feature.categories)
    return;
  isOwnNumbers = areOwnNumbers();
  if (isOwnNumbers)
    return;
  sort(texts, order, compareTexts);
  keepMostFrequent(order, source, column);
  sort(texts, order, compareTexts);
  number(order.data(), order.size());
}

/// The number of the category, or a one in its place.
void TextCategories::encode(Source &source, int64_t column, const char *text, int64_t *values) {
  int64_t category = isIgnored(text) ? feature.ignored : find(source, column, text);
  if (!feature.encoding->isOneHot) {
    *values = category;
    return;
  }
  for (int64_t i = 0; i < feature.category_count; ++i)
    values[i] = i == category;
}

int64_t TextCategories::find(Source &source, int64_t column, const char *text) {
  if (!text && hasMissingText)
    text = missingText.get();
  if (!text)
    return unknown(source, column, text, "a category");
  if (isOwnNumbers) {
    double value;
    if (parseNumber(text, value) && isWhole(value, named()))
      return static_cast<int64_t>(value);
    Text expected;
    expected.format("a class from 0 to %lld", static_cast<long long>(named() - 1));
    return unknown(source, column, text, expected.get());
  }
  int64_t found = texts.find(text);
  if (found >= 0 && found < numbers.size() && numbers[found] >= 0)
    return numbers[found];
  Text expected;
  appendNames(expected.append("one of "));
  return unknown(source, column, text, expected.get());
}

int64_t TextCategories::unknown(Source &source, int64_t column, const char *text, const char *expected) {
  if (feature.has_unknown)
    return feature.category_count - 1;
  Nearest nearest(text ? text : "");
  for (int64_t i = 0; text && i < textOf.size(); ++i)
    nearest.consider(texts.text(textOf[i]));
  Text all(expected);
  if (text && nearest.found())
    appendShown(all.append(" (did you mean '"), nearest.found()), all.append("'?)");
  source.failAt(column, all.get());
}

void TextCategories::appendNames(Text &out) const {
  enum { shown = 8 };
  for (int64_t i = 0; i < textOf.size() && i < shown; ++i)
    appendShown(out.append(i ? ", '" : "'"), texts.text(textOf[i])), out.append("'");
  if (textOf.size() > shown)
    out.append(", ...");
}

const char *TextCategories::name(int64_t category) const {
  if (!isOwnNumbers)
    return category < textOf.size() ? texts.text(textOf[category]) : "unknown";
  auto &text = const_cast<Text &>(digits);
  text.clear();
  return text.format("%lld", static_cast<long long>(category)).get();
}

/// `{"texts":["female","male"],"missing":"male"}`; without "texts" the numbers are their own.
void TextCategories::save(Text &out) const {
  out.append("{\"texts\":[");
  for (int64_t i = 0; i < textOf.size() && !isOwnNumbers; ++i) {
    out.append(i ? "," : "");
    appendJsonString(out, texts.text(textOf[i]));
  }
  out.append("]");
  if (feature.missing == bmc_missing_is_most_frequent)
    appendJsonString(out.append(",\"missing\":"), missingText.get());
  out.append("}");
}

void TextCategories::load(JsonReader &json) {
  Text text;
  Array<int64_t> order;
  json.expect('{');
  do {
    bool isMissing = json.readString().equals("missing");
    json.expect(':');
    if (isMissing) {
      readJsonString(json, missingText);
      hasMissingText = true;
    } else {
      json.expect('[');
      while (!json.failed() && !json.accept(']')) {
        if (order.size())
          json.expect(',');
        readJsonString(json, text);
        order.push(texts.add(text.get()));
        if (order.size() > named())
          json.fail("expected at most %lld categories", (long long)named());
      }
    }
  } while (json.accept(','));
  json.expect('}');
  isOwnNumbers = order.size() == 0;
  number(order.data(), order.size());
}

static Categories *createCategories(const bmc_feature &feature) { return create<TextCategories>(feature); }

} // namespace bmc

extern "C" const bmc_encoding bmc_encoding_category = {false, bmc::createCategories, bmc::appendClass,
                                                       &bmc::stepLearning};
extern "C" const bmc_encoding bmc_encoding_one_hot = {true, bmc::createCategories, bmc::appendClass,
                                                      &bmc::stepLearning};
