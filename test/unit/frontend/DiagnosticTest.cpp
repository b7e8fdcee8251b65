// Every diagnostic of elaboration: the place, the text and the notes. The cases are in the other ...DiagnosticTest.cpp;
// those of the lexer and the parser are in SyntaxTest.cpp.
#include "Compile.h"
#include "DiagnosticCases.h"

TEST_P(Diagnostic, NamesPlaceAndCause) {
  Compiled compiled = compileText(GetParam().text);
  EXPECT_EQ(compiled.module, "");
  EXPECT_EQ(foreignWord(compiled.diagnostics), "");
  size_t at = 0;
  for (const std::string &expected : GetParam().expected) {
    size_t found = compiled.diagnostics.find(expected, at);
    ASSERT_NE(found, std::string::npos) << "no \"" << expected << "\" in:\n" << compiled.diagnostics;
    at = found + expected.size();
  }
}

namespace {

TEST(Imports, ReportWhatIsWrong) {
  auto network = [](const std::string &import) {
    return import + "\nnetwork M { forward(x: f32[N]) { return f(x) } }\n";
  };
  std::string f = "fn f(x) { return x }\n";
  EXPECT_NE(compileText(network("import \"a.bm\""), {}, {{"a.bm", f}}).module, "");
  auto expect = [&](const std::string &text, std::map<std::string, std::string> files, const std::string &message) {
    std::string found = compileText(text, {}, files).diagnostics;
    EXPECT_NE(found.find(message), std::string::npos) << found;
  };
  expect(network("import \"none.bm\""), {}, "t.bm:1:1: error: there is no file 'none.bm'");
  expect(network("import \"a.bm\""), {{"a.bm", "import \"b.bm\"\n" + f}, {"b.bm", "import \"a.bm\"\n"}},
         "b.bm:1:1: error: 'a.bm' imports itself");
  expect(network("import \"a.bm\"\nimport \"b.bm\""), {{"a.bm", f}, {"b.bm", f}},
         "t.bm:2:1: error: 'f' is declared by two imported files");
  expect(network("import \"a.bm\""), {{"a.bm", "fn ("}}, "a.bm:1:4: error: expected the name of the fn, found '('");
}

TEST(Bindings, MustNameADimension) {
  std::string text = "network M { forward(x: f32[N, 3]) { return x } }\n";
  EXPECT_NE(compileText(text, {{"N", 4}}).module.find("tensor<4x3xf32>"), std::string::npos);
  EXPECT_NE(compileText(text, {{"K", 4}}).diagnostics.find("-D K=4: the model has no symbolic dimension 'K'"),
            std::string::npos);
  EXPECT_NE(compileText(text, {{"N", 0}}).diagnostics.find("a dimension must be at least 1"), std::string::npos);
}

TEST(Files, ThatCannotBeRead) {
  bmc::frontend::SourceManager sources;
  bmc::frontend::Diagnostics diagnostics(sources);
  mlir::MLIRContext context;
  EXPECT_FALSE(
      bmc::frontend::compileToModule(context, sources, {"no-such-file.bm", {}, BMC_TEST_LIBRARY, {}}, diagnostics));
  std::ostringstream errors;
  diagnostics.print(errors);
  EXPECT_EQ(errors.str(), "bmc: error: cannot read 'no-such-file.bm': No such file or directory\n");
}

} // namespace
