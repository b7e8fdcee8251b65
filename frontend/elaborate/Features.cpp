// What the columns of a field are together: how many values they give, and whether two fields are alike.
#include "DataBlock.h"

#include <algorithm>

namespace bmc::frontend {

bool Feature::isLike(const Feature &other) const {
  return selection == other.selection && numbers == other.numbers && names == other.names && steps == other.steps &&
         columnCount == other.columnCount && encoding == other.encoding;
}

int64_t Feature::codes() const {
  if (encoding.length == 0)
    return isOneHot() ? 0 : encoding.count;
  return encoding.count ? encoding.count + 1 : std::max<int64_t>(256, encoding.padding + 1);
}

bool Field::isOpen() const {
  return std::any_of(features.begin(), features.end(), [](auto &f) { return f.isOpen(); });
}

int64_t Field::width() const {
  int64_t width = 0;
  for (const Feature &feature : features)
    width += feature.width();
  return width;
}

bool Field::fitTo(int64_t wanted) {
  for (Feature &feature : features)
    if (feature.isOpen()) {
      int64_t left = wanted - width(), each = feature.columnWidth();
      if (left <= 0 || left % each != 0)
        return false;
      feature.columnCount = left / each;
    }
  return width() == wanted;
}

bool Field::isLike(const Field &other) const {
  return name.text == other.name.text && std::equal(features.begin(), features.end(), other.features.begin(),
                                                    other.features.end(), [](auto &a, auto &b) { return a.isLike(b); });
}

} // namespace bmc::frontend
