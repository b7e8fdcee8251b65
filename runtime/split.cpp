// Splitting the rows of a file by their numbers: the same seed gives the same parts, whatever is read of them and when.
#include "split.h"

#include "dictionary.h"
#include "errors.h"
#include "random.h"

#include <math.h>

namespace bmc {

/// The class of each row by the text of a column; missing cells are a class too.
static void readClasses(Source &source, Columns &columns, const bmc_feature *stratify, Dictionary &texts,
                        Array<int64_t> &classes) {
  int64_t column = stratify ? columns.find(*stratify) : -1;
  while (source.next()) {
    const char *text = column < 0 ? nullptr : source.text(column);
    classes.push(texts.add(text ? text : ""));
  }
}

/// Gives the rows in `order`, which are `count` of a class, their parts. `done` counts the rows of earlier classes and
/// `given` what they gave to each part, so that the parts' sizes are right for all classes together.
static void share(const bmc_split &split, const int64_t *order, int64_t count, int64_t done, int64_t (&given)[3],
                  Array<uint8_t> &parts) {
  int64_t next = 0;
  for (uint8_t part = 2; part > 0; --part) {
    double wanted = split.parts[part] * static_cast<double>(done + count);
    int64_t number = static_cast<int64_t>(floor(wanted + 0.5)) - given[part];
    for (int64_t i = 0; i < number && next < count; ++i)
      parts[order[next++]] = part;
    given[part] += number;
  }
}

/// The shuffled rows, those of a class one behind the other; `ends` holds where each class ends.
static void orderByClass(const Dictionary &texts, const Array<int64_t> &classes, int64_t seed, Array<int64_t> &order,
                         Array<int64_t> &ends) {
  Array<int64_t> shuffled;
  shuffled.resize(classes.size());
  // Epochs shuffle with the streams from 1.
  shuffleRows(shuffled.data(), classes.size(), seed, 0);
  int64_t begin = 0;
  for (int64_t k = 0; k < texts.size(); ++k) {
    ends.push(begin);
    begin += texts.count(k);
  }
  order.resize(classes.size());
  for (int64_t row : shuffled)
    order[ends[classes[row]]++] = row;
}

static void splitRows(Source &source, Columns &columns, const bmc_split &split, Array<uint8_t> &parts) {
  Dictionary texts;
  Array<int64_t> classes, order, ends;
  readClasses(source, columns, split.stratify, texts, classes);
  orderByClass(texts, classes, split.seed, order, ends);
  int64_t rows = classes.size(), begin = 0, given[3] = {};
  parts.resize(rows);
  for (int64_t end : ends) {
    share(split, order.data() + begin, end - begin, begin, given, parts);
    begin = end;
  }
  for (int part = 0; part < 3; ++part) {
    int64_t number = 0;
    for (uint8_t found : parts)
      number += found == part;
    if (split.parts[part] > 0 && number == 0)
      fail(exitBadInput, "%s: expected enough rows to split, found %lld: a part would be empty", source.name(),
           (long long)rows);
  }
}

static void orderRows(Source &source, Columns &columns, const bmc_folds &folds, Array<int64_t> &order) {
  Dictionary texts;
  Array<int64_t> classes, ends;
  readClasses(source, columns, folds.stratify, texts, classes);
  orderByClass(texts, classes, folds.seed, order, ends);
}

} // namespace bmc

extern "C" const bmc_splitter bmc_splitter = {bmc::splitRows, bmc::orderRows};
