// Every ```bm example of docs/language.md compiles. One that begins with `// error: TEXT` must give that error instead.
#include "Compile.h"

#include <gtest/gtest.h>

namespace {

struct Example {
  int line;
  std::string text;
};

std::vector<Example> examples() {
  std::ifstream page("docs/language.md");
  std::vector<Example> result;
  std::string line;
  bool inside = false;
  for (int number = 1; std::getline(page, line); ++number) {
    if (inside && line == "```")
      inside = false;
    else if (inside)
      result.back().text += line + "\n";
    else if (line == "```bm") {
      inside = true;
      result.push_back({number, ""});
    }
  }
  return result;
}

TEST(LanguagePage, ExamplesCompile) {
  auto all = examples();
  EXPECT_GE(all.size(), 10u);
  const std::string mark = "// error: ";
  for (const Example &example : all) {
    SCOPED_TRACE("the example at docs/language.md:" + std::to_string(example.line));
    bool isNetwork = example.text.find("network ") != std::string::npos;
    std::string text = example.text + (isNetwork ? "" : "network Any { forward(x: f32[N, 3]) { return x } }\n");
    Compiled compiled = compileText(text);
    if (text.rfind(mark, 0) != 0) {
      EXPECT_EQ(compiled.diagnostics, "");
      continue;
    }
    std::string expected = text.substr(mark.size(), text.find('\n') - mark.size());
    EXPECT_NE(compiled.diagnostics.find(expected), std::string::npos) << compiled.diagnostics;
  }
}

} // namespace
