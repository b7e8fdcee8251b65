// Texts as windows of bytes, for language models: row i begins at byte i * stride. The array `x` is the window, and `y`
// is the window one byte later: what follows each byte. `predict` takes windows without a byte behind them.
#include "errors.h"
#include "input_file.h"
#include "source.h"

namespace bmc {

class TextSource final : public Source {
public:
  TextSource(const char *path, const bmc_dataset &set, bool again)
      : file(path, again), window(set.window), stride(set.stride) {
    fileName = file.name();
    buffer.resize(window + 1);
  }

  bool next() override;
  void rewind() override;
  void close() override { destroy(this); }
  int64_t columnCount() const override { return window + 1; }
  double number(int64_t column) override { return static_cast<uint8_t>(buffer[column]); }
  const char *text(int64_t column) override;
  bool findArray(const char *array, int64_t &first, int64_t &count) override;
  [[noreturn]] void failAt(int64_t column, const char *expected) override;

private:
  int64_t wanted() const { return hasNext ? window + 1 : window; }

  InputFile file;
  int64_t window, stride;
  Array<char> buffer;
  int64_t row = -1;
  bool hasNext = false; // a column behind the window is read
  Text shown;
};

bool TextSource::next() {
  ++row;
  int64_t kept = 0;
  if (row > 0 && stride < wanted()) {
    kept = wanted() - stride;
    memmove(buffer.data(), buffer.data() + stride, kept);
  } else if (row > 0) {
    file.skip(stride - wanted());
  }
  if (file.readAll(buffer.data() + kept, wanted() - kept))
    return true;
  if (row == 0)
    fail(exitBadInput, "%s: expected at least %lld bytes for a window, found fewer", fileName, (long long)wanted());
  return false;
}

void TextSource::rewind() {
  file.rewind();
  row = -1;
}

const char *TextSource::text(int64_t column) {
  shown.clear();
  return shown.format("%d", static_cast<uint8_t>(buffer[column])).get();
}

bool TextSource::findArray(const char *array, int64_t &first, int64_t &count) {
  first = !strcmp(array, "y");
  count = window;
  hasNext |= first;
  return first || !strcmp(array, "x");
}

void TextSource::failAt(int64_t column, const char *expected) {
  fail(exitBadInput, "%s: byte %lld: expected %s, found %d", fileName, (long long)(row * stride + column + 1), expected,
       static_cast<uint8_t>(buffer[column]));
}

static Source *open(const char *path, const bmc_dataset &set, bool again, FieldUse) {
  return create<TextSource>(path, set, again);
}

} // namespace bmc

extern "C" const bmc_format bmc_format_text = {bmc::open};
