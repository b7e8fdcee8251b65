// The JSON reader: escapes, and the first mistake, which stays. Whole broken headers are in test/runtime.
#include "runtime/json_reader.h"
#include "gtest/gtest.h"

#include <string>

using bmc::JsonReader;
using bmc::JsonString;

static std::string decoded(std::string text) {
  JsonReader reader(text.data(), int64_t(text.size()));
  JsonString string = reader.readString();
  EXPECT_FALSE(reader.failed()) << reader.message();
  std::string result(size_t(string.length), '?');
  result.resize(size_t(string.decode(result.data())));
  EXPECT_TRUE(string.equals(result.c_str())) << text;
  EXPECT_FALSE(string.equals((result + "x").c_str())) << text;
  return result;
}

static std::string mistake(std::string text) {
  JsonReader reader(text.data(), int64_t(text.size()));
  reader.readString();
  EXPECT_TRUE(reader.failed()) << text;
  return reader.message();
}

TEST(JsonReader, ResolvesEscapes) {
  EXPECT_EQ(decoded("\"fc1.weight\""), "fc1.weight");
  EXPECT_EQ(decoded(R"("a\"\\\/\n\tb")"), "a\"\\/\n\tb");
  EXPECT_EQ(decoded(R"("\u0041\u00e9\u20ac\ud83d\ude00")"), "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(decoded("\"\""), "");
}

TEST(JsonReader, TellsWhatAStringLacks) {
  EXPECT_EQ(mistake("x"), "header byte 0: expected a string, found 'x'");
  EXPECT_EQ(mistake("\"ab"), "header byte 3: expected the end of a string, found the end");
  EXPECT_EQ(mistake("\"\\q\""), "header byte 2: expected an escape, found 'q'");
  EXPECT_EQ(mistake("\"\\u12\""), "header byte 5: expected a hexadecimal digit, found '\"'");
  EXPECT_EQ(mistake("\"\\ud800\""), "header byte 7: expected a character, found '\"'");
  EXPECT_EQ(mistake("\"\\ud800\\u0041\""), "header byte 13: expected the second half of a surrogate pair, found '\"'");
}

TEST(JsonReader, AcceptsNothingAfterAMistake) {
  JsonReader reader("[1,]", 4);
  reader.expect('[');
  EXPECT_EQ(reader.readCount(), 1);
  reader.expect(',');
  EXPECT_EQ(reader.readCount(), 0);
  EXPECT_FALSE(reader.accept(']'));
  reader.expectEnd();
  EXPECT_STREQ(reader.message(), "header byte 3: expected a whole number, found ']'");
}
