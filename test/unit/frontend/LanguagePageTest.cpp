// Every ```bm example of docs/language.md compiles. One that begins with `// error: TEXT` must give that error instead.
#include "Compile.h"
#include "frontend/Reference.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>

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

// build/bin/bm-doc docs/language.md frontend/std makes them current.
TEST(LanguagePage, GeneratedPartsAreCurrent) {
  std::ifstream file("docs/language.md");
  std::string page(std::istreambuf_iterator<char>(file), {}), error;
  mlir::MLIRContext context;
  auto renewed = bmc::frontend::renewReference(context, page, "frontend/std", error);
  ASSERT_TRUE(renewed) << error;
  EXPECT_TRUE(*renewed == page) << "run: build/bin/bm-doc docs/language.md frontend/std";
}

/// The strings in double quotes of a text.
std::set<std::string> quoted(const std::string &text) {
  std::set<std::string> result;
  for (size_t at = 0; (at = text.find('"', at)) != std::string::npos; ++at) {
    size_t end = text.find('"', at + 1);
    if (end == std::string::npos)
      break;
    result.insert(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return result;
}

// Every word and sign that the lexer and the parser know stands in the grammar.
TEST(LanguagePage, GrammarHasEveryWord) {
  std::ifstream file("docs/language.md");
  std::string page(std::istreambuf_iterator<char>(file), {});
  auto known = quoted(page.substr(page.find("## Grammar")));
  for (const char *source : {"Lexer", "ParseDeclarations", "ParseStatements", "ParseExpressions"}) {
    std::ifstream code("frontend/syntax/" + std::string(source) + ".cpp");
    std::string text(std::istreambuf_iterator<char>(code), {});
    std::regex words(source == std::string("Lexer") ? "\\{\"([^\"]+)\", TokenKind"
                                                    : "(?:atWord|acceptWord|expectWord)\\(\"(\\w+)\"|\\{\"(\\w+)\", "
                                                      "DeclarationKind");
    for (std::sregex_iterator it(text.begin(), text.end(), words), end; it != end; ++it) {
      std::string word = (*it)[1].matched ? (*it)[1].str() : (*it)[2].str();
      bool isPunctuation = word == ";" || word == "{" || word == "}";
      EXPECT_TRUE(known.count(word) || isPunctuation) << "'" << word << "' of " << source << ".cpp";
    }
  }
}

} // namespace
