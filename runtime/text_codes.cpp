// Texts as sequences of numbers of one length: `bytes(line, 64)` and `characters(line, 64, 100)`. What is longer is cut
// off, what is shorter is filled up. A missing cell is an empty text.
#include "preparation.h"
#include "utf8.h"

namespace bmc {

namespace {
/// Bytes as they are.
class ByteCodes final : public Categories {
public:
  explicit ByteCodes(const bmc_feature &feature) : feature(feature) {}
  void learn(const char *) override {}
  void finish(Source &, int64_t) override {}
  void encode(Source &source, int64_t column, const char *text, int64_t *values) override;
  const char *name(int64_t) const override { return ""; }
  void save(Text &) const override {}
  void load(JsonReader &) override {}

private:
  const bmc_feature &feature;
};

/// Characters of UTF-8: 0 is what fills up, then the characters of the training rows in their order; the last number
/// stands for all others, and where there are more characters for the less frequent ones.
class CharacterCodes final : public Categories {
public:
  explicit CharacterCodes(const bmc_feature &feature)
      : feature(feature), characters(*bmc_encoding_category.create(feature)) {}
  void learn(const char *text) override;
  void finish(Source &source, int64_t column) override { characters.finish(source, column); }
  void encode(Source &source, int64_t column, const char *text, int64_t *values) override;
  const char *name(int64_t category) const override { return characters.name(category); }
  void save(Text &out) const override { characters.save(out); }
  void load(JsonReader &json) override { characters.load(json); }

private:
  const bmc_feature &feature;
  Categories &characters;
};
} // namespace

void ByteCodes::encode(Source &, int64_t, const char *text, int64_t *values) {
  for (int64_t i = 0; i < feature.width; ++i) {
    bool isInside = text && *text;
    values[i] = isInside ? static_cast<uint8_t>(*text++) : feature.padding;
  }
}

void CharacterCodes::learn(const char *text) {
  while (text && *text)
    characters.learn(takeCharacter(text).text);
}

void CharacterCodes::encode(Source &source, int64_t column, const char *text, int64_t *values) {
  for (int64_t i = 0; i < feature.width; ++i) {
    values[i] = feature.padding;
    if (!text || !*text)
      continue;
    characters.encode(source, column, takeCharacter(text).text, values + i);
    ++values[i];
  }
}

static Categories *createBytes(const bmc_feature &feature) { return create<ByteCodes>(feature); }
static Categories *createCharacters(const bmc_feature &feature) { return create<CharacterCodes>(feature); }

} // namespace bmc

extern "C" const bmc_encoding bmc_encoding_bytes = {false, bmc::createBytes, nullptr, nullptr};
extern "C" const bmc_encoding bmc_encoding_characters = {false, bmc::createCharacters, nullptr, &bmc::stepLearning};
